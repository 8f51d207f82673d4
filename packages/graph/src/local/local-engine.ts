/**
 * The engine over local files: the log, the versioned store and the index runs behind `Engine` (docs/ARCHITECTURE.md).
 */
import type { KnotworkError } from "@knotwork/disk";
import { LogGapError } from "@knotwork/wal";
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
  LoggedCommit,
  LogRequest,
  PinnedSnapshot,
} from "../engine.ts";
import type { JsonObject } from "../json.ts";
import type { FileKeeping } from "../keeping.ts";
import { checkStore } from "./check-store.ts";
import { checkpointThreadOf } from "./checkpoint-thread-choice.ts";
import { checkpointThresholdBytes } from "./checkpoint-threshold.ts";
import { CheckpointRunner } from "./checkpoint-runner.ts";
import { commitInfos, logPage, seqAtTime } from "./commit-list.ts";
import type { CommitListOptions } from "./commit-list.ts";
import { CommitQueue } from "./commit-queue.ts";
import { CurrentState } from "./current-state.ts";
import { fileKeeping } from "./file-keeping.ts";
import { GenerationGoneError } from "./generation.ts";
import { findInHistory, findInTail } from "./known-commits.ts";
import type { KnownCommit } from "./known-commits.ts";
import type { LocalEngineOptions, Machine } from "./local-engine-options.ts";
import { readManifestPointer } from "./manifest.ts";
import { definitionToRow } from "./operation-row.ts";
import { RelaxedSync } from "./relaxed-sync.ts";
import { StateReads } from "./state-reads.ts";
import { StoreError } from "./store-error.ts";
import type { StoreState } from "./store-state.ts";
import { WatchHints } from "./watch-hints.ts";

const RETRIES_MAX = 10;

export class LocalEngine implements Engine {
  readonly readOnly: boolean;
  readonly files: FileKeeping;
  readonly #options: LocalEngineOptions;
  readonly #machine: Machine;
  readonly #storeId: string;
  readonly #current: CurrentState;
  readonly #queue: CommitQueue;
  readonly #relaxed: RelaxedSync;
  readonly #checkpoints: CheckpointRunner;
  readonly #hints: WatchHints;
  readonly #reads: StateReads;
  readonly #waiting = new Set<Promise<void>>();
  #closed = false;

