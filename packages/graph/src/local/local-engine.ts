/**
 * The engine over local files: the log, the versioned store and the index runs behind `Engine` (docs/ARCHITECTURE.md).
 *
 * Invariants:
 * - V1, V2: a record is visible here before the kernel lock it was appended under is free; generation and tail are
 *   replaced in one assignment.
 * - V3: when records were skipped, every listener is told to forget everything.
 */
import { BlockCache, IndexerError } from "@knotwork/indexer";
import { Log, LogGapError } from "@knotwork/wal";
import type { RecordHead, RecordLocation, Segment } from "@knotwork/wal";
import { ulid } from "ulid";
import type {
  AppliedChanges,
  Awaitable,
  CheckReport,
  CommitInfo,
  CommitOutcome,
  CommitRequest,
  Engine,
  EngineSnapshot,
  IndexDefinition,
  PinnedSnapshot,
} from "../engine.ts";
import type { JsonObject } from "../json.ts";
import { checkStore } from "./check-store.ts";
import { CheckpointRunner } from "./checkpoint-runner.ts";
import { commitInfos, seqAtTime } from "./commit-list.ts";
import { CommitQueue } from "./commit-queue.ts";
import { Generation, GenerationGoneError } from "./generation.ts";
import type { GenerationOptions } from "./generation.ts";
import { findInHistory, findInTail } from "./known-commits.ts";
import type { KnownCommit } from "./known-commits.ts";
import { readManifest, readManifestPointer, replayStart } from "./manifest.ts";
import type { NamedManifest } from "./manifest.ts";
import type { LocalEngineOptions, Machine } from "./local-engine-options.ts";
import { definitionToRow } from "./operation-row.ts";
import { Overlay } from "./overlay.ts";
import { rebuildIndexInMemory } from "./rebuild-in-memory.ts";
import { RelaxedSync } from "./relaxed-sync.ts";
import { StoreError } from "./store-error.ts";
import { StoreState } from "./store-state.ts";

const CHECKPOINT_BYTES = 8 * 1024 * 1024;
const BLOCK_CACHE_BYTES = 16 * 1024 * 1024;
const RELOADS_MAX = 10;
const POINTER_CHECK_MS = 250;

export class LocalEngine implements Engine {
  readonly readOnly: boolean;
  readonly #options: LocalEngineOptions;
  readonly #machine: Machine;
  readonly #storeId: string;
  readonly #generations: GenerationOptions;
  readonly #queue: CommitQueue;
  readonly #listeners = new Set<(changes: AppliedChanges) => void>();
  readonly #pinnedSeqs: number[] = [];
  readonly #log: Log;
  readonly #relaxed: RelaxedSync;
  readonly #checkpoints: CheckpointRunner;
  #state: StoreState;
  #segmentSeen = "";
  #pointerCheckedMs = 0;
  #closed = false;

