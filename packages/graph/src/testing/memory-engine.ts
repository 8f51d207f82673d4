/**
 * The reference engine: in memory, simple, obviously right. Conflicts are decided by reading the state again and comparing
 * (ENGINE I1, to the letter), idempotency keys and transaction ids by looking them up (I3).
 */
import { assert, type Clock, machineClock } from "@knotwork/disk";
import type {
  AppliedChanges,
  CheckReport,
  CommitChange,
  CommitInfo,
  CommitOutcome,
  CommitRequest,
  Conflict,
  Engine,
  EngineSnapshot,
  IndexDefinition,
  LoggedCommit,
  LogRequest,
  PinnedSnapshot,
  RecordedRange,
  ScanPage,
  ScanRequest,
  Write,
} from "../engine.ts";
import { CursorDivergedError } from "../cursor-diverged-error.ts";
import type { StoredVersion } from "../entity.ts";
import { freezeDeep } from "../entity-view.ts";
import { GraphError } from "../graph-error.ts";
import { indexKeysOf } from "../index-keys.ts";
import type { JsonObject } from "../json.ts";
import { keyReused } from "../transact.ts";
import { type KnownKey, MemoryStore } from "./memory-store.ts";

export interface MemoryEngineOptions {
  /** Shared with other engines, as processes share a directory. Default: one of its own. */
  readonly store?: MemoryStore;
  readonly clock?: Clock;
  readonly readOnly?: boolean;
}

export class MemoryEngine implements Engine {
  readonly readOnly: boolean;
  readonly #store: MemoryStore;
  readonly #clock: Clock;

  constructor(options: MemoryEngineOptions = {}) {
    this.#store = options.store ?? new MemoryStore();
    this.#clock = options.clock ?? machineClock();
    this.readOnly = options.readOnly ?? false;
  }

  head(): number {
    return this.#store.seq;
  }

