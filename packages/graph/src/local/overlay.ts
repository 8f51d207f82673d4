/**
 * The tail of the log in memory: every commit with seq > base, in a form that answers at any snapshot from base on. What
 * it says of an entity goes before what the runs say.
 *
 * Invariants:
 * - Append-only: a snapshot is (generation, overlay, seq), and never sees what came later.
 * - Bodies stay in their segments, which the overlay retains until `close`.
 */
import { SortedList } from "@knotwork/indexer";
import type { RecordHead, RecordLocation, Segment } from "@knotwork/wal";
import type { IndexDefinition, IndexInterval } from "../engine.ts";
import type { StoredVersion } from "../entity.ts";
import { declaredFields, indexKeysOf } from "../index-keys.ts";
import type { JsonObject } from "../json.ts";
import { indexPrefix } from "./index-layout.ts";
import { decodeDefinitionRow, isDefinition } from "./operation-row.ts";
import { OverlayCommit } from "./overlay-commit.ts";
import type { OverlayVersion } from "./overlay-commit.ts";
import { TailCommits } from "./tail-commits.ts";
import { TailWords } from "./tail-words.ts";

export class Overlay {
  readonly base: number;
  readonly #commits: TailCommits;
  readonly #definitions: IndexDefinition[];
  /** The seq that declared each of them; `base` for those of the manifest. */
  readonly #definedAt: number[];
  readonly #fieldsByType = new Map<string, ReadonlySet<string>>();
  readonly #segments = new Set<Segment>();
  readonly #indexes = new Map<string, { readonly list: SortedList; indexed: number }>();
  #lastSegment: Segment | undefined;
  readonly #words = new TailWords(this);
  #bytes = 0;

