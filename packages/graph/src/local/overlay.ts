/**
 * The tail of the log in memory: every commit with seq > base, in a form that answers at any snapshot from base on. What
 * it says of an entity goes before what the runs say.
 *
 * Invariants:
 * - Append-only: a snapshot is (generation, overlay, seq), and never sees what came later.
 * - `recent[i].seq === recentBase + 1 + i`; what is older is packed. Versions are linked to older ones among the recent only.
 * - Bodies stay in their segments, which the overlay retains until `close`.
 */
import { assert } from "@knotwork/disk";
import { SortedList } from "@knotwork/indexer";
import type { RecordHead, RecordLocation, Segment } from "@knotwork/wal";
import type { IndexDefinition } from "../engine.ts";
import type { StoredVersion } from "../entity.ts";
import { declaredFields, indexKeysOf } from "../index-keys.ts";
import type { JsonObject } from "../json.ts";
import { indexPrefix } from "./index-layout.ts";
import { overlayCommit } from "./overlay-commit.ts";
import type { OverlayCommit, OverlayVersion } from "./overlay-commit.ts";
import { PackedCommits } from "./packed-commits.ts";

/** Once some is packed the rest is packed sooner: the log is being replayed, or nobody checkpoints. */
const RECENT_BYTES_MAX_LONG = 4 * 1024 * 1024;

export class Overlay {
  readonly base: number;
  #recent: OverlayCommit[] = [];
  #recentBase: number;
  #recentBytes = 0;
  readonly #recentBytesMax: number;
  #packed: PackedCommits<OverlayCommit> | undefined;
  readonly #latest = new Map<string, OverlayVersion>();
  readonly #commitByKey = new Map<string, OverlayCommit>();
  readonly #commitByTxid = new Map<string, OverlayCommit>();
  readonly #definitions: IndexDefinition[];
  /** The seq that declared each of them; `base` for those of the manifest. */
  readonly #definedAt: number[];
  readonly #fieldsByType = new Map<string, ReadonlySet<string>>();
  readonly #segments = new Set<Segment>();
  readonly #indexes = new Map<string, { readonly list: SortedList; indexed: number }>();
  #bytes = 0;

  /** When more of the log than `recentBytesMax` is held unpacked, all of it is packed. */
  constructor(base: number, definitions: readonly IndexDefinition[], recentBytesMax: number) {
    this.base = base;
    this.#recentBytesMax = recentBytesMax;
    this.#recentBase = base;
    this.#definitions = [...definitions];
    this.#definedAt = definitions.map(() => base);
  }

  get head(): number {
    return this.#recentBase + this.#recent.length;
  }

