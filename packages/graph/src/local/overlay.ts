/**
 * The tail of the log in memory: every commit with seq > base, in a form that answers at any snapshot from base on. What
 * it says of an entity goes before what the runs say.
 *
 * Invariants:
 * - Append-only: a snapshot is (generation, overlay, seq), and never sees what came later.
 * - `commits[i].seq === base + 1 + i`.
 * - Bodies stay in their segments, which the overlay retains until `close`.
 */
import { assert } from "@knotwork/disk";
import { SortedList } from "@knotwork/indexer";
import { bodyRange } from "@knotwork/wal";
import type { RecordHead, RecordLocation, Segment } from "@knotwork/wal";
import type { IndexDefinition } from "../engine.ts";
import type { StoredVersion } from "../entity.ts";
import { indexKeysOf } from "../index-keys.ts";
import type { JsonObject } from "../json.ts";
import { indexPrefix } from "./index-layout.ts";
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
  readonly previous: OverlayVersion | undefined;
}

export class Overlay {
  readonly base: number;
  readonly #commits: OverlayCommit[] = [];
  readonly #latest = new Map<string, OverlayVersion>();
  readonly #commitByKey = new Map<string, OverlayCommit>();
  readonly #commitByTxid = new Map<string, OverlayCommit>();
  readonly #definitions: IndexDefinition[];
  /** The seq that declared each of them; `base` for those of the manifest. */
  readonly #definedAt: number[];
  readonly #segments = new Set<Segment>();
  readonly #indexes = new Map<string, { readonly list: SortedList; indexed: number }>();
  #bytes = 0;

  constructor(base: number, definitions: readonly IndexDefinition[]) {
    this.base = base;
    this.#definitions = [...definitions];
    this.#definedAt = definitions.map(() => base);
  }

  get head(): number {
    return this.base + this.#commits.length;
  }

  /** Bytes of log that the overlay stands for. */
  get bytes(): number {
    return this.#bytes;
  }

  get definitions(): readonly IndexDefinition[] {
    return this.#definitions;
  }

  /** Those declared up to `seq`. */
  definitionsAt(seq: number): readonly IndexDefinition[] {
    return this.#definitions.filter((_, index) => (this.#definedAt[index] ?? 0) <= seq);
  }

  apply(head: RecordHead, location: RecordLocation, segment: Segment): OverlayCommit {
    assert(head.seq === this.head + 1, "Records are applied in order, each once");
    this.#retain(segment);
    this.#bytes += location.length;
    const versions: OverlayVersion[] = [];
    const { seq, txid, time, author, session, key, fingerprint } = head;
    const commit: OverlayCommit = { seq, txid, time, author, session, key, fingerprint, versions, location, segment };
    for (const [index, raw] of head.rows.entries()) {
      const row = decodeRow(raw);
      if (row.op === "define") {
        this.#definitions.push(row.definition);
        this.#definedAt.push(seq);
        continue;
      }
      const body = bodyRange(head, location, index);
      const version: OverlayVersion = {
        ...row,
        seq,
        commit,
        bodyOffset: body.offset,
        bodyLength: body.length,
        definitionCount: this.#definitions.length,
        previous: this.#latest.get(row.id),
      };
      versions.push(version);
      this.#latest.set(row.id, version);
    }
    this.#append(commit);
    return commit;
  }

  /** The same tail without the commits up to `base`. The old overlay stays usable until it is closed. */
  trimmed(base: number): Overlay {
    const overlay = new Overlay(base, this.#definitions);
    overlay.#definedAt.splice(0, Infinity, ...this.#definedAt);
    for (const commit of this.#commits.slice(Math.max(0, base - this.base))) overlay.#adopt(commit);
    return overlay;
  }

  commit(seq: number): OverlayCommit | undefined {
    return this.#commits[seq - this.base - 1];
  }

  commitByKey(key: string): OverlayCommit | undefined {
    return this.#commitByKey.get(key);
  }

  commitByTxid(txid: string): OverlayCommit | undefined {
    return this.#commitByTxid.get(txid);
  }

  latest(id: string): OverlayVersion | undefined {
    return this.#latest.get(id);
  }

  /** The newest version of `id` in the overlay with seq <= `seq`. */
  versionAt(id: string, seq: number): OverlayVersion | undefined {
    let version = this.#latest.get(id);
    while (version !== undefined && version.seq > seq) version = version.previous;
    return version;
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
    for (; index.indexed < this.#commits.length; index.indexed += 1) {
      for (const version of this.#commits[index.indexed]?.versions ?? []) {
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
    return JSON.parse(
      version.commit.segment.read(version.bodyOffset, version.bodyLength).toString("utf8"),
    ) as JsonObject;
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
    this.#commits.push(commit);
    this.#commitByTxid.set(commit.txid, commit);
    if (commit.key !== undefined) this.#commitByKey.set(commit.key, commit);
  }
}
