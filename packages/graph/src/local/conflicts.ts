/**
 * Whether a transaction may commit at the end of the log (ENGINE I1): what it read has the same value now. Pure.
 *
 * Only what came after its snapshot is looked at: the tail of the log, and the transactions accepted before it in the
 * same batch. A range counts as changed when something that was found in it changed, or something new fell into it.
 */
import type { CommitRequest, Conflict, IndexDefinition, RecordedRange, Write } from "../engine.ts";
import { indexKeysOf } from "../index-keys.ts";
import type { IndexedVersion } from "../index-keys.ts";
import type { Overlay } from "./overlay.ts";

/** A write of a transaction that was accepted but is not in the log yet, and the seq it will have. */
export interface AcceptedWrite {
  readonly write: Write;
  readonly seq: number;
}

/** The newest of them, by id. */
export type AcceptedWrites = ReadonlyMap<string, AcceptedWrite>;

/** The conflicts of `request`; empty when it may commit. The overlay must reach back to its snapshot. */
export function findConflicts(request: CommitRequest, overlay: Overlay, accepted: AcceptedWrites): readonly Conflict[] {
  // Nothing came after its snapshot: true of nearly every commit of a process that writes alone.
  if (overlay.head === request.snapshotSeq && accepted.size === 0) return [];
  const conflicts: Conflict[] = [];
  for (const [id, stamp] of request.reads) {
    const now = currentStamp(id, request.snapshotSeq, overlay, accepted);
    if (now !== undefined && (now.version !== stamp.version || now.seq !== stamp.seq)) {
      conflicts.push({ id, expectedVersion: stamp.version, actualVersion: now.version });
    }
  }
  if (request.ranges.length > 0) conflicts.push(...changedRanges(request, overlay, accepted));
  return conflicts;
}

/** Version and seq of an entity if something wrote it after the snapshot. */
function currentStamp(
  id: string,
  snapshotSeq: number,
  overlay: Overlay,
  accepted: AcceptedWrites,
): { readonly version: number; readonly seq: number } | undefined {
  const pending = accepted.get(id);
  if (pending !== undefined) return { version: pending.write.version, seq: pending.seq };
  return overlay.latestSince(id, snapshotSeq);
}

function changedRanges(request: CommitRequest, overlay: Overlay, accepted: AcceptedWrites): readonly Conflict[] {
  const conflicts: Conflict[] = [];
  // Only the keys of its own index count, and to take texts apart for others would cost more than all the rest.
  const open = new Map(
    request.ranges.map((range) => [range, overlay.definitions.filter(({ name }) => name === range.index)]),
  );
  // The head of a record tells no words.
  const texts = [...open.values()].flat().filter(({ kind }) => kind === "text");
  const typesOfTexts = new Set(texts.map(({ type }) => type));
  for (const change of changesSince(request.snapshotSeq, overlay, { accepted, typesOfTexts })) {
    for (const [range, definitions] of open) {
      if (!touches(change, range, definitions)) continue;
      conflicts.push({ index: range.index, id: change.id });
      open.delete(range);
    }
  }
  return conflicts;
}

/** Changes of `typesOfTexts` with all of their properties, others with those that indexes are ordered by. */
function* changesSince(
  seq: number,
  overlay: Overlay,
  { accepted, typesOfTexts }: { readonly accepted: AcceptedWrites; readonly typesOfTexts: ReadonlySet<string> },
): Generator<IndexedVersion> {
  for (let at = seq + 1; at <= overlay.head; at += 1) {
    for (const version of overlay.commit(at)?.versions ?? []) {
      const { id, type, from, to } = version;
      const knowsAll = version.commit.definitionCount === overlay.definitions.length && !typesOfTexts.has(version.type);
      yield {
        id,
        type,
        deleted: version.op === "delete",
        ...ends(from, to),
        props: knowsAll ? version.fields : overlay.readProps(version),
      };
    }
  }
  for (const { write } of accepted.values()) {
    const { id, type, op, from, to, props } = write;
    yield { id, type, deleted: op === "delete", ...ends(from, to), props };
  }
}

function touches(change: IndexedVersion, range: RecordedRange, definitions: readonly IndexDefinition[]): boolean {
  if (range.ids.has(change.id)) return true;
  return indexKeysOf(change, definitions).some(
    ({ index, key }) => index === range.index && key >= range.lower && (range.upper === undefined || key < range.upper),
  );
}

function ends(from: string | undefined, to: string | undefined): { readonly from?: string; readonly to?: string } {
  return from === undefined || to === undefined ? {} : { from, to };
}
