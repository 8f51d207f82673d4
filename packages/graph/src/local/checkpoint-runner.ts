/**
 * Decides when this process checkpoints, and runs one at a time (ENGINE section 4).
 *
 * The directory lock saves work and proves nothing: beyond four times the threshold it is ignored when its holder does not get
 * on (`holder-progress.ts`), since a log that nobody shortens is worse than work done twice. Not before: eight processes that all
 * build what one of them publishes have no time left for commits, and the log grows all the more (decision 0171).
 */
import { checkpoint } from "./checkpoint.ts";
import { CheckpointLostError } from "./checkpoint-build.ts";
import type { CheckpointThread } from "./checkpoint-thread.ts";
import { checkpointTurn } from "./checkpoint-turn.ts";
import { collect } from "./collector.ts";
import type { Generation } from "./generation.ts";
import { CommitPauses } from "./commit-pauses.ts";
import { HolderProgress } from "./holder-progress.ts";
import type { Machine } from "./local-engine-options.ts";
import type { NamedManifest } from "./manifest.ts";
import { StoreError } from "./store-error.ts";
import type { StoreState } from "./store-state.ts";
import { untilAborted } from "./until-aborted.ts";
import { IndexerError } from "@knotwork/indexer";
import type { Turn } from "@knotwork/indexer";
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
  /** Where generations are built; by default in this thread. */
  readonly thread?: CheckpointThread | undefined;
  /** Reads to the end of the log. */
  readonly advance: () => void;
}

/** Builds and publishes the generation that follows the one given, which is held; `undefined` when it did not. */
export type GenerationWork = (generation: Generation, isLost: () => boolean) => Promise<NamedManifest | undefined>;

const RETRY_MS = 500;
/** After one of its own a process leaves the next to others that write, who all try again within this time: else it would do them all. */
const REST_MS = 2 * RETRY_MS;
/** A process that committed so short a time ago is about to commit again. */
const COMMITS_APART_MAX_MS = 1000;
/** Who has the directory lock and does not get on for so long, and up to as long again, is stuck. */
const STUCK_MS = 10_000;
/** The same while commits wait for it. */
const STUCK_WHILE_WAITED_FOR_MS = 3000;
const LOOK_AGAIN_MS = 20;
/** A process whose thread has not begun leaves the checkpoint to others until the log is so many times too long. */
const COLD_THREAD_WAITS = 1.25;

/** For how long a directory lock is respected whose holder does not get on: 0 not at all. */
interface Respect {
  readonly respectMs: number;
}

interface RunOptions extends Respect {
  readonly rebuildIndex: boolean;
  /** Begin a thread for it if there is none: for who does not wait for this one checkpoint. */
  readonly beginThread: boolean;
}

export class CheckpointRunner {
  readonly #options: CheckpointRunnerOptions;
  #running: Promise<void> | undefined;
  #lastError: unknown;
  #notBeforeMs = 0;
  #restUntilMs = 0;
  #committedMs = -Infinity;
  readonly #holder: HolderProgress;
  /** Not all processes are to lose patience at the same moment: 1 to 2. */
  #patience = 0;
  /** When another process was last seen to hold the directory lock. */
  #othersAtItMs = -Infinity;
  /** Records that were read up to the last checkpoint: those of others, but for what was replayed before the first. */
  #readCount: number | undefined;
  /** What all commits of this process wait for when the log is far too long. */
  #shortening: Promise<void> | undefined;
  readonly #pauses: CommitPauses;
  #isClosing = false;

  constructor(options: CheckpointRunnerOptions) {
    this.#options = options;
    this.#pauses = new CommitPauses(options.machine.clock);
    this.#holder = new HolderProgress(options.machine, () => options.state().generation.manifest.generation);
  }

