/**
 * Decides when this process checkpoints (ENGINE section 4).
 *
 * The directory lock saves work and proves nothing: beyond four times the threshold it is ignored when its holder does not get
 * on (`holder-progress.ts`), since a log that nobody shortens is worse than work done twice. Not before: eight processes that all
 * build what one of them publishes have no time left for commits, and the log grows all the more (decision 0171).
 */
import { checkpoint } from "./checkpoint.ts";
import { CheckpointLostError } from "./checkpoint-build.ts";
import type { CheckpointThread } from "./checkpoint-thread.ts";
import { checkpointTurn } from "./checkpoint-turn.ts";
import { CommitPauses } from "./commit-pauses.ts";
import { ExclusiveWork } from "./exclusive-work.ts";
import type { Claim, ExclusiveWorkOptions, GenerationWork } from "./exclusive-work.ts";
import type { NamedManifest } from "./manifest.ts";
import { StoreError } from "./store-error.ts";
import { untilAborted } from "./until-aborted.ts";
import { IndexerError } from "@knotwork/indexer";
import type { Turn } from "@knotwork/indexer";

export interface CheckpointRunnerOptions extends ExclusiveWorkOptions {
  /** The log is moved into history when it passes this size. */
  readonly thresholdBytes: () => number;
  /** Where generations are built; by default in this thread. */
  readonly thread?: CheckpointThread | undefined;
  /** Reads to the end of the log. */
  readonly advance: () => void;
}

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

interface RunOptions extends Claim {
  readonly rebuildIndex: boolean;
  /** Begin a thread for it if there is none: for who does not wait for this one checkpoint. */
  readonly beginThread: boolean;
}

const ALWAYS = (): boolean => true;

export class CheckpointRunner {
  readonly #options: CheckpointRunnerOptions;
  #running: Promise<void> | undefined;
  #lastError: unknown;
  #notBeforeMs = 0;
  #restUntilMs = 0;
  #committedMs = -Infinity;
  readonly #exclusive: ExclusiveWork;
  /** Not all processes are to lose patience at the same moment: 1 to 2. */
  #patience = 0;
  /** Records that were read up to the last checkpoint: those of others, but for what was replayed before the first. */
  #readCount: number | undefined;
  /** What all commits of this process wait for when the log is far too long. */
  #shortening: Promise<void> | undefined;
  readonly #pauses: CommitPauses;
  #isClosing = false;

  constructor(options: CheckpointRunnerOptions) {
    this.#options = options;
    this.#pauses = new CommitPauses(options.machine.clock);
    this.#exclusive = new ExclusiveWork(options);
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
    if (!this.isOverdue(1)) this.#exclusive.forgetHolder();
    else if (this.#isItsTurn()) this.start(() => this.isOverdue(1));
  }

  /** Who has a thread that is warm goes first: eight that take turns would make eight warm, each with code and memory of its own. */
  #isItsTurn(): boolean {
    const { thread } = this.#options;
    if (thread?.canBuild !== true) return this.#committedMs >= this.#restUntilMs;
    return thread.isWarm || this.isOverdue(COLD_THREAD_WAITS);
  }

  /**
   * Begins one in the background, unless one runs or was tried a moment ago: another process may be at it. `isWanted` is asked
   * when the newest generation is known.
   */
  start(isWanted: () => boolean = ALWAYS): void {
    const { clock } = this.#options.machine;
    const nowMs = clock.monotonicMs();
    if (this.#running !== undefined || nowMs < this.#notBeforeMs) return;
    this.#notBeforeMs = nowMs + RETRY_MS;
    const respectMs = this.isOverdue(4) ? this.#spread(STUCK_MS) : Infinity;
    this.#running = this.#run({ respectMs, isWanted, rebuildIndex: false, beginThread: true })
      .then(() => {
        this.#lastError = undefined;
        return undefined;
      })
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#running = undefined;
      });
  }

  /** Resolves when no checkpoint runs; after `close` none will. */
  async idle(): Promise<void> {
    await Promise.allSettled([this.#running, this.#shortening]);
    await this.#exclusive.idle();
    if (this.#isClosing) await this.#options.thread?.close();
  }

  /** Nobody waits any more for the log to be shortened by others. */
  close(): void {
    this.#isClosing = true;
    this.#pauses.close();
  }

  /** Runs one now. */
  async run({ ignoreDirectoryLock }: { readonly ignoreDirectoryLock: boolean }): Promise<void> {
    const respectMs = ignoreDirectoryLock ? 0 : Infinity;
    await this.#run({ respectMs, isWanted: ALWAYS, rebuildIndex: false, beginThread: false });
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
          const isWanted = (): boolean => this.isOverdue(1);
          await this.#run({ respectMs, isWanted, rebuildIndex: false, beginThread: true });
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
    return this.#areOthersAtIt() || this.#options.thread?.isBuilding === true;
  }

  #areOthersAtIt(): boolean {
    return this.#exclusive.wereOthersAtIt(REST_MS);
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
    return this.#exclusively({ respectMs: 0, isWanted: ALWAYS }, work);
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

  async #checkpoint({ rebuildIndex, beginThread, ...claim }: RunOptions): Promise<void> {
    const { machine, log, state, thread } = this.#options;
    await this.#exclusively(claim, (generation, isLost) =>
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

  /** Does `work`, and notes when the next is to be. */
  async #exclusively(claim: Claim, work: GenerationWork): Promise<NamedManifest | undefined> {
    const { log, machine } = this.#options;
    const { readCount } = log;
    const startedMs = machine.clock.monotonicMs();
    const named = await this.#exclusive.do(claim, work);
    if (named === undefined) return undefined;
    const nowMs = machine.clock.monotonicMs();
    // What took less than the pause between two attempts may be done again after as long.
    this.#notBeforeMs = Math.min(this.#notBeforeMs, nowMs + (nowMs - startedMs));
    if (log.readCount !== (this.#readCount ?? readCount)) this.#restUntilMs = nowMs + REST_MS;
    this.#readCount = log.readCount;
    return named;
  }
}

function isDamage(error: unknown): boolean {
  return error instanceof StoreError && (error.code === "VERSION_DAMAGED" || error.code === "STORE_DAMAGED");
}
