/**
 * Decides when this process checkpoints, and runs one at a time (ENGINE section 4).
 *
 * The directory lock saves work and proves nothing: beyond four times the threshold it is ignored when its holder does not get
 * on, since a log that nobody shortens is worse than work done twice. Not before: eight processes that all build what one of
 * them publishes have no time left for commits, and the log grows all the more (decision 0171).
 */
import { checkpoint } from "./checkpoint.ts";
import { CheckpointLostError } from "./checkpoint-build.ts";
import { collect } from "./collector.ts";
import type { Generation } from "./generation.ts";
import type { Machine } from "./local-engine-options.ts";
import type { NamedManifest } from "./manifest.ts";
import { StoreError } from "./store-error.ts";
import type { StoreState } from "./store-state.ts";
import { IndexerError } from "@knotwork/indexer";
import { LogGapError } from "@knotwork/wal";
import type { Log } from "@knotwork/wal";

export interface CheckpointRunnerOptions {
  readonly machine: Machine;
  readonly log: Log;
  /** The log is moved into history when it passes this size. */
  readonly thresholdBytes: () => number;
  readonly state: () => StoreState;
  /** Holds the current state; the function it gives lets go. */
  readonly hold: () => () => void;
  readonly adopt: (named: NamedManifest) => void;
  /** Moves to the store's current generation when it is a later one. */
  readonly refresh: () => void;
}

/** Builds and publishes the generation that follows the one given, which is held; `undefined` when it did not. */
export type GenerationWork = (generation: Generation, isLost: () => boolean) => Promise<NamedManifest | undefined>;

const RETRY_MS = 500;
/** After one of its own a process leaves the next to others that write, who all try again within this time: else it would do them all. */
const REST_MS = 2 * RETRY_MS;
/** How long a checkpoint works at a time when the log is longer than so many times the threshold. */
const TURNS = [
  { overdue: 4, ms: 16 },
  { overdue: 2, ms: 4 },
];
/** Among many busy processes a checkpoint takes a few seconds: who does not publish in this time, and up to as long again, is stuck. */
const STALLED_MS = 10_000;
/** What a commit waits while another process shortens a log that is too long, and between looks at one that is far too long. */
const HOLD_BACK_MS = 1;
const LOOK_AGAIN_MS = 20;

export class CheckpointRunner {
  readonly #options: CheckpointRunnerOptions;
  #running: Promise<void> | undefined;
  #lastError: unknown;
  #notBeforeMs = 0;
  #restUntilMs = 0;
  /** When whoever has the directory lock will be taken for stuck, in the generation named. */
  #stall = { generation: -1, atMs: 0 };
  /** When another process was last seen to hold the directory lock. */
  #othersAtItMs = -Infinity;
  /** Records that were read up to the last checkpoint: those of others, but for what was replayed before the first. */
  #readCount: number | undefined;
  /** What all commits of this process wait for when the log is far too long. */
  #shortening: Promise<void> | undefined;

  constructor(options: CheckpointRunnerOptions) {
    this.#options = options;
  }

  /** Why the last checkpoint in the background failed. */
  get lastError(): unknown {
    return this.#lastError;
  }

  /** Whether the log is longer than so many times the threshold. */
  isOverdue(times: number): boolean {
    return this.#options.state().unmovedBytes > times * this.#options.thresholdBytes();
  }