  /**
   * Of a tail longer than `recentBytesMax` only places are held in memory.
   * `before`: the overlay whose commits behind `base` it takes over, and its bound.
   */
  constructor(
    base: number,
    definitions: readonly IndexDefinition[],
    source: { readonly recentBytesMax: number } | { readonly before: Overlay },
  ) {
    this.base = base;
    this.#definitions = [...definitions];
    this.#definedAt = "before" in source ? [...source.before.#definedAt] : definitions.map(() => base);
    const definitionCountAt = (seq: number): number => this.definitionsAt(seq).length;
    this.#commits =
      "before" in source
        ? source.before.#commits.since(base, definitionCountAt)
        : new TailCommits({ base, recentBytesMax: source.recentBytesMax, definitionCountAt });
    for (const segment of this.#commits.segments) this.#retain(segment);
    this.#bytes = this.bytesUpTo(this.head);
  }

  get head(): number {
    return this.#commits.head;
  }

  /** Another bound for what is applied from now on. */
  set recentBytesMax(recentBytesMax: number) {
    this.#commits.recentBytesMax = recentBytesMax;
  }

  /** Bytes of log that the overlay stands for. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Of these, the bytes of commits up to `seq`. Costs a step a commit. */
  bytesUpTo(seq: number): number {
    let bytes = 0;
    for (let at = this.base + 1; at <= Math.min(seq, this.head); at += 1) bytes += this.#commits.bytesAt(at);
    return bytes;
  }

  get definitions(): readonly IndexDefinition[] {
    return this.#definitions;
  }

  /** The fields of a type that some of them looks at. */
  declaredFields(type: string): ReadonlySet<string> {
    let fields = this.#fieldsByType.get(type);
    if (fields === undefined) this.#fieldsByType.set(type, (fields = declaredFields(this.#definitions, type)));
    return fields;
  }

  /** Those declared up to `seq`. */
  definitionsAt(seq: number): readonly IndexDefinition[] {
    return this.#definitions.filter((_, index) => (this.#definedAt[index] ?? 0) <= seq);
  }

  apply(head: RecordHead, location: RecordLocation, segment: Segment): OverlayCommit {
    this.#retain(segment);
    this.#bytes += location.length;
    for (const [index, operation] of head.operations.entries()) {
      if (isDefinition(operation)) this.#define(decodeDefinitionRow(head.rows[index] ?? []), head.seq);
    }
    const commit = new OverlayCommit(head, location, segment, this.#definitions.length);
    this.#commits.add(commit);
    return commit;
  }

  /** The same tail without the commits up to `base`. The old overlay stays usable until it is closed. */
  trimmed(base: number): Overlay {
    return new Overlay(base, this.#definitions, { before: this });
  }

  commit(seq: number): OverlayCommit | undefined {
    return this.#commits.commit(seq);
  }

  commitByKey(key: string): OverlayCommit | undefined {
    return this.#commits.byKey(key);
  }

  commitByTxid(txid: string): OverlayCommit | undefined {
    return this.#commits.byTxid(txid);
  }

  /** The newest version of `id` if it has seq > `seq`. */
  latestSince(id: string, seq: number): OverlayVersion | undefined {
    return this.#commits.versionSince(id, seq);
  }

  /** The newest version of `id` in the overlay with seq <= `seq`. */
  versionAt(id: string, seq: number): OverlayVersion | undefined {
    return this.#commits.versionAt(id, seq);
  }

  /** The versions of `id` in the overlay with seq <= `seq`, newest first. */
  versionsUpTo(id: string, seq: number): Generator<OverlayVersion> {
    return this.#commits.versionsUpTo(id, seq);
  }

  /**
   * The entries of one index that the tail added, keyed as in a run; of an index of words at least those in the interval. It
   * holds no removes: whoever scans asks `versionAt` whether an entry still holds.
   */
  index(interval: IndexInterval): SortedList {
    const name = interval.index;
    const position = this.#definitions.findIndex((definition) => definition.name === name);
    const declared = this.#definitions[position];
    if (declared?.kind === "text") return this.#words.list(declared, interval);
    let index = this.#indexes.get(name);
    if (index === undefined) {
      index = { list: new SortedList(), indexed: 0 };
      this.#indexes.set(name, index);
    }
    const prefix = indexPrefix(name);
    for (; this.base + index.indexed < this.head; index.indexed += 1) {
      for (const version of this.commit(this.base + index.indexed + 1)?.versions ?? []) {
        if (version.op === "delete" || (declared !== undefined && declared.type !== version.type)) continue;
        const props =
          declared === undefined
            ? {}
            : version.commit.definitionCount > position
              ? version.fields
              : this.readProps(version);
        const shape = {
          id: version.id,
          type: version.type,
          props,
          ...(version.from === undefined || version.to === undefined ? {} : { from: version.from, to: version.to }),
        };
        for (const key of indexKeysOf(shape, declared === undefined ? [] : [declared])) {
          if (key.index === name)
            index.list.insert({ key: prefix + key.key, seq: version.seq, remove: false, value: "" });
        }
      }
    }
    return index.list;
  }

  readProps(version: OverlayVersion): JsonObject {
    if (version.op === "delete") return {};
    return JSON.parse(this.readBody(version).toString("utf8")) as JsonObject;
  }

  /** The properties of a version that is no deletion, as they were written. */
  readBody(version: OverlayVersion): Buffer {
    return version.commit.segment.read(version.bodyOffset, version.bodyLength);
  }

  read(version: OverlayVersion): StoredVersion {
    const { id, type, seq, commit, from, to } = version;
    return {
      id,
      type,
      version: version.version,
      seq,
      createdAt: version.createdAt ?? commit.time,
      updatedAt: commit.time,
      author: commit.author,
      deleted: version.op === "delete",
      ...(from === undefined || to === undefined ? {} : { from, to }),
      props: this.readProps(version),
    };
  }

  /** The whole line of a commit. */
  readLine(commit: OverlayCommit): Buffer {
    return commit.segment.read(commit.location.offset, commit.location.length);
  }

  /** Lets go of the segments. */
  close(): void {
    for (const segment of this.#segments) segment.release();
    this.#segments.clear();
  }

  #define(definition: IndexDefinition, seq: number): void {
    this.#definitions.push(definition);
    this.#definedAt.push(seq);
    this.#fieldsByType.clear();
  }

  #retain(segment: Segment): void {
    if (this.#lastSegment === segment) return;
    this.#lastSegment = segment;
    if (this.#segments.has(segment)) return;
    segment.retain();
    this.#segments.add(segment);
  }
}