  /** Bytes of log that the overlay stands for. */
  get bytes(): number {
    return this.#bytes;
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
    assert(head.seq === this.head + 1, "Records are applied in order, each once");
    this.#retain(segment);
    this.#bytes += location.length;
    const commit = overlayCommit(head, location, segment, {
      define: (definition) => {
        this.#definitions.push(definition);
        this.#fieldsByType.clear();
        this.#definedAt.push(head.seq);
      },
      definitionCount: () => this.#definitions.length,
      previous: (id) => this.#latest.get(id),
      add: (version) => void this.#latest.set(version.id, version),
    });
    this.#append(commit);
    const soon = this.#packed === undefined ? Infinity : RECENT_BYTES_MAX_LONG;
    if (this.#recentBytes > Math.min(this.#recentBytesMax, soon)) this.#pack();
    return commit;
  }

  /** The same tail without the commits up to `base`. The old overlay stays usable until it is closed. */
  trimmed(base: number): Overlay {
    const overlay = new Overlay(base, this.#definitions, this.#recentBytesMax);
    overlay.#definedAt.splice(0, Infinity, ...this.#definedAt);
    if (this.#packed !== undefined && this.#recentBase > base) overlay.#sharePacked(this.#packed, this.#recentBase);
    for (const commit of this.#recent.slice(Math.max(0, base - this.#recentBase))) overlay.#adopt(commit);
    return overlay;
  }

  commit(seq: number): OverlayCommit | undefined {
    if (seq <= this.base) return undefined;
    return seq > this.#recentBase ? this.#recent[seq - this.#recentBase - 1] : this.#packed?.commit(seq);
  }

  commitByKey(key: string): OverlayCommit | undefined {
    return this.#commitByKey.get(key) ?? this.#packed?.byKey(key, this.base);
  }

  commitByTxid(txid: string): OverlayCommit | undefined {
    return this.#commitByTxid.get(txid) ?? this.#packed?.byTxid(txid, this.base);
  }

  latest(id: string): OverlayVersion | undefined {
    return this.#latest.get(id) ?? this.#packedVersion(id, this.#recentBase);
  }

  /** The newest version of `id` in the overlay with seq <= `seq`. */
  versionAt(id: string, seq: number): OverlayVersion | undefined {
    let version = this.#latest.get(id);
    while (version !== undefined && version.seq > seq) version = version.previous;
    return version ?? this.#packedVersion(id, seq);
  }

  /** The versions of `id` in the overlay with seq <= `seq`, newest first. */
  *versionsUpTo(id: string, seq: number): Generator<OverlayVersion> {
    for (let version = this.#latest.get(id); version !== undefined; version = version.previous)
      if (version.seq <= seq) yield version;
    yield* this.#packedVersions(id, seq);
  }

  /** The entries of one index that the tail added, keyed as in a run. It holds no removes: whoever scans asks `versionAt` whether an entry still holds. */
  index(name: string): SortedList {
    let index = this.#indexes.get(name);
    if (index === undefined) {
      index = { list: new SortedList(), indexed: 0 };
      this.#indexes.set(name, index);
    }
    const position = this.#definitions.findIndex((definition) => definition.name === name);
    const declared = this.#definitions[position];
    const prefix = indexPrefix(name);
    for (; this.base + index.indexed < this.head; index.indexed += 1) {
      for (const version of this.commit(this.base + index.indexed + 1)?.versions ?? []) {
        if (version.op === "delete" || (declared !== undefined && declared.type !== version.type)) continue;
        const props =
          declared === undefined ? {} : version.definitionCount > position ? version.fields : this.readProps(version);
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

  #retain(segment: Segment): void {
    if (this.#segments.has(segment)) return;
    segment.retain();
    this.#segments.add(segment);
  }

  #adopt(old: OverlayCommit): void {
    this.#retain(old.segment);
    this.#bytes += old.location.length;
    const versions: OverlayVersion[] = [];
    const commit: OverlayCommit = { ...old, versions };
    for (const version of old.versions) {
      const copy = { ...version, commit, previous: this.#latest.get(version.id) };
      versions.push(copy);
      this.#latest.set(version.id, copy);
    }
    this.#append(commit);
  }

  #append(commit: OverlayCommit): void {
    this.#recent.push(commit);
    this.#recentBytes += commit.location.length;
    this.#commitByTxid.set(commit.txid, commit);
    if (commit.key !== undefined) this.#commitByKey.set(commit.key, commit);
  }

  /** Packs all that is recent. */
  #pack(): void {
    this.#packed ??= new PackedCommits({ base: this.#recentBase, unpack: this.#unpack });
    for (const commit of this.#recent) this.#packed.add(commit);
    this.#recentBase = this.head;
    this.#recent = [];
    this.#recentBytes = 0;
    this.#latest.clear();
    this.#commitByKey.clear();
    this.#commitByTxid.clear();
  }

  /** Takes over what an older overlay packed, of which only what is behind `base` counts here. */
  #sharePacked(packed: PackedCommits<OverlayCommit>, through: number): void {
    this.#packed = packed.sharedWith(this.#unpack);
    this.#recentBase = through;
    for (let seq = this.base + 1; seq <= through; seq += 1) {
      this.#retain(packed.segmentAt(seq));
      this.#bytes += packed.bytesAt(seq);
    }
  }

  readonly #unpack = (head: RecordHead, location: RecordLocation, segment: Segment): OverlayCommit =>
    overlayCommit(head, location, segment, {
      define: () => undefined,
      definitionCount: () => this.definitionsAt(head.seq).length,
      previous: () => undefined,
      add: () => undefined,
    });

  #packedVersion(id: string, seq: number): OverlayVersion | undefined {
    if (this.#packed === undefined) return undefined;
    for (const version of this.#packedVersions(id, seq)) return version;
    return undefined;
  }

  *#packedVersions(id: string, seq: number): Generator<OverlayVersion> {
    const range = { after: this.base, seq: Math.min(seq, this.#recentBase) };
    for (const commit of this.#packed?.commitsOf(id, range) ?? []) {
      const version = commit.versions.find((candidate) => candidate.id === id);
      if (version !== undefined) yield version;
    }
  }
}