  /** Begins one that the length of the log asks for, unless it is the turn of others. */
  startWhenDue(): void {
    if (!this.isOverdue(1)) return;
    const nowMs = this.#options.machine.clock.monotonicMs();
    this.#isStalled(nowMs);
    if (nowMs >= this.#restUntilMs) this.start();
  }

  /** Begins one in the background, unless one runs or was tried a moment ago: another process may be at it. */
  start(): void {
    const nowMs = this.#options.machine.clock.monotonicMs();
    if (this.#running !== undefined || nowMs < this.#notBeforeMs) return;
    this.#notBeforeMs = nowMs + RETRY_MS;
    const ignoreDirectoryLock = this.#isStalled(nowMs) && this.isOverdue(4);
    this.#running = this.#run({ ignoreDirectoryLock, rebuildIndex: false })
      .then(() => {
        this.#lastError = undefined;
        return undefined;
      })
      .catch((error: unknown) => {
        // Nothing is lost: the log keeps what could not be moved, and the next commit tries again. `stats` tells.
        this.#lastError = error;
      })
      .finally(() => {
        this.#running = undefined;
      });
  }

  /** Resolves when no checkpoint runs in the background. */
  async idle(): Promise<void> {
    await this.#running;
  }

  /** Runs one now. */
  async run({ ignoreDirectoryLock }: { readonly ignoreDirectoryLock: boolean }): Promise<void> {
    await this.#running;
    await this.#run({ ignoreDirectoryLock, rebuildIndex: false });
  }

  /**
   * What a commit waits for when the log is too long: a moment, while another process shortens it, or else the commits of many would
   * make it grow faster than one can; at sixteen times the threshold until it is shorter, by this process if need be.
   */
  holdBack(): Promise<void> | undefined {
    if (!this.isOverdue(4)) return undefined;
    if (this.isOverdue(16)) return (this.#shortening ??= this.#shorten().finally(() => (this.#shortening = undefined)));
    return this.#areOthersAtIt() ? this.#options.machine.clock.sleepMs(HOLD_BACK_MS) : undefined;
  }

  /** Damage in history, which no checkpoint can pass, keeps nobody from committing: then the log grows on, and `stats` tells why. */
  async #shorten(): Promise<void> {
    const { machine, refresh } = this.#options;
    await this.#running;
    while (this.isOverdue(16)) {
      const nowMs = machine.clock.monotonicMs();
      if (isDamage(this.#lastError) && nowMs < this.#notBeforeMs) return;
      const isStalled = this.#isStalled(nowMs);
      try {
        await this.#run({ ignoreDirectoryLock: isStalled, rebuildIndex: false });
      } catch (error) {
        if (!isDamage(error)) throw error;
        this.#lastError = error;
        this.#notBeforeMs = nowMs + RETRY_MS;
      }
      if (isStalled || !this.#areOthersAtIt()) return;
      await machine.clock.sleepMs(LOOK_AGAIN_MS);
      refresh();
    }
  }

  #areOthersAtIt(): boolean {
    return this.#options.machine.clock.monotonicMs() - this.#othersAtItMs < REST_MS;
  }

  /** Whether nobody published for long although a checkpoint was due. Not at the same moment in all processes. */
  #isStalled(nowMs: number): boolean {
    const { machine, state } = this.#options;
    const { generation } = state().generation.manifest;
    if (this.#stall.generation !== generation)
      this.#stall = { generation, atMs: nowMs + STALLED_MS * (1 + machine.random()) };
    return nowMs >= this.#stall.atMs;
  }

  /**
   * Lets `work` build and publish a generation in the place of the current one, whatever else checkpoints: it must be ready to
   * lose. Gives what was published; superfluous files were collected then.
   */
  async rewrite(work: GenerationWork): Promise<NamedManifest | undefined> {
    await this.#running;
    return this.#exclusively(true, work);
  }

  async #run(options: { readonly ignoreDirectoryLock: boolean; readonly rebuildIndex: boolean }): Promise<void> {
    try {
      await this.#checkpoint(options);
    } catch (error) {
      if (options.rebuildIndex || !(error instanceof IndexerError && error.code === "INDEX_DAMAGED")) throw error;
      // A run that it was about to merge, or looked something up in: indexes are derived from history.
      await this.#checkpoint({ ...options, rebuildIndex: true });
    }
  }

  async #checkpoint({
    ignoreDirectoryLock,
    rebuildIndex,
  }: {
    readonly ignoreDirectoryLock: boolean;
    readonly rebuildIndex: boolean;
  }): Promise<void> {
    const { machine, log, state } = this.#options;
    await this.#exclusively(ignoreDirectoryLock, (generation, isLost) =>
      checkpoint({
        ...machine,
        log,
        generation,
        definitionsAt: (seq) => {
          const { overlay } = state();
          if (overlay.head < seq) throw new CheckpointLostError();
          return overlay.definitionsAt(seq);
        },
        rebuildIndex: rebuildIndex || generation.isRebuilt,
        isLost,
        turnMs: () => this.#turnMs(),
      }),
    );
  }

  /** The longer the log has become meanwhile, the less do commits of this process keep it from being shortened. */
  #turnMs(): number {
    return TURNS.find(({ overdue }) => this.isOverdue(overdue))?.ms ?? 1;
  }

  /** Holds the directory lock, and the current generation, while `work` publishes the next; then collects. */
  async #exclusively(ignoreDirectoryLock: boolean, work: GenerationWork): Promise<NamedManifest | undefined> {
    const { machine, log, state, hold, adopt, refresh } = this.#options;
    const { disk, paths } = machine;
    let isLost = false;
    const lock = await disk.lockDirectory(paths.historyLock, { onLost: () => (isLost = true) });
    this.#othersAtItMs = lock === undefined ? machine.clock.monotonicMs() : -Infinity;
    if (lock === undefined && !ignoreDirectoryLock) return undefined;
    let letGo = (): void => undefined;
    let named: NamedManifest | undefined;
    const { readCount } = log;
    try {
      refresh();
      letGo = hold();
      const { generation } = state();
      const isOvertaken = (): boolean => state().generation.manifest.generation !== generation.manifest.generation;
      named = await work(generation, () => (isLost && !ignoreDirectoryLock) || isOvertaken());
      if (named !== undefined) adopt(named);
      if (named !== undefined && log.readCount !== (this.#readCount ?? readCount))
        this.#restUntilMs = machine.clock.monotonicMs() + REST_MS;
      this.#readCount = log.readCount;
    } catch (error) {
      // Somebody else checkpointed meanwhile and dropped what this run was reading: the work is done.
      if (!(error instanceof CheckpointLostError || error instanceof LogGapError)) throw error;
    } finally {
      letGo();
      if (lock?.held === true) await lock.release();
    }
    // Only who made the pointer durable may remove what it makes superfluous.
    if (named !== undefined) await collect({ disk, paths, log, current: named });
    return named;
  }
}

function isDamage(error: unknown): boolean {
  return error instanceof StoreError && (error.code === "VERSION_DAMAGED" || error.code === "STORE_DAMAGED");
}
