/**
 * A commit of the log's tail as the overlay holds it: its record's head, and where the bodies stand. What the head says of each
 * version is made into objects only when somebody asks: most commits of other processes are never asked for.
 */
import { bodyStarts } from "@knotwork/wal";
import type { RecordHead, RecordLocation, Segment } from "@knotwork/wal";
import { decodeVersionRow } from "./operation-row.ts";
import type { VersionRow } from "./operation-row.ts";

export interface OverlayVersion extends VersionRow {
  readonly seq: number;
  readonly commit: OverlayCommit;
  readonly bodyOffset: number;
  readonly bodyLength: number;
}

/** Versions of a commit are searched one by one up to so many. */
const SEARCHED_MAX = 16;

export class OverlayCommit {
  readonly head: RecordHead;
  readonly location: RecordLocation;
  readonly segment: Segment;
  /** How many definitions its writer knew: the `fields` of its versions speak of those only. */
  readonly definitionCount: number;
  #versions: readonly OverlayVersion[] | undefined;
  #versionById: ReadonlyMap<string, OverlayVersion> | undefined;

  constructor(head: RecordHead, location: RecordLocation, segment: Segment, definitionCount: number) {
    this.head = head;
    this.location = location;
    this.segment = segment;
    this.definitionCount = definitionCount;
  }

  get seq(): number {
    return this.head.seq;
  }

  get txid(): string {
    return this.head.txid;
  }

  get time(): string {
    return this.head.time;
  }

  get author(): string {
    return this.head.author;
  }

  get session(): string | undefined {
    return this.head.session;
  }

  get key(): string | undefined {
    return this.head.key;
  }

  get fingerprint(): string | undefined {
    return this.head.fingerprint;
  }

  /** As `AppliedChanges` tells it: what no listener asks for is not made. */
  get changes(): readonly OverlayVersion[] {
    return this.versions;
  }

  /** The ids it changed, in its order. */
  get ids(): readonly string[] {
    const { operations, subjects } = this.head;
    return operations.includes("define") ? subjects.filter((_, index) => operations[index] !== "define") : subjects;
  }

  get versions(): readonly OverlayVersion[] {
    this.#versions ??= this.#decode();
    return this.#versions;
  }

  /** What it made of an entity, if it changed it. */
  versionOf(id: string): OverlayVersion | undefined {
    const { versions } = this;
    if (versions.length <= SEARCHED_MAX) return versions.find((version) => version.id === id);
    this.#versionById ??= new Map(versions.map((version) => [version.id, version]));
    return this.#versionById.get(id);
  }

  #decode(): readonly OverlayVersion[] {
    const { seq, rows, sizes } = this.head;
    const versions: OverlayVersion[] = [];
    const starts = bodyStarts(this.head, this.location);
    for (const [index, row] of rows.entries()) {
      if (row[0] !== "define") {
        const { op, id, type, version, fields, createdAt, from, to } = decodeVersionRow(row);
        // One shape, without a spread: reading a tail makes thousands of these.
        versions.push({
          op,
          id,
          type,
          version,
          fields,
          createdAt,
          from,
          to,
          seq,
          commit: this,
          bodyOffset: this.location.offset + (starts[index] ?? 0),
          bodyLength: sizes[index] ?? 0,
        });
      }
    }
    return versions;
  }
}