  async read<T>(read: (snapshot: EngineSnapshot) => T | Promise<T>): Promise<T> {
    return await read(new MemorySnapshot(this.#store, this.#store.seq));
  }

  pin(): PinnedSnapshot {
    return new MemorySnapshot(this.#store, this.#store.seq);
  }

  asOf(at: number | Date): PinnedSnapshot {
    if (typeof at !== "number") {
      const time = at.toISOString();
      return new MemorySnapshot(this.#store, this.#store.commits.findLast((commit) => commit.time <= time)?.seq ?? 0);
    }
    if (!Number.isSafeInteger(at) || at < 0 || at > this.#store.seq) {
      throw new RangeError(`Cannot read as of ${at}: the store is at ${this.#store.seq}`);
    }
    return new MemorySnapshot(this.#store, at);
  }

  async commit(request: CommitRequest): Promise<CommitOutcome> {
    const { txid, idempotency, writes } = request;
    request.signal?.throwIfAborted();
    if (writes.length === 0)
      return { status: "committed", seq: request.snapshotSeq, time: this.#timeOf(request.snapshotSeq) };
    if (this.readOnly) throw new GraphError("READ_ONLY", "Cannot commit: the engine was opened read-only");
    const same = this.#store.commitsByTxid.get(txid);
    if (same !== undefined) return { status: "committed", seq: same.seq, time: same.time };
    const known = idempotency === undefined ? undefined : this.#store.knownKeys.get(idempotency.key);
    if (known !== undefined && idempotency !== undefined) {
      if (known.fingerprint !== idempotency.fingerprint) throw keyReused(idempotency.key, known.seq);
      return { status: "duplicate", seq: known.seq, time: known.time, result: known.result };
    }
    const conflicts = this.#conflicts(request);
    if (conflicts.length > 0) return { status: "conflict", conflicts };
    return this.#append(request);
  }

  findKey(key: string): KnownKey | undefined {
    return this.#store.knownKeys.get(key);
  }

  commits(options: {
    readonly after?: number;
    readonly before?: number;
    readonly limit: number;
    readonly reverse?: boolean;
    readonly author?: string;
    readonly session?: string;
  }): readonly CommitInfo[] {
    const { after = 0, before = Infinity, limit, reverse = false } = options;
    const found = this.#store.commits
      .filter(({ seq }) => seq > after && seq < before)
      .filter(({ author }) => options.author === undefined || author === options.author)
      .filter(({ session }) => options.session === undefined || session === options.session);
    return (reverse ? found.reverse() : found).slice(0, limit);
  }

  log({ after, limit }: LogRequest): readonly LoggedCommit[] {
    const { commits, seq: head } = this.#store;
    if (after.seq > head || (after.mark !== undefined && commits[after.seq - 1]?.txid !== after.mark))
      throw new CursorDivergedError(after.seq, head);
    return commits.slice(after.seq, after.seq + limit).map((commit) => ({ commit, mark: commit.txid }));
  }

  onHint(listener: () => void): () => void {
    return this.onApplied(() => listener());
  }

  async define(definitions: readonly IndexDefinition[]): Promise<void> {
    for (const definition of definitions) this.#store.define(definition);
  }

  onApplied(listener: (changes: AppliedChanges) => void): () => void {
    this.#store.listeners.add(listener);
    return () => this.#store.listeners.delete(listener);
  }

  async check(): Promise<CheckReport> {
    const indexes = ["type", "out", "in", ...this.#store.definitions.map(({ name }) => name)];
    const found = indexes.flatMap((index) => this.#store.keysOf(index)).sort();
    const living = [...this.#store.versionsById.values()]
      .map((versions) => versions.at(-1))
      .filter((v) => v !== undefined);
    const expected = living.flatMap((version) => indexKeysOf(version, this.#store.definitions)).length;
    const ok = found.length === expected;
    const problem = {
      code: "INDEX_DAMAGED",
      where: "memory",
      message: `${found.length} index keys, ${expected} expected`,
    };
    const counts = { commits: this.#store.seq, entities: living.filter((version) => !version.deleted).length };
    return { ok, problems: ok ? [] : [problem], counts };
  }

  async checkpoint(): Promise<void> {}

  stats(): JsonObject {
    return { engine: "memory", seq: this.#store.seq };
  }

  async close(): Promise<void> {}

  #conflicts(request: CommitRequest): readonly Conflict[] {
    const conflicts: Conflict[] = [];
    for (const [id, { version, seq }] of request.reads) {
      const now = this.#store.versionAt(id, Infinity);
      if ((now?.version ?? 0) === version && (now?.seq ?? 0) === seq) continue;
      conflicts.push({ id, expectedVersion: version, actualVersion: now?.version ?? 0 });
    }
    for (const range of request.ranges) {
      if (!this.#isUnchanged(range, request.snapshotSeq)) conflicts.push({ index: range.index });
    }
    return conflicts;
  }

  /** The same ids at the same versions as at the snapshot. */
  #isUnchanged(range: RecordedRange, snapshotSeq: number): boolean {
    const ids = this.#store.idsIn(range, this.#store.seq);
    if (ids.size !== range.ids.size) return false;
    return [...ids].every((id) => range.ids.has(id) && (this.#store.versionAt(id, Infinity)?.seq ?? 0) <= snapshotSeq);
  }

  #append(request: CommitRequest): CommitOutcome {
    const { txid, author, session, idempotency, writes } = request;
    const seq = this.#store.seq + 1;
    const now = new Date(this.#clock.nowMs()).toISOString();
    const last = this.#store.commits.at(-1)?.time ?? now;
    const time = now < last ? last : now;
    const versions = writes.map((write) => this.#version(write, { seq, time, author }));
    const info = {
      seq,
      txid,
      time,
      author,
      ...(session === undefined ? {} : { session }),
      ...(idempotency === undefined ? {} : { key: idempotency.key }),
      changes: writes.map(toChange),
    };
    if (idempotency !== undefined) {
      const { key, fingerprint, result } = idempotency;
      this.#store.knownKeys.set(key, { seq, time, fingerprint, result });
    }
    this.#store.apply(info, versions);
    return { status: "committed", seq, time };
  }

  #version(
    write: Write,
    commit: { readonly seq: number; readonly time: string; readonly author: string },
  ): StoredVersion {
    const { op, id, type, version, from, to } = write;
    const before = this.#store.versionAt(id, Infinity);
    assert(version === (before?.version ?? 0) + 1, `version ${version} of ${id} follows ${before?.version ?? 0}`);
    return Object.freeze({
      id,
      type,
      version,
      seq: commit.seq,
      createdAt: write.createdAt ?? commit.time,
      updatedAt: commit.time,
      author: commit.author,
      deleted: op === "delete",
      ...(from === undefined || to === undefined ? {} : { from, to }),
      props: op === "delete" ? {} : freezeDeep(structuredClone(write.props)),
    });
  }

  #timeOf(seq: number): string {
    return this.#store.commits[seq - 1]?.time ?? new Date(0).toISOString();
  }
}

class MemorySnapshot implements PinnedSnapshot {
  readonly seq: number;
  readonly #store: MemoryStore;

  constructor(store: MemoryStore, seq: number) {
    this.#store = store;
    this.seq = seq;
  }

  get(id: string): StoredVersion | undefined {
    return this.#store.versionAt(id, this.seq);
  }

  scan(request: ScanRequest): ScanPage {
    return this.#store.scanAt(request, this.seq);
  }

  history(id: string): readonly StoredVersion[] {
    return (this.#store.versionsById.get(id) ?? []).filter((version) => version.seq <= this.seq);
  }

  hasIndex(index: string): boolean {
    return this.#store.hasIndex(index);
  }

  release(): void {}
}

function toChange({ op, id, type, version, from, to }: Write): CommitChange {
  return { op, id, type, version, ...(from === undefined || to === undefined ? {} : { from, to }) };
}
