/**
 * Decides when this process checkpoints, and runs one at a time (ENGINE section 4).
 *
 * The directory lock saves work and proves nothing: beyond four times the threshold it is ignored, since a log that
 * nobody shortens is worse than work done twice.
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

export class CheckpointRunner {
  readonly #options: CheckpointRunnerOptions;
  #running: Promise<void> | undefined;
  #lastError: unknown;
  #notBeforeMs = 0;
  #restUntilMs = 0;
  /** Records that were read up to the last checkpoint: those of others, but for what was replayed before the first. */
  #readCount: number | undefined;

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
    if (this.isOverdue(1) && this.#options.machine.clock.monotonicMs() >= this.#restUntilMs) this.start();
  }

  /** Begins one in the background, unless one runs or was tried a moment ago: another process may be at it. */
  start(): void {
    const nowMs = this.#options.machine.clock.monotonicMs();
    if (this.#running !== undefined || nowMs < this.#notBeforeMs) return;
    this.#notBeforeMs = nowMs + RETRY_MS;
    this.#running = this.#run({ ignoreDirectoryLock: this.isOverdue(4), rebuildIndex: false })
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
   * Runs one before a commit to a log that is far too long. Damage in history, which no checkpoint can pass, keeps nobody from
   * committing: then the log grows on, `stats` tells why, and it is tried again later.
   */
  async runOverdue(): Promise<void> {
    const { clock } = this.#options.machine;
    if (isDamage(this.#lastError) && clock.monotonicMs() < this.#notBeforeMs) return;
    try {
      await this.run({ ignoreDirectoryLock: true });
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#lastError = error;
      this.#notBeforeMs = clock.monotonicMs() + RETRY_MS;
    }
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
      }),
    );
  }

  /** Holds the directory lock, and the current generation, while `work` publishes the next; then collects. */
  async #exclusively(ignoreDirectoryLock: boolean, work: GenerationWork): Promise<NamedManifest | undefined> {
    const { machine, log, state, hold, adopt, refresh } = this.#options;
    const { disk, paths } = machine;
    let isLost = false;
    const lock = await disk.lockDirectory(paths.historyLock, { onLost: () => (isLost = true) });
    if (lock === undefined && !ignoreDirectoryLock) return undefined;
    let letGo = (): void => undefined;
    let named: NamedManifest | undefined;
    const { readCount } = log;
    try {
      refresh();
      letGo = hold();
      const { generation } = state();
      named = await work(generation, () => isLost && !ignoreDirectoryLock);
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
