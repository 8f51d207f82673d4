/**
 * Building and publishing a generation: one process at a time, as far as the directory lock goes, and one at a time in this one.
 *
 * The directory lock saves work and proves nothing: it may be ignored when its holder does not get on (`holder-progress.ts`). Who
 * publishes compares generations under the kernel lock (K3).
 */
import { LogGapError } from "@knotwork/wal";
import type { Log } from "@knotwork/wal";
import { CheckpointLostError } from "./checkpoint-build.ts";
import { collect } from "./collector.ts";
import type { Generation } from "./generation.ts";
import { HolderProgress } from "./holder-progress.ts";
import type { Machine } from "./local-engine-options.ts";
import type { NamedManifest } from "./manifest.ts";
import type { StoreState } from "./store-state.ts";

export interface ExclusiveWorkOptions {
  readonly machine: Machine;
  readonly log: Log;
  readonly state: () => StoreState;
  /** Holds the current state; the function it gives lets go. */
  readonly hold: () => () => void;
  readonly adopt: (named: NamedManifest) => void;
  /** Moves to the store's current generation when it is a later one. */
  readonly refresh: () => void;
}

/** Builds and publishes the generation that follows the one given, which is held; `undefined` when it did not. */
export type GenerationWork = (generation: Generation, isLost: () => boolean) => Promise<NamedManifest | undefined>;

export interface Claim {
  /** For how long a directory lock is respected whose holder does not get on: 0 not at all. */
  readonly respectMs: number;
  /** Asked once the newest generation is known: others may have done the work meanwhile. */
  readonly isWanted: () => boolean;
}

export class ExclusiveWork {
  readonly #options: ExclusiveWorkOptions;
  readonly #holder: HolderProgress;
  #othersAtItMs = -Infinity;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: ExclusiveWorkOptions) {
    this.#options = options;
    this.#holder = new HolderProgress(options.machine, () => options.state().generation.manifest.generation);
  }

  /** Whether another process was seen to hold the directory lock a moment ago. */
  wereOthersAtIt(withinMs: number): boolean {
    return this.#options.machine.clock.monotonicMs() - this.#othersAtItMs < withinMs;
  }

  /** Nobody need get on. */
  forgetHolder(): void {
    this.#holder.forget();
  }

  /** Resolves when nothing is done, and nothing waits for its turn. */
  async idle(): Promise<void> {
    for (let last; last !== this.#last;) await (last = this.#last);
  }

  /** Does `work`, behind what this process does already; then collects. Gives what was published. */
  async do(claim: Claim, work: GenerationWork): Promise<NamedManifest | undefined> {
    const done = this.#last.then(async () => this.#do(claim, work));
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** Holds the directory lock, and the current generation, while `work` publishes the next. */
  async #do({ respectMs, isWanted }: Claim, work: GenerationWork): Promise<NamedManifest | undefined> {
    const { machine, log, state, hold, adopt, refresh } = this.#options;
    const { disk, paths } = machine;
    let isLost = false;
    const lock = await disk.lockDirectory(paths.historyLock, { onLost: () => (isLost = true) });
    this.#othersAtItMs = lock === undefined ? machine.clock.monotonicMs() : -Infinity;
    if (lock === undefined && this.#holder.stillForMs() < respectMs) return undefined;
    let letGo = (): void => undefined;
    let named: NamedManifest | undefined;
    try {
      refresh();
      if (!isWanted()) return undefined;
      letGo = hold();
      const { generation } = state();
      const isOvertaken = (): boolean => state().generation.manifest.generation !== generation.manifest.generation;
      named = await work(generation, () => (isLost && respectMs > 0) || isOvertaken());
      if (named !== undefined) adopt(named);
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