  constructor(options: LocalEngineOptions, machine: Machine, storeId: string) {
    this.#options = options;
    this.#machine = machine;
    this.#storeId = storeId;
    this.readOnly = options.readOnly ?? false;
    const { disk, clock, random, paths } = machine;
    this.#generations = {
      disk,
      paths,
      blockCache: new BlockCache({ bytesMax: options.blockCacheBytesMax ?? BLOCK_CACHE_BYTES }),
    };
    const { log, state } = this.#openLog(
      (start, durableSeq) =>
        new Log({
          disk,
          clock,
          random,
          directory: paths.walDirectory,
          quarantineDirectory: paths.quarantineDirectory,
          storeId,
          writable: !this.readOnly,
          start,
          durableSeq,
          onRecord: (head, location, segment) => this.#apply(head, location, segment),
          ...(options.lockTimeoutMs === undefined ? {} : { lockTimeoutMs: options.lockTimeoutMs }),
        }),
    );
    this.#log = log;
    this.#state = state;
    this.#relaxed = new RelaxedSync(log);
    this.#checkpoints = new CheckpointRunner({
      machine,
      log,
      thresholdBytes: options.checkpointBytes ?? CHECKPOINT_BYTES,
      state: () => this.#state,
      hold: () => {
        const pinned = this.pin();
        return () => pinned.release();
      },
      adopt: (named) => this.#adopt(named),
    });
    this.#queue = new CommitQueue({
      log,
      overlay: () => this.#state.overlay,
      lookUp: (request) => this.#lookUp(request),
      lookUpTail: (request) => findInTail(this.#state.overlay, request),
      recover: () => this.#restart(),
      isGap: (error) => error instanceof LogGapError,
    });
  }

  head(): number {
    this.#advance();
    const { head } = this.#state.overlay;
    if (this.#options.durability === "paranoid") this.#log.waitDurableBlocking(head);
    return head;
  }

  async read<T>(read: (snapshot: EngineSnapshot) => Awaitable<T>): Promise<T> {
    return this.#retryOnReload(async () => {
      const seq = this.head();
      const state = this.#state;
      state.use();
      try {
        return await read(state.snapshot(seq));
      } finally {
        state.leave();
      }
    });
  }

  pin(): PinnedSnapshot {
    return this.#pinAt(this.head());
  }

  asOf(at: number | Date): PinnedSnapshot {
    const head = this.head();
    const seq = typeof at === "number" ? at : seqAtTime(this.#state, head, at);
    if (!Number.isSafeInteger(seq) || seq < 0 || seq > head)
      throw new RangeError(`Cannot look at seq ${String(at)}: the store is at ${head}`);
    const { historyFloor } = this.#state.generation.manifest;
    if (seq < historyFloor - 1) {
      throw new StoreError("SNAPSHOT_TOO_OLD", `Cannot look at seq ${seq}: history begins at ${historyFloor}`, {
        hint: "Ask for a later one.",
        context: { seq, historyFloor },
      });
    }
    return this.#pinAt(seq);
  }

  async commit(request: CommitRequest): Promise<CommitOutcome> {
    this.#assertOpen();
    if (request.writes.length > 0 && this.#checkpoints.isOverdue(16))
      await this.#checkpoints.run({ ignoreDirectoryLock: true });
    const outcome = await this.#queue.commit(request);
    if (outcome.status === "committed" && request.writes.length > 0) {
      if (request.durability === "relaxed") this.#relaxed.soon();
      if (this.#checkpoints.isOverdue(1)) this.#checkpoints.start();
    }
    return outcome;
  }

  findKey(key: string): KnownCommit | undefined {
    this.head();
    const identity = { idempotency: { key } };
    return findInTail(this.#state.overlay, identity) ?? findInHistory(this.#state.generation, identity);
  }

  commits(options: {
    readonly after?: number;
    readonly before?: number;
    readonly limit: number;
    readonly reverse?: boolean;
  }): Promise<readonly CommitInfo[]> {
    return this.read((snapshot) => commitInfos(this.#state, snapshot.seq, options));
  }

  async define(definitions: readonly IndexDefinition[]): Promise<void> {
    this.head();
    if (this.readOnly || this.#unknown(definitions).length === 0) return;
    const { clock, random } = this.#machine;
    const { records, noSpace } = await this.#log.append(() => {
      const rows = this.#unknown(definitions).map(definitionToRow);
      if (rows.length === 0) return [];
      return [
        {
          txid: ulid(clock.nowMs(), random),
          author: this.#options.author ?? "knotwork",
          rows,
          bodies: rows.map(() => "null"),
        },
      ];
    });
    if (noSpace !== undefined) throw noSpace;
    const record = records.at(-1);
    if (record !== undefined) await this.#log.waitDurable(record.seq);
    if (this.#state.generation.manifest.history.length > 0) this.#checkpoints.start();
  }

  onApplied(listener: (changes: AppliedChanges) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async check(): Promise<CheckReport> {
    await this.#checkpoints.idle();
    const { paths, disk } = this.#machine;
    for (let attempt = 1; ; attempt += 1) {
      const pinned = this.pin();
      const { generation } = this.#state;
      try {
        const report = checkStore({ disk, paths, manifest: generation.manifest, head: pinned.seq });
        // Another process's checkpoint may drop the segments that are being read: look again at what replaced them.
        const wasOvertaken = readManifestPointer(disk, paths)?.generation !== generation.manifest.generation;
        if (report.ok || !wasOvertaken || attempt >= RELOADS_MAX) return report;
        this.#reload();
      } finally {
        pinned.release();
      }
    }
  }

  async checkpoint(): Promise<void> {
    this.#assertOpen();
    await this.#checkpoints.run({ ignoreDirectoryLock: false });
  }

  stats(): JsonObject {
    const head = this.head();
    const { manifest } = this.#state.generation;
    return {
      store: this.#storeId,
      seq: head,
      durableSeq: Math.min(head, this.#log.durableSeq),
      generation: manifest.generation,
      checkpointSeq: manifest.seq,
      logBytes: this.#state.overlay.bytes,
      historyRuns: manifest.history.length,
      historyBytes: manifest.history.reduce((sum, run) => sum + run.bytes, 0),
      indexRuns: manifest.index.length,
      indexBytes: manifest.index.reduce((sum, run) => sum + run.bytes, 0),
      lastCheckpointError: this.#checkpoints.lastError instanceof Error ? this.#checkpoints.lastError.message : null,
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      await this.#queue.idle();
      await this.#checkpoints.idle();
      this.#relaxed.syncNow();
    } finally {
      this.#state.retire();
      this.#log.close();
    }
  }

  #openLog(open: (start: Parameters<Log["restart"]>[0], durableSeq: number) => Log): {
    readonly log: Log;
    readonly state: StoreState;
  } {
    const { disk, paths } = this.#machine;
    for (let attempt = 1; ; attempt += 1) {
      const named = readManifest(disk, paths, this.#storeId);
      try {
        const log = open(replayStart(named.manifest), named.manifest.seq);
        return { log, state: this.#stateOf(named) };
      } catch (error) {
        if (!(error instanceof LogGapError) || attempt >= RELOADS_MAX) throw error;
      }
    }
  }

  #stateOf(named: NamedManifest): StoreState {
    return new StoreState(
      new Generation(this.#generations, named),
      new Overlay(named.manifest.seq, named.manifest.definitions),
    );
  }

  #apply(head: RecordHead, location: RecordLocation, segment: Segment): void {
    const commit = this.#state.overlay.apply(head, location, segment);
    if (this.#listeners.size === 0) return;
    const changes: AppliedChanges = { seq: commit.seq, ids: commit.versions.map((version) => version.id) };
    for (const listener of this.#listeners) listener(changes);
  }

  #advance(): void {
    for (let attempt = 1; ; attempt += 1) {
      try {
        this.#log.advance();
        if (this.#log.activeSegment !== this.#segmentSeen) this.#adoptWhenNewer();
        return;
      } catch (error) {
        if (!(error instanceof LogGapError) || attempt >= RELOADS_MAX) throw error;
        this.#restart();
      }
    }
  }

  /** A new segment is a sign of a checkpoint: looks for its manifest now and then, until it is there. */
  #adoptWhenNewer(): void {
    const { disk, clock, paths } = this.#machine;
    const nowMs = clock.monotonicMs();
    if (nowMs - this.#pointerCheckedMs < POINTER_CHECK_MS) return;
    this.#pointerCheckedMs = nowMs;
    const current = this.#state.generation.manifest;
    const pointer = readManifestPointer(disk, paths);
    if (pointer === undefined || pointer.generation <= current.generation) return;
    const named = readManifest(disk, paths, this.#storeId);
    if (named.manifest.seq <= this.#state.overlay.head) this.#adopt(named);
    if (named.manifest.replay === this.#log.activeSegment) this.#segmentSeen = this.#log.activeSegment;
  }

  /** Moves to a generation all of whose commits were applied here. Keeps the tail that open transactions began in. */
  #adopt(named: NamedManifest): void {
    const old = this.#state;
    if (named.manifest.generation <= old.generation.manifest.generation) return;
    const base = Math.max(old.overlay.base, Math.min(named.manifest.seq, ...this.#pinnedSeqs));
    this.#state = new StoreState(new Generation(this.#generations, named), old.overlay.trimmed(base));
    old.retire();
  }

  /** The log went on without this process: starts again from the current manifest, and whoever caches forgets (V3). */
  #restart(): void {
    const { disk, paths } = this.#machine;
    const named = readManifest(disk, paths, this.#storeId);
    const old = this.#state;
    this.#state = this.#stateOf(named);
    old.retire();
    this.#log.restart(replayStart(named.manifest), named.manifest.seq);
    for (const listener of this.#listeners) listener({ seq: named.manifest.seq, ids: "everything" });
  }

  /** Moves to the current generation, without a gap when there is none. */
  #reload(): void {
    const { disk, paths } = this.#machine;
    const named = readManifest(disk, paths, this.#storeId);
    const isNewer = named.manifest.generation > this.#state.generation.manifest.generation;
    if (isNewer && named.manifest.seq <= this.#state.overlay.head) this.#adopt(named);
    else this.#restart();
  }

  #pinAt(seq: number): PinnedSnapshot {
    for (let attempt = 1; attempt <= RELOADS_MAX; attempt += 1) {
      const state = this.#state;
      if (state.generation.hold()) return this.#pinned(state, seq);
      this.#reload();
      this.#advance();
    }
    throw new StoreError("SNAPSHOT_TOO_OLD", "Cannot pin a snapshot: generations change faster than they can be held", {
      hint: "Try again.",
      retryable: true,
    });
  }

  #pinned(state: StoreState, seq: number): PinnedSnapshot {
    state.use();
    this.#pinnedSeqs.push(seq);
    const snapshot = state.snapshot(seq) as EngineSnapshot as PinnedSnapshot;
    let released = false;
    return Object.assign(snapshot, {
      release: () => {
        if (released) return;
        released = true;
        this.#pinnedSeqs.splice(this.#pinnedSeqs.indexOf(seq), 1);
        state.leave();
      },
    });
  }

  /** Reads again on the current generation when files of the old one have gone, or after damaged index runs were rebuilt. */
  async #retryOnReload<T>(attempt: () => Promise<T>): Promise<T> {
    for (let count = 1; ; count += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (count >= RELOADS_MAX) throw error;
        if (error instanceof GenerationGoneError) await this.#afterGone(count);
        else if (error instanceof IndexerError && error.code === "INDEX_DAMAGED") await this.#rebuildIndex();
        else throw error;
      }
    }
  }

  async #afterGone(count: number): Promise<void> {
    const before = this.#state.generation.manifest.generation;
    this.#reload();
    this.#advance();
    // The same generation again: its file is really missing.
    if (count > 1 && this.#state.generation.manifest.generation === before) await this.#rebuildIndex();
  }

  async #rebuildIndex(): Promise<void> {
    if (!this.readOnly) return this.#checkpoints.run({ ignoreDirectoryLock: true, rebuildIndex: true });
    const { disk, paths } = this.#machine;
    const old = this.#state;
    const { manifest, name } = old.generation;
    const generation = new Generation(
      { ...this.#generations, memoryIndex: [rebuildIndexInMemory(disk, paths, manifest)] },
      { name, manifest },
    );
    this.#state = new StoreState(generation, old.overlay.trimmed(old.overlay.base));
    old.retire();
  }

  #unknown(definitions: readonly IndexDefinition[]): readonly IndexDefinition[] {
    const known = new Set(this.#state.overlay.definitions.map((definition) => definition.name));
    return definitions.filter((definition) => !known.has(definition.name));
  }

  #lookUp(request: CommitRequest): { readonly known: KnownCommit | undefined; readonly seq: number } {
    this.#advance();
    const { generation } = this.#state;
    return { known: findInHistory(generation, request), seq: generation.manifest.seq };
  }

  #assertOpen(): void {
    if (this.#closed) throw new TypeError("The store is closed");
  }
}
