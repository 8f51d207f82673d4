/**
 * A store in memory: every version of every entity, every index entry with its seq, every commit. Several engines may
 * share one, as processes share a directory.
 */
import { decodeKeyParts, mergeScan, SortedList } from "@knotwork/indexer";
import type { AppliedChanges, CommitInfo, IndexDefinition, IndexInterval, ScanPage, ScanRequest } from "../engine.ts";
import type { StoredVersion } from "../entity.ts";
import { idOfKey, indexKeysOf } from "../index-keys.ts";
import type { JsonValue } from "../json.ts";

export interface KnownKey {
  readonly seq: number;
  readonly time: string;
  readonly fingerprint: string;
  readonly result: JsonValue;
}

export class MemoryStore {
  readonly commits: CommitInfo[] = [];
  readonly versionsById: Map<string, StoredVersion[]> = new Map();
  readonly commitsByTxid: Map<string, CommitInfo> = new Map();
  readonly knownKeys: Map<string, KnownKey> = new Map();
  readonly listeners: Set<(changes: AppliedChanges) => void> = new Set();
  readonly #definitionsByName = new Map<string, IndexDefinition>();
  readonly #entriesByIndex = new Map<string, SortedList>([
    ["type", new SortedList()],
    ["out", new SortedList()],
    ["in", new SortedList()],
  ]);

  get seq(): number {
    return this.commits.length;
  }

  hasIndex(index: string): boolean {
    return this.#entriesByIndex.has(index);
  }

  /** Adds an index with the entries it would have had from the beginning. */
  define(definition: IndexDefinition): void {
    if (this.#definitionsByName.has(definition.name)) return;
    this.#definitionsByName.set(definition.name, definition);
    this.#entriesByIndex.set(definition.name, new SortedList());
    for (const versions of this.versionsById.values()) {
      versions.forEach((version, i) => this.#index(versions[i - 1], version, [definition]));
    }
  }

  /** Makes a commit visible to all engines at once. */
  apply(commit: CommitInfo, versions: readonly StoredVersion[]): void {
    this.commits.push(commit);
    this.commitsByTxid.set(commit.txid, commit);
    for (const version of versions) {
      const before = this.versionsById.get(version.id) ?? [];
      this.#index(before.at(-1), version, [...this.#definitionsByName.values()]);
      this.versionsById.set(version.id, [...before, version]);
    }
    const changes = { seq: commit.seq, ids: versions.map(({ id }) => id), changes: commit.changes };
    for (const listener of this.listeners) listener(changes);
  }

  versionAt(id: string, seq: number): StoredVersion | undefined {
    return this.versionsById.get(id)?.findLast((version) => version.seq <= seq);
  }

  scanAt({ index, lower, upper, reverse = false, limit }: ScanRequest, seq: number): ScanPage {
    const entries = this.#entriesByIndex.get(index);
    if (entries === undefined) throw new TypeError(`Cannot scan: there is no index ${index}`);
    const hits = [];
    for (const { key } of mergeScan([entries], { lower, upper, reverse, seq })) {
      if (hits.length === limit) return { hits, done: false };
      hits.push({ key, id: idOfKey(key) });
    }
    return { hits, done: true };
  }

  idsIn(interval: IndexInterval, seq: number): ReadonlySet<string> {
    return new Set(this.scanAt({ ...interval, limit: Infinity }, seq).hits.map((hit) => hit.id));
  }

  /** Every key of an index at a snapshot, decoded: for checks. */
  keysOf(index: string): readonly string[] {
    const hits = this.scanAt({ index, lower: "", upper: undefined, limit: Infinity }, this.seq).hits;
    return hits.map(({ key }) => JSON.stringify([index, ...decodeKeyParts(key)]));
  }

  get definitions(): readonly IndexDefinition[] {
    return [...this.#definitionsByName.values()];
  }

  #index(before: StoredVersion | undefined, after: StoredVersion, definitions: readonly IndexDefinition[]): void {
    const old = new Map(
      (before === undefined ? [] : indexKeysOf(before, definitions)).map((key) => [JSON.stringify(key), key]),
    );
    for (const key of indexKeysOf(after, definitions)) {
      if (old.delete(JSON.stringify(key))) continue;
      this.#entriesByIndex.get(key.index)?.insert({ key: key.key, seq: after.seq, remove: false, value: "" });
    }
    for (const { index, key } of old.values()) {
      this.#entriesByIndex.get(index)?.insert({ key, seq: after.seq, remove: true, value: "" });
    }
  }
}