  /** @throws StoreError STORE_DAMAGED; WalError LOG_DAMAGED */
  constructor(options: LocalEngineOptions, machine: Machine, storeId: string) {
    this.#options = options;
    this.#machine = machine;
    this.#storeId = storeId;
    this.readOnly = options.readOnly ?? false;
    const current = new CurrentState(options, machine, storeId);
    const { log } = current;
    this.#current = current;
    this.#relaxed = new RelaxedSync(log);
    this.#hints = new WatchHints(machine, log);
    this.#checkpoints = new CheckpointRunner({
      machine,
      thread: checkpointThreadOf(options, machine),
      log,
      thresholdBytes: () => options.checkpointBytes ?? checkpointThresholdBytes(current.replay),
      state: () => current.state,
      hold: () => {
        const pinned = this.pin();
        return () => pinned.release();
      },
      adopt: (named) => current.adopt(named),
      refresh: () => current.refresh(),
      advance: () => void current.advance(),
    });
    this.#reads = new StateReads({
      current,
      head: () => this.head(),
      onRebuilt: () => {
        if (!this.readOnly) this.#checkpoints.start();
      },
    });
    this.files = fileKeeping({ machine, current, checkpoints: this.#checkpoints });
    this.#queue = new CommitQueue({
      log,
      clock: machine.clock,
      overlay: () => current.state.overlay,
      lookUp: (request) => this.#lookUp(request),
      lookUpTail: (request) => findInTail(current.state.overlay, request),
      recover: () => current.reload(),
      isGap: (error) => error instanceof LogGapError || error instanceof GenerationGoneError,
    });
  }

  head(): number {
    const head = this.#current.advance();
    if (this.#options.durability === "paranoid") this.#current.log.waitDurableBlocking(head);
    return head;
  }

  /** The highest commit known durable; 0 when none is. */
  get durableSeq(): number {
    return this.#current.log.durableSeq;
  }

  read<T>(read: (snapshot: EngineSnapshot) => Awaitable<T>): Promise<T> {
    return this.#reads.read(read);
  }

  readNow<T>(read: (snapshot: EngineSnapshot) => T): T {
    return this.#reads.readNow(read);
  }

  pin(): PinnedSnapshot {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return this.#current.pinAt(this.head());
      } catch (error) {
        // A compaction since then tells only of later states.
        if (!(error instanceof StoreError && error.code === "SNAPSHOT_TOO_OLD") || attempt >= RETRIES_MAX) throw error;
      }
    }
  }

  async asOf(at: number | Date): Promise<PinnedSnapshot> {
    const head = this.head();
    const seq = typeof at === "number" ? at : await this.read(() => seqAtTime(this.#state, head, at));
    if (!Number.isSafeInteger(seq) || seq < 0 || seq > head)
      throw new RangeError(`Cannot look at seq ${String(at)}: the store is at ${head}`);
    return this.#current.pinAt(seq);
  }

  async commit(request: CommitRequest): Promise<CommitOutcome> {
    this.#assertOpen();
    if (request.writes.length > 0 && this.#checkpoints.isOverdue(16))
      await this.#untilClosed(this.#checkpoints.shortened(request.signal));
    const outcome = await this.#queue.commit(request);
    if (outcome.status === "committed" && request.writes.length > 0) {
      if (request.durability === "relaxed") this.#relaxed.soon();
      this.#checkpoints.startWhenDue();
      this.#hints.wake();
      const pause = this.#checkpoints.pause();
      if (pause !== undefined) await this.#untilClosed(pause);
    }
    return outcome;
  }

  findKey(key: string): Promise<KnownCommit | undefined> {
    const identity = { idempotency: { key } };
    return this.read(
      () => findInTail(this.#state.overlay, identity) ?? findInHistory(this.#state.generation, identity),
    );
  }

  commits(options: CommitListOptions): Promise<readonly CommitInfo[]> {
    return this.read((snapshot) => commitInfos(this.#state, snapshot.seq, options));
  }

  log({ after, limit, durable }: LogRequest): Promise<readonly LoggedCommit[]> {
    return this.read(({ seq: head }) => {
      const through = durable ? Math.min(head, this.durableSeq) : head;
      if (through < head) this.#hints.sawUnsynced(head);
      return logPage(this.#state, head, { after, through, limit });
    });
  }

  onHint(listener: () => void): () => void {
    return this.#hints.add(listener);
  }

  async define(definitions: readonly IndexDefinition[]): Promise<void> {
    this.head();
    if (this.readOnly || this.#unknown(definitions).length === 0) return;
    const { clock, random } = this.#machine;
    const { records, noSpace } = await this.#queue.append(() => {
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
    if (record !== undefined) await this.#current.log.waitDurable(record.seq);
    if (this.#state.generation.manifest.history.length > 0) this.#checkpoints.start();
  }

  onApplied(listener: (changes: AppliedChanges) => void): () => void {
    return this.#current.onApplied(listener);
  }

  async check(): Promise<CheckReport> {
    await this.#checkpoints.idle();
    const { paths, disk } = this.#machine;
    for (let attempt = 1; ; attempt += 1) {
      const pinned = this.pin();
      const { generation } = this.#state;
      try {
        const report = checkStore({
          disk,
          paths,
          manifest: generation.manifest,
          head: pinned.seq,
          tailDamage: this.#current.log.tailDamage(),
        });
        // Another process's checkpoint may drop the segments that are being read: look again at what replaced them.
        const wasOvertaken = readManifestPointer(disk, paths)?.generation !== generation.manifest.generation;
        if (report.ok || !wasOvertaken || attempt >= RETRIES_MAX) return report;
        this.#current.reload();
      } finally {
        pinned.release();
      }
    }
  }

  damage(): KnotworkError | undefined {
    this.head();
    return this.#current.log.tailDamage();
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
      durableSeq: Math.min(head, this.durableSeq),
      generation: manifest.generation,
      checkpointSeq: manifest.seq,
      logBytes: this.#state.unmovedBytes,
      historyRuns: manifest.history.length,
      historyBytes: manifest.history.reduce((sum, run) => sum + run.bytes, 0),
      indexRuns: manifest.index.length,
      indexBytes: manifest.index.reduce((sum, run) => sum + run.bytes, 0),
      conflicts: this.#queue.conflictCount,
      ...this.#checkpoints.lastErrors,
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.#checkpoints.close();
      await Promise.allSettled(this.#waiting);
      await this.#queue.idle();
      await this.#checkpoints.idle();
      await this.#hints.close();
      await this.#relaxed.close();
    } finally {
      this.#current.close();
    }
  }

  /** What `close` ends, and waits for. */
  #untilClosed(wait: Promise<void>): Promise<void> {
    const waiting = wait.finally(() => this.#waiting.delete(waiting));
    this.#waiting.add(waiting);
    return waiting;
  }

  get #state(): StoreState {
    return this.#current.state;
  }

  #unknown(definitions: readonly IndexDefinition[]): readonly IndexDefinition[] {
    const known = new Set(this.#state.overlay.definitions.map((definition) => definition.name));
    return definitions.filter((definition) => !known.has(definition.name));
  }

  #lookUp(request: CommitRequest): { readonly known: KnownCommit | undefined; readonly seq: number } {
    this.#current.advance();
    const { generation } = this.#state;
    return { known: findInHistory(generation, request), seq: generation.manifest.seq };
  }

  #assertOpen(): void {
    if (this.#closed) throw new TypeError("The store is closed");
  }
}