  /** Why the last checkpoint in the background failed, and why the last was not built in the thread. */
  get lastErrors(): { readonly lastCheckpointError: string | null; readonly lastThreadError: string | null } {
    const lastCheckpointError = this.#lastError instanceof Error ? this.#lastError.message : null;
    return { lastCheckpointError, lastThreadError: this.#options.thread?.lastError ?? null };
  }

  /** Whether the log is longer than so many times the threshold. */
  isOverdue(times: number): boolean {
    return this.#options.state().unmovedBytes > times * this.#options.thresholdBytes();
  }

  /** After a commit: begins one that the length of the log asks for, unless it is the turn of others. */
  startWhenDue(): void {
    this.#committedMs = this.#options.machine.clock.monotonicMs();
    if (!this.isOverdue(1)) this.#holder.forget();
    else if (this.#isItsTurn()) this.start();
  }

  /** Who has a thread that is warm goes first: eight that take turns would make eight warm, each with code and memory of its own. */
  #isItsTurn(): boolean {
    const { thread } = this.#options;
    if (thread === undefined) return this.#committedMs >= this.#restUntilMs;
    return thread.isWarm || this.isOverdue(COLD_THREAD_WAITS);
  }

  /** Begins one in the background, unless one runs or was tried a moment ago: another process may be at it. */
  start(): void {
    const { clock } = this.#options.machine;
    const nowMs = clock.monotonicMs();
    if (this.#running !== undefined || nowMs < this.#notBeforeMs) return;
    this.#notBeforeMs = nowMs + RETRY_MS;
    const respectMs = this.isOverdue(4) ? this.#spread(STUCK_MS) : Infinity;
    this.#running = this.#run({ respectMs, rebuildIndex: false, beginThread: true })
      .then(() => {
        this.#lastError = undefined;
        return undefined;
      })
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#running = undefined;
      });
  }

