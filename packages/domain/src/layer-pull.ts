/**
 * Takes the layers of one branch over to another, section by section, with a three-way comparison: what both had in
 * common (base), what the target has (ours), what the source has (theirs).
 *
 * The base of a section is what was last pulled from the source; where nothing was pulled yet and one of the two is the
 * variant of the other on a branch of its own, what that one said when the variant was made. Other branches are never
 * changed: where the target has its section from a layer it shares with others, it gets a variant of its own.
 */
import type { Entity } from "@knotwork/graph";
import { editNode } from "./change-node.ts";
import type { WriteOptions } from "./commit-write.ts";
import { DomainError } from "./domain-error.ts";
import { instant, type KnotContext } from "./knot-context.ts";
import { contentChange } from "./layer-edits.ts";
import { allLayers, fittingPattern, layersOfBranch } from "./layer-variants.ts";
import { contentVersions } from "./layer-versions.ts";
import { byPlace, hashContent } from "./layer-view.ts";
import { countChanges, type LineCounts } from "./line-diff.ts";
import type { Reader } from "./reader.ts";
import { transactOrRehearse } from "./rehearse.ts";
import type { KnotTransaction } from "./types/knot-types.ts";
import type { LayerKind, LayerOrigin, LayerProps } from "./types/layer.ts";

export interface PullOptions extends WriteOptions {
  /** The branch whose layers are taken. */
  readonly from: string;
  /** The branch that gets them. */
  readonly to: string;
  /** Only these sections; default: all the source has. */
  readonly sections?: readonly string[];
  /** What holds where both changed; without it a conflict is refused. */
  readonly conflicts?: "ours" | "theirs";
  /** Only say what would change. */
  readonly dryRun?: boolean;
}

/**
 * `same`: both say the same, or have the very layer in common; `kept`: only the target changed; `taken`: only the source
 * changed, or the target has no such section; `conflict`: both changed, or nothing tells what they had in common.
 */
export type PullOutcome = "same" | "kept" | "taken" | "conflict";

export interface PulledSection {
  readonly kind: LayerKind;
  readonly section: string;
  readonly outcome: PullOutcome;
  /** For a conflict, how it was or would be settled. */
  readonly settled?: "ours" | "theirs";
  readonly base?: LayerState;
  readonly ours?: LayerState;
  readonly theirs: LayerState;
  /** Lines that came and went since the base. */
  readonly oursChanged?: LineCounts;
  readonly theirsChanged?: LineCounts;
}

/** A layer as it was looked at. */
export interface LayerState {
  readonly layer: string;
  readonly contentVersion: number;
  readonly contentHash: string;
}

export interface PullReport {
  readonly from: string;
  readonly to: string;
  readonly sections: readonly PulledSection[];
  /** Ids of the layers that were changed or made; empty in a dry run. */
  readonly written: readonly string[];
}

/** @throws DomainError LAYERS_CONFLICT when both changed a section and nothing says which holds; NOT_FOUND (section) */
export async function pullLayers(context: KnotContext, options: PullOptions): Promise<PullReport> {
  const { from, to, sections: wanted, conflicts, dryRun = false, ...writeOptions } = options;
  if (from === to) {
    throw new DomainError("INVALID_VALUE", `Cannot pull layers from "${from}" to itself`, {
      hint: "Name two branches.",
      context: { from, to },
    });
  }
  const compare = (reader: Reader): Promise<readonly Comparison[]> => compareBranches(context, reader, options);
  const report = (compared: readonly Comparison[], written: readonly string[]): PullReport => ({
    from,
    to,
    sections: compared.map(({ section }) => section),
    written,
  });
  if (dryRun) {
    const snapshot = await context.graph.snapshot();
    try {
      return report(await compare(snapshot), []);
    } finally {
      snapshot.release();
    }
  }
  const pull = async (tx: KnotTransaction): Promise<PullReport> => {
    const compared = await compare(tx);
    const open = compared.filter(({ section }) => section.outcome === "conflict");
    if (conflicts === undefined && open.length > 0) throw conflict(options, open);
    const written: string[] = [];
    for (const each of compared) written.push(...(await settle(context, tx, each, options)));
    return report(compared, written);
  };
  const args = { from, to, sections: wanted ?? null, conflicts: conflicts ?? null };
  return transactOrRehearse(context, pull, { ...writeOptions, operation: "layer pull", args, dryRun: false });
}

interface Comparison {
  readonly section: PulledSection;
  readonly ours: Entity<LayerProps> | undefined;
  readonly theirs: Entity<LayerProps>;
}

async function compareBranches(
  context: KnotContext,
  reader: Reader,
  { from, to, sections, conflicts }: PullOptions,
): Promise<readonly Comparison[]> {
  const layers = await allLayers(reader);
  const [source, target] = [layersOfBranch(layers, from), layersOfBranch(layers, to)];
  const entries = [...source].filter(([, layer]) => sections === undefined || sections.includes(layer.props.section));
  const missing = sections?.find((section) => !entries.some(([, layer]) => layer.props.section === section));
  if (missing !== undefined) throw noSuchSection(from, missing);
  const compared: Comparison[] = [];
  for (const [slot, theirs] of entries.sort(([, a], [, b]) => byPlace(a, b))) {
    const ours = target.get(slot);
    const base = ours === undefined ? undefined : await baseOf(context, { ours, theirs, from });
    const outcome = outcomeOf(ours, theirs, base);
    compared.push({
      ours,
      theirs,
      section: {
        kind: theirs.props.kind,
        section: theirs.props.section,
        outcome,
        ...(outcome === "conflict" && conflicts !== undefined ? { settled: conflicts } : {}),
        ...(base === undefined ? {} : { base: base.state }),
        ...(ours === undefined ? {} : { ours: stateOf(ours) }),
        theirs: stateOf(theirs),
        ...(base === undefined || ours === undefined
          ? {}
          : {
              oursChanged: countChanges(base.content, ours.props.content),
              theirsChanged: countChanges(base.content, theirs.props.content),
            }),
      },
    });
  }
  return compared;
}

