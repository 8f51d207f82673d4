/** A commit of the log's tail as the overlay holds it: all of its record's head, and where the bodies stand. */
import { bodyRange } from "@knotwork/wal";
import type { RecordHead, RecordLocation, Segment } from "@knotwork/wal";
import type { IndexDefinition } from "../engine.ts";
import { decodeRow } from "./operation-row.ts";
import type { VersionRow } from "./operation-row.ts";

export interface OverlayCommit {
  readonly seq: number;
  readonly txid: string;
  readonly time: string;
  readonly author: string;
  readonly session: string | undefined;
  readonly key: string | undefined;
  readonly fingerprint: string | undefined;
  readonly versions: readonly OverlayVersion[];
  readonly location: RecordLocation;
  readonly segment: Segment;
}

export interface OverlayVersion extends VersionRow {
  readonly seq: number;
  readonly commit: OverlayCommit;
  readonly bodyOffset: number;
  readonly bodyLength: number;
  /** How many definitions its writer knew: `fields` speaks of those only. */
  readonly definitionCount: number;
  /** The version before, if that is not packed. */
  readonly previous: OverlayVersion | undefined;
}

/** What a commit meets in the overlay that it is made for, in the order of its rows. */
export interface OverlayPlace {
  readonly define: (definition: IndexDefinition) => void;
  /** How many definitions there are by now. */
  readonly definitionCount: () => number;
  readonly previous: (id: string) => OverlayVersion | undefined;
  readonly add: (version: OverlayVersion) => void;
}

export function overlayCommit(
  head: RecordHead,
  location: RecordLocation,
  segment: Segment,
  place: OverlayPlace,
): OverlayCommit {
  const versions: OverlayVersion[] = [];
  const { seq, txid, time, author, session, key, fingerprint } = head;
  const commit: OverlayCommit = { seq, txid, time, author, session, key, fingerprint, versions, location, segment };
  for (const [index, raw] of head.rows.entries()) {
    const row = decodeRow(raw);
    if (row.op === "define") {
      place.define(row.definition);
      continue;
    }
    const { op, id, type, version: number, fields, createdAt, from, to } = row;
    const body = bodyRange(head, location, index);
    // One shape, without a spread: replaying a log makes millions of these.
    const version: OverlayVersion = {
      op,
      id,
      type,
      version: number,
      fields,
      createdAt,
      from,
      to,
      seq,
      commit,
      bodyOffset: body.offset,
      bodyLength: body.length,
      definitionCount: place.definitionCount(),
      previous: place.previous(id),
    };
    versions.push(version);
    place.add(version);
  }
  return commit;
}