  /** Resolves when no checkpoint runs in the background; after `close` none will. */
  async idle(): Promise<void> {
    await this.#running;
    if (this.#isClosing) await this.#options.thread?.close();
  }

  /** Nobody waits any more for the log to be shortened by others. */
  close(): void {
    this.#isClosing = true;
    this.#pauses.close();
  }

  /** Runs one now. */
  async run({ ignoreDirectoryLock }: { readonly ignoreDirectoryLock: boolean }): Promise<void> {
    await this.#running;
    await this.#run({ respectMs: ignoreDirectoryLock ? 0 : Infinity, rebuildIndex: false, beginThread: false });
  }

  /**
   * Before a commit to a log sixteen times too long: until it is shorter, by this process if nobody else gets on with it. Or until the
   * signal, which is for the commit to look at.
   * @throws whatever the checkpoint that was run throws, but for damage
   */
  async shortened(signal: AbortSignal | undefined): Promise<void> {
    const shortening = (this.#shortening ??= this.#shorten().finally(() => {
      this.#shortening = undefined;
    }));
    await untilAborted(shortening, signal);
  }

  /** After a commit to a log four times too long that another process or thread shortens: it owes a millisecond, four from eight times on. */
  pause(): Promise<void> | undefined {
    if (this.isOverdue(4) && this.#isShortenedElsewhere()) return this.#pauses.owe(this.isOverdue(8) ? 4 : 1);
    this.#pauses.forget();
    return undefined;
  }

  /** Damage in history, which no checkpoint can pass, keeps nobody from committing: then the log grows on, and `stats` tells why. */
  async #shorten(): Promise<void> {
    const { machine, advance, refresh } = this.#options;
    while (this.isOverdue(16) && !this.#isClosing) {
      if (isDamage(this.#lastError) && machine.clock.monotonicMs() < this.#notBeforeMs) return;
      if (this.#running === undefined) {
        try {
          const respectMs = this.#spread(STUCK_WHILE_WAITED_FOR_MS);
          await this.#run({ respectMs, rebuildIndex: false, beginThread: true });
        } catch (error) {
          if (!isDamage(error)) throw error;
          this.#failed(error);
          return;
        }
        if (!this.#areOthersAtIt()) return;
        await machine.clock.sleepMs(LOOK_AGAIN_MS);
      } else await this.#running;
      // First what was committed before: a handle that skips commits forgets everything, and its transactions run again (V3).
      advance();
      refresh();
    }
  }

  /** Nothing is lost: the log keeps what could not be moved, and a later commit tries again. `stats` tells. */
  #failed(error: unknown): void {
    this.#lastError = error;
    if (isDamage(error)) this.#notBeforeMs = this.#options.machine.clock.monotonicMs() + RETRY_MS;
  }

  /** By another process, or in another thread of this one. */
  #isShortenedElsewhere(): boolean {
    return this.#areOthersAtIt() || (this.#running !== undefined && this.#options.thread?.isWarm === true);
  }

  #areOthersAtIt(): boolean {
    return this.#options.machine.clock.monotonicMs() - this.#othersAtItMs < REST_MS;
  }

  #spread(ms: number): number {
    if (this.#patience === 0) this.#patience = 1 + this.#options.machine.random();
    return ms * this.#patience;
  }

  /**
   * Lets `work` build and publish a generation in the place of the current one, whatever else checkpoints: it must be ready to
   * lose. Gives what was published; superfluous files were collected then.
   */
  async rewrite(work: GenerationWork): Promise<NamedManifest | undefined> {
    await this.#running;
    return this.#exclusively({ respectMs: 0 }, work);
  }

  async #run(options: RunOptions): Promise<void> {
    try {
      await this.#checkpoint(options);
    } catch (error) {
      if (options.rebuildIndex || !(error instanceof IndexerError && error.code === "INDEX_DAMAGED")) throw error;
      // A run that it was about to merge, or looked something up in: indexes are derived from history.
      await this.#checkpoint({ ...options, rebuildIndex: true });
    }
  }

  async #checkpoint({ respectMs, rebuildIndex, beginThread }: RunOptions): Promise<void> {
    const { machine, log, state, thread } = this.#options;
    await this.#exclusively({ respectMs }, (generation, isLost) =>
      checkpoint({
        ...machine,
        thread: beginThread || thread?.isWarm === true ? thread : undefined,
        log,
        generation,
        definitionsAt: (seq) => {
          const { overlay } = state();
          if (overlay.head < seq) throw new CheckpointLostError();
          return overlay.definitionsAt(seq);
        },
        rebuildIndex: rebuildIndex || generation.isRebuilt,
        isLost,
        turn: () => this.#turn(),
      }),
    );
  }

  #turn(): Turn {
    const isCommitting = this.#options.machine.clock.monotonicMs() - this.#committedMs < COMMITS_APART_MAX_MS;
    return checkpointTurn((times) => this.isOverdue(times), isCommitting);
  }

  /** Holds the directory lock, and the current generation, while `work` publishes the next; then collects. */
  async #exclusively({ respectMs }: Respect, work: GenerationWork): Promise<NamedManifest | undefined> {
    const { machine, log, state, hold, adopt, refresh } = this.#options;
    const { disk, paths } = machine;
    let isLost = false;
    const lock = await disk.lockDirectory(paths.historyLock, { onLost: () => (isLost = true) });
    this.#othersAtItMs = lock === undefined ? machine.clock.monotonicMs() : -Infinity;
    if (lock === undefined && this.#holder.stillForMs() < respectMs) return undefined;
    let letGo = (): void => undefined;
    let named: NamedManifest | undefined;
    const { readCount } = log;
    try {
      refresh();
      letGo = hold();
      const { generation } = state();
      const isOvertaken = (): boolean => state().generation.manifest.generation !== generation.manifest.generation;
      named = await work(generation, () => (isLost && respectMs > 0) || isOvertaken());
      if (named !== undefined) {
        adopt(named);
        this.#notBeforeMs = 0;
        if (log.readCount !== (this.#readCount ?? readCount)) this.#restUntilMs = machine.clock.monotonicMs() + REST_MS;
      }
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
