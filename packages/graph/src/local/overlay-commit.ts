/**
 * A commit of the log's tail as the overlay holds it: its record's head, and where the bodies stand. What the head says of each
 * version is made into objects only when somebody asks: most commits of other processes are never asked for.
 */
import { assert } from "@knotwork/disk";
import { bodyStarts, rowAt } from "@knotwork/wal";
import type { RecordHead, RecordLocation, Segment } from "@knotwork/wal";
import { decodeVersionRow, isDefinition } from "./operation-row.ts";
import type { VersionRow } from "./operation-row.ts";

export interface OverlayVersion extends VersionRow {
  readonly seq: number;
  readonly commit: OverlayCommit;
  readonly bodyOffset: number;
  readonly bodyLength: number;
}

/** Up to so many rows are searched, and parsed, one by one. */
const SEARCHED_MAX = 16;

export class OverlayCommit {
  readonly head: RecordHead;
  readonly location: RecordLocation;
  readonly segment: Segment;
  /** How many definitions its writer knew: the `fields` of its versions speak of those only. */
  readonly definitionCount: number;
  #versionByRow: (OverlayVersion | undefined)[] | undefined;
  #bodyStarts: readonly number[] | undefined;
  #versions: readonly OverlayVersion[] | undefined;
  #rowById: ReadonlyMap<string, number> | undefined;

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
    this.#versions ??= this.head.operations.flatMap((operation, row) =>
      isDefinition(operation) ? [] : [this.#versionAt(row, this.head.rows[row])],
    );
    return this.#versions;
  }

  /** What it made of an entity, if it changed it. Of a short record nothing else is parsed, a long one is parsed once. */
  versionOf(id: string): OverlayVersion | undefined {
    const row = this.#rowOf(id);
    if (row === undefined) return undefined;
    return this.#versionAt(row, this.#isLong ? this.head.rows[row] : undefined);
  }

  get #isLong(): boolean {
    return this.head.subjects.length > SEARCHED_MAX;
  }

  #rowOf(id: string): number | undefined {
    const { operations, subjects } = this.head;
    if (this.#isLong) {
      this.#rowById ??= new Map(
        subjects.flatMap((subject, row) => (isDefinition(operations[row]) ? [] : [[subject, row] as const])),
      );
      return this.#rowById.get(id);
    }
    const row = subjects.findIndex((subject, at) => subject === id && !isDefinition(operations[at]));
    return row < 0 ? undefined : row;
  }

  /** `parsed`: the row, where it was parsed already. */
  #versionAt(row: number, parsed: readonly unknown[] | undefined): OverlayVersion {
    const made = (this.#versionByRow ??= []);
    return (made[row] ??= this.#decode(row, parsed ?? rowAt(this.head, row)));
  }

  #decode(row: number, content: readonly unknown[] | undefined): OverlayVersion {
    assert(content !== undefined, "A record has a row for each of its subjects");
    const { op, id, type, version, fields, createdAt, from, to } = decodeVersionRow(content);
    this.#bodyStarts ??= bodyStarts(this.head, this.location);
    // One shape, without a spread: reading a tail makes thousands of these.
    return {
      op,
      id,
      type,
      version,
      fields,
      createdAt,
      from,
      to,
      seq: this.head.seq,
      commit: this,
      bodyOffset: this.location.offset + (this.#bodyStarts[row] ?? 0),
      bodyLength: this.head.sizes[row] ?? 0,
    };
  }
}
