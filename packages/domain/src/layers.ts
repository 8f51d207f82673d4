/** Context layers: what agents are told, in which version, on which branch, as whom. */
import type { ChangeOptions } from "./change-node.ts";
import type { WriteOptions } from "./commit-write.ts";
import type { NamedDeletion } from "./rehearse.ts";
import type { KnotContext } from "./knot-context.ts";
import {
  createLayer,
  deleteLayer,
  type LayerEdit,
  type NewLayer,
  revertLayer,
  updateLayer,
  type UpdateLayerOptions,
} from "./layer-edits.ts";
import { type PullOptions, type PullReport, pullLayers } from "./layer-pull.ts";
import { type ResolvedLayers, resolveLayers, type ResolveOptions } from "./layer-resolve.ts";
import { fittingPattern, allLayers } from "./layer-variants.ts";
import {
  contentAt,
  contentVersions,
  diffVersions,
  type LayerContent,
  type LayerDiff,
  type LayerVersion,
} from "./layer-versions.ts";
import { type Layer, layerView } from "./layer-view.ts";
import { ofType } from "./typed-entity.ts";
import type { FreshnessStatus, LayerKind } from "./types/layer.ts";

export interface LayerFilter {
  readonly kind?: LayerKind;
  readonly section?: string;
  readonly freshness?: FreshnessStatus;
  /** Layers that are for this branch, those for all among them. */
  readonly branch?: string;
}

/** Every call with an id may throw NOT_FOUND. A call that throws has changed nothing. */
export interface Layers {
  /** @throws ALREADY_EXISTS (id), INVALID_VALUE */
  create(layer: NewLayer, options?: WriteOptions): Promise<Layer>;
  get(id: string): Promise<Layer | undefined>;
  /** In the order they are read: by number, section, age. */
  list(filter?: LayerFilter): Promise<readonly Layer[]>;
  /** New content is a new content version, fresh from now. @throws INVALID_VALUE; CONFLICT */
  update(id: string, edit: LayerEdit, options?: UpdateLayerOptions): Promise<Layer>;
  /** Its content is what it was in that version, as a new version. */
  revert(id: string, contentVersion: number, options?: ChangeOptions & { readonly rationale?: string }): Promise<Layer>;
  /** Its history stays. */
  delete(id: string, options?: ChangeOptions & NamedDeletion): Promise<Layer>;
  /** Oldest first. */
  versions(id: string): Promise<readonly LayerVersion[]>;
  at(id: string, contentVersion: number): Promise<LayerContent>;
  /** Between two versions; default: the newest and the one before. */
  diff(id: string, versions?: { readonly from?: number; readonly to?: number }): Promise<LayerDiff>;
  /** Which layers hold, and why. */
  resolve(options?: ResolveOptions): Promise<ResolvedLayers>;
  /** Takes the layers of one branch over to another. @throws LAYERS_CONFLICT */
  pull(options: PullOptions): Promise<PullReport>;
}

export function openLayers(context: KnotContext): Layers {
  return {
    create: (layer, options) => createLayer(context, layer, options),
    async get(id) {
      const entity = ofType(await context.graph.get(id), "layer");
      return entity === undefined ? undefined : layerView(context.clock, entity);
    },
    list: (filter) => listLayers(context, filter),
    update: (id, edit, options) => updateLayer(context, id, edit, options),
    revert: (id, contentVersion, options) => revertLayer(context, id, contentVersion, options),
    delete: (id, options) => deleteLayer(context, id, options),
    async versions(id) {
      return (await contentVersions(context, id)).map(({ version }) => version);
    },
    at: (id, contentVersion) => contentAt(context, id, contentVersion),
    diff: (id, versions) => diffVersions(context, id, versions),
    resolve: (options) => resolveLayers(context, options),
    pull: (options) => pullLayers(context, options),
  };
}

async function listLayers(context: KnotContext, filter: LayerFilter = {}): Promise<readonly Layer[]> {
  const { kind, section, freshness, branch } = filter;
  const layers = (await allLayers(context.graph)).filter(
    ({ props }) =>
      (kind === undefined || props.kind === kind) &&
      (section === undefined || props.section === section) &&
      (branch === undefined || fittingPattern(props, branch) !== undefined),
  );
  const views = layers.map((layer) => layerView(context.clock, layer));
  return freshness === undefined ? views : views.filter((layer) => layer.freshness === freshness);
}
