/** Creating and changing layers. A change of the content makes a new content version, with the reason beside it. */
import type { Entity } from "@knotwork/graph";
import { changeNode, type ChangeOptions, editNode, requireNode } from "./change-node.ts";
import { commitWrite, type WriteOptions } from "./commit-write.ts";
import { instant, type KnotContext } from "./knot-context.ts";
import { contentAt } from "./layer-versions.ts";
import { hashContent, type Layer, layerView } from "./layer-view.ts";
import { assertName, assertOwnId, assertTitle } from "./names.ts";
import type { KnotTransaction } from "./types/knot-types.ts";
import { type NamedDeletion, transactOrRehearse } from "./rehearse.ts";
import { assertVersion } from "./assert-version.ts";
import type { FreshnessStatus, InclusionRule, LayerKind, LayerProps } from "./types/layer.ts";

export interface LayerFields {
  readonly title?: string;
  readonly inclusion?: InclusionRule;
  readonly decayDays?: number;
  /** Patterns (fnmatch) of the branches it is for; none: for all. */
  readonly branches?: readonly string[];
  readonly modules?: readonly string[];
}

export interface NewLayer extends LayerFields {
  readonly id?: string;
  readonly kind: LayerKind;
  readonly section: string;
  readonly content: string;
  readonly rationale?: string;
}

export interface LayerEdit extends LayerFields {
  readonly section?: string;
  readonly content?: string;
  /** Why the content is changed. */
  readonly rationale?: string;
  readonly freshness?: FreshnessStatus;
  /** What makes it stale, or had it written anew. */
  readonly regenerationTrigger?: string;
}

export type UnsettableLayerField = "decayDays" | "branches" | "modules" | "regenerationTrigger";

export interface UpdateLayerOptions extends ChangeOptions {
  readonly unset?: readonly UnsettableLayerField[];
}

export async function createLayer(context: KnotContext, input: NewLayer, options: WriteOptions = {}): Promise<Layer> {
  const { id, content, title = input.section, ...fields } = input;
  assertName(fields.section, "section");
  assertTitle(title);
  if (id !== undefined) assertOwnId(id);
  const request = { operation: "layer create", args: input, options };
  const written = await commitWrite<LayerProps>(context, request, async (tx) => {
    const props: LayerProps = {
      inclusion: "always",
      ...fields,
      title,
      content,
      contentHash: hashContent(content),
      contentVersion: 1,
      freshness: "fresh",
      regeneratedAt: instant(context),
      filedAt: instant(context),
      ...(context.agent === undefined ? {} : { filedBy: context.agent }),
    };
    return { entity: await tx.create("layer", props, id === undefined ? {} : { id }), result: {} };
  });
  return layerView(context.clock, written.entity);
}

export async function updateLayer(
  context: KnotContext,
  id: string,
  edit: LayerEdit,
  { unset = [], ...options }: UpdateLayerOptions = {},
): Promise<Layer> {
  if (edit.title !== undefined) assertTitle(edit.title);
  if (edit.section !== undefined) assertName(edit.section, "section");
  const change = { type: "layer", id, operation: "layer update", args: [edit, [...unset]], options } as const;
  const entity = await changeNode(context, change, async (tx, layer) => {
    const { content, rationale, ...fields } = edit;
    if (content === undefined || content === layer.props.content) return editNode(tx, layer, fields, unset);
    const written = { ...contentChange(context, layer, content, rationale), ...fields };
    const stale = rationale === undefined ? (["rationale"] as const) : [];
    return editNode(tx, layer, written, [...unset, ...stale]);
  });
  return layerView(context.clock, entity);
}

/** Its content is what it was in that version, as a new version. */
export async function revertLayer(
  context: KnotContext,
  id: string,
  contentVersion: number,
  options: ChangeOptions & { readonly rationale?: string } = {},
): Promise<Layer> {
  const { rationale = `back to version ${contentVersion}`, ...rest } = options;
  const { content } = await contentAt(context, id, contentVersion);
  return updateLayer(context, id, { content, rationale }, rest);
}

export async function deleteLayer(
  context: KnotContext,
  id: string,
  { ifVersion, named = id, ...options }: ChangeOptions & NamedDeletion = {},
): Promise<Layer> {
  const remove = async (tx: KnotTransaction): Promise<Layer> => {
    const layer = await requireNode(tx, "layer", id);
    assertVersion(layer, ifVersion);
    await tx.delete(id);
    return layerView(context.clock, layer);
  };
  const args = [named, ifVersion ?? null];
  return transactOrRehearse(context, remove, { ...options, operation: "layer delete", args, dryRun: false });
}

/** The fields that change with the content. */
export function contentChange(
  context: KnotContext,
  layer: Entity<LayerProps>,
  content: string,
  rationale: string | undefined,
): Partial<LayerProps> {
  return {
    content,
    contentHash: hashContent(content),
    contentVersion: layer.props.contentVersion + 1,
    ...(rationale === undefined ? {} : { rationale }),
    freshness: "fresh",
    regeneratedAt: instant(context),
  };
}
