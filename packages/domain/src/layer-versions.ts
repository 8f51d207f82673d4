/** What a layer said before: the versions of its content, kept by the store, and what changed between two of them. */
import { DomainError } from "./domain-error.ts";
import type { KnotContext } from "./knot-context.ts";
import { countChanges, diffLines, type DiffLine } from "./line-diff.ts";
import { notFound } from "./domain-error.ts";
import type { LayerProps } from "./types/layer.ts";

export interface LayerVersion {
  readonly contentVersion: number;
  /** The commit that made it. */
  readonly seq: number;
  readonly at: string;
  readonly by: string;
  readonly rationale?: string;
  readonly contentHash: string;
  /** Lines that came and went since the version before. */
  readonly added: number;
  readonly removed: number;
}

export interface LayerDiff {
  readonly from: number;
  readonly to: number;
  readonly rationale?: string;
  readonly added: number;
  readonly removed: number;
  readonly lines: readonly DiffLine[];
}

export interface LayerContent {
  readonly version: LayerVersion;
  readonly content: string;
}

/** Oldest first. @throws DomainError NOT_FOUND */
export async function contentVersions(context: KnotContext, id: string): Promise<readonly LayerContent[]> {
  const contents: LayerContent[] = [];
  for (const version of await context.graph.history(id)) {
    if (version.deleted || version.type !== "layer") continue;
    const { content, contentVersion, contentHash, rationale } = version.props as unknown as LayerProps;
    const before = contents.at(-1);
    if (before?.version.contentVersion === contentVersion) continue;
    contents.push({
      content,
      version: {
        contentVersion,
        seq: version.seq,
        at: version.updatedAt,
        by: version.author,
        ...(rationale === undefined ? {} : { rationale }),
        contentHash,
        ...countChanges(before?.content ?? "", content),
      },
    });
  }
  if (contents.length === 0) throw notFound("layer", id);
  return contents;
}

/** @throws DomainError NOT_FOUND */
export async function contentAt(context: KnotContext, id: string, contentVersion: number): Promise<LayerContent> {
  const versions = await contentVersions(context, id);
  const found = versions.find(({ version }) => version.contentVersion === contentVersion);
  if (found !== undefined) return found;
  const known = versions.map(({ version }) => version.contentVersion).join(", ");
  throw new DomainError("NOT_FOUND", `Cannot find version ${contentVersion} of layer "${id}": there is none`, {
    hint: `Its versions: ${known}.`,
    context: { layer: id, contentVersion },
  });
}

/** `to` defaults to the newest version, `from` to the one before. @throws DomainError NOT_FOUND */
export async function diffVersions(
  context: KnotContext,
  id: string,
  { from, to }: { readonly from?: number; readonly to?: number } = {},
): Promise<LayerDiff> {
  const versions = await contentVersions(context, id);
  const after = to === undefined ? versions.at(-1) : await contentAt(context, id, to);
  const last = after?.version.contentVersion ?? 1;
  const first = from ?? Math.max(1, last - 1);
  const before = await contentAt(context, id, first);
  const [old, current] = [before.content, after?.content ?? ""];
  const rationale = after?.version.rationale;
  return {
    from: first,
    to: last,
    ...(rationale === undefined ? {} : { rationale }),
    ...countChanges(old, current),
    lines: diffLines(old, current),
  };
}