function outcomeOf(
  ours: Entity<LayerProps> | undefined,
  theirs: Entity<LayerProps>,
  base: Base | undefined,
): PullOutcome {
  if (ours === undefined) return "taken";
  if (ours.id === theirs.id || ours.props.content === theirs.props.content) return "same";
  if (base === undefined) return "conflict";
  if (theirs.props.content === base.content) return "kept";
  return ours.props.content === base.content ? "taken" : "conflict";
}

interface Base {
  readonly state: LayerState;
  readonly content: string;
}

async function baseOf(
  context: KnotContext,
  {
    ours,
    theirs,
    from,
  }: { readonly ours: Entity<LayerProps>; readonly theirs: Entity<LayerProps>; readonly from: string },
): Promise<Base | undefined> {
  if (ours.id === theirs.id) return undefined;
  const pulled = ours.props.origin?.layer === theirs.id ? ours.props.origin : undefined;
  if (pulled !== undefined) return contentOf(context, pulled);
  const lent = theirs.props.origin?.layer === ours.id ? theirs.props.origin : undefined;
  if (lent !== undefined) return contentOf(context, lent);
  // The variant of the source was made beside a layer that both had until then.
  if (fittingPattern(ours.props, from) !== undefined) return contentWhenMade(context, ours.id, theirs.id);
  return undefined;
}

async function contentOf(context: KnotContext, { layer, contentVersion }: LayerOrigin): Promise<Base | undefined> {
  const versions = await contentVersions(context, layer);
  const found = versions.find(({ version }) => version.contentVersion === contentVersion);
  if (found === undefined) return undefined;
  const { contentHash } = found.version;
  return { content: found.content, state: { layer, contentVersion, contentHash } };
}

/** What one layer said when another was made. */
async function contentWhenMade(context: KnotContext, layer: string, other: string): Promise<Base | undefined> {
  const made = (await context.graph.history(other))[0]?.seq ?? 0;
  const found = (await contentVersions(context, layer)).findLast(({ version }) => version.seq <= made);
  if (found === undefined) return undefined;
  const { contentVersion, contentHash } = found.version;
  return { content: found.content, state: { layer, contentVersion, contentHash } };
}

/** Writes what the section asks for; gives the ids of what was written. */
async function settle(
  context: KnotContext,
  tx: KnotTransaction,
  { section, ours, theirs }: Comparison,
  { from, to, conflicts }: PullOptions,
): Promise<readonly string[]> {
  if (section.outcome === "same" || section.outcome === "kept") return [];
  const content = section.outcome === "conflict" && conflicts === "ours" ? ours?.props.content : theirs.props.content;
  const taken = content ?? theirs.props.content;
  const origin = {
    layer: theirs.id,
    contentVersion: theirs.props.contentVersion,
    contentHash: theirs.props.contentHash,
  };
  const rationale = `pulled from ${from}`;
  const isOwn = ours?.props.branches?.length === 1 && ours.props.branches[0] === to;
  if (ours !== undefined && isOwn) {
    const change = taken === ours.props.content ? {} : contentChange(context, ours, taken, rationale);
    return [(await editNode(tx, ours, { ...change, origin })).id];
  }
  const { kind, section: name, title, inclusion, decayDays, modules } = theirs.props;
  const variant: LayerProps = {
    kind,
    section: name,
    title,
    inclusion,
    ...(decayDays === undefined ? {} : { decayDays }),
    ...(modules === undefined ? {} : { modules }),
    branches: [to],
    content: taken,
    contentHash: hashContent(taken),
    contentVersion: 1,
    rationale,
    freshness: "fresh",
    regeneratedAt: instant(context),
    origin,
    filedAt: instant(context),
    ...(context.agent === undefined ? {} : { filedBy: context.agent }),
  };
  return [(await tx.create("layer", variant)).id];
}

function stateOf({ id, props }: Entity<LayerProps>): LayerState {
  return { layer: id, contentVersion: props.contentVersion, contentHash: props.contentHash };
}

function conflict({ from, to }: PullOptions, open: readonly Comparison[]): DomainError {
  const names = open.map(({ section }) => section.section).join(", ");
  return new DomainError("LAYERS_CONFLICT", `Cannot pull layers from "${from}" to "${to}": both changed ${names}`, {
    hint: "Look at both with a dry run; then say which holds, ours or theirs, or pull the other sections by name.",
    context: { from, to, sections: names },
  });
}

function noSuchSection(from: string, section: string): DomainError {
  return new DomainError("NOT_FOUND", `Cannot pull section "${section}" from "${from}": the branch has no such layer`, {
    hint: "List the layers of the branch.",
    context: { from, section },
  });
}
