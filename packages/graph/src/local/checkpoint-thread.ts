/**
 * Builds generations in another thread, so that the commits of this process go on meanwhile (decision 0174).
 *
 * Invariants:
 * - The thread reads sealed segments and published runs, and writes files that were made here: it appends nothing, publishes nothing and
 *   takes no lock. So locks under construction (K2) are held by who publishes, and the thread never loads fs-ext (decision 0174).
 * - What it could not build is built in this thread, whatever the reason: so each error is met where its class is known.
 * - One build at a time; a message of another build is not heard.
 */
import type { Clock } from "@knotwork/disk";
import type { IndexDefinition } from "../engine.ts";
import type { BuildTask } from "./build-generation.ts";
import { CheckpointLostError } from "./checkpoint-build.ts";
import type { BuildOptions } from "./checkpoint-build.ts";
import type { FileMaker } from "./construction.ts";
import type { Manifest, NamedManifest } from "./manifest.ts";

/** Every message names the build it belongs to. */
interface OfBuild {
  readonly id: number;
}

/** What the thread is told. */
export type ToBuildThread = OfBuild &
  (
    | {
        readonly kind: "build";
        /** Held by who asks. */
        readonly base: NamedManifest;
        readonly definitions: readonly IndexDefinition[];
        readonly task: BuildTask;
        /** Shared; not 0: give up. */
        readonly lost: Int32Array;
      }
    | { readonly kind: "created"; readonly name: string; readonly path: string }
    | { readonly kind: "not created"; readonly message: string }
  );

/** What a build ends with. */
export type BuildAnswer =
  | { readonly kind: "built"; readonly manifest: Manifest }
  | { readonly kind: "lost" }
  | { readonly kind: "failed"; readonly message: string };

/** What the thread says. */
export type FromBuildThread = OfBuild &
  (
    | BuildAnswer
    | { readonly kind: "create"; readonly directory: string; readonly prefix: string; readonly suffix: string }
  );

/** As much of a `Worker` as is needed. */
export interface BuildThread {
  postMessage(message: ToBuildThread): void;
  on(event: "message", listener: (message: FromBuildThread) => void): this;
  on(event: "error" | "messageerror", listener: (error: unknown) => void): this;
  /** 0: it had had nothing to do for long. */
  on(event: "exit", listener: (exitCode: number) => void): this;
  /** Whether the process stays alive for it. */
  ref(): void;
  unref(): void;
  terminate(): Promise<unknown>;
}

export interface CheckpointThreadOptions {
  /** Called when there is something to build and no thread. */
  readonly begin: () => Promise<BuildThread>;
  readonly clock: Clock;
}

/** How long it takes at most until the thread hears that its work is lost. */
const LOOK_MS = 50;
/** A thread that does not answer for so long after that is stuck. */
const STUCK_MS = 5000;

interface Build extends OfBuild {
  readonly files: FileMaker;
  readonly answer: (answer: BuildAnswer) => void;
}

export class CheckpointThread {
  readonly #options: CheckpointThreadOptions;
  #thread: BuildThread | undefined;
  #build: Build | undefined;
  #builds = 0;
  #lastError: string | undefined;
  /** What failed there may succeed there again, but not at once: else every failure is paid for twice. */
  #leavesOneOut = false;
  #hasEnded = false;

  constructor(options: CheckpointThreadOptions) {
    this.#options = options;
  }

  /** Whether it is of use: it has neither been closed nor died while it built. */
  get canBuild(): boolean {
    return !this.#hasEnded;
  }

  /** Whether it has begun. */
  get isWarm(): boolean {
    return this.#thread !== undefined && !this.#hasEnded;
  }

  get isBuilding(): boolean {
    return this.#build !== undefined;
  }

  /** Why it did not build what it was last asked for. */
  get lastError(): string | undefined {
    return this.#lastError;
  }

  /**
   * Builds the generation that follows `generation`, which is held, in files that `files` makes.
   * @returns the manifest that names them; `undefined` when it has to be built in this thread: whatever failed, or another is being built
   * @throws CheckpointLostError
   */
  async build(
    { generation, definitions, isLost }: Pick<BuildOptions, "generation" | "definitions" | "isLost">,
    files: FileMaker,
    task: BuildTask,
  ): Promise<Manifest | undefined> {
    if (this.#build !== undefined) return undefined;
    if (this.#leavesOneOut) {
      this.#leavesOneOut = false;
      return undefined;
    }
    const id = (this.#builds += 1);
    let answer: Build["answer"] = () => undefined;
    const answered = new Promise<BuildAnswer>((resolve) => {
      answer = resolve;
    });
    this.#build = { id, files, answer };
    const ended = new AbortController();
    const lost = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const base = { name: generation.name, manifest: generation.manifest };
    try {
      const thread = await this.#begun();
      if (thread === undefined) return undefined;
      thread.ref();
      post(thread, { kind: "build", id, base, definitions, task, lost }, answer);
      void this.#passOn(isLost, lost, ended.signal);
      const end = await answered;
      if (end.kind === "lost") throw new CheckpointLostError();
      this.#lastError = end.kind === "failed" ? end.message : undefined;
      this.#leavesOneOut = end.kind === "failed";
      return end.kind === "failed" ? undefined : end.manifest;
    } finally {
      this.#build = undefined;
      ended.abort();
      this.#thread?.unref();
    }
  }

  /** Ends it. Nothing may be under way. */
  async close(): Promise<void> {
    this.#hasEnded = true;
    await this.#thread?.terminate();
  }

  async #begun(): Promise<BuildThread | undefined> {
    if (this.#hasEnded) return undefined;
    if (this.#thread !== undefined) return this.#thread;
    try {
      const thread = await this.#options.begin();
      thread.on("message", (message) => void this.#heard(thread, message));
      thread.on("error", (error) => this.#ended(String(error)));
      thread.on("messageerror", (error) => this.#ended(String(error)));
      thread.on("exit", (exitCode) => this.#exited(exitCode));
      return (this.#thread = thread);
    } catch (error) {
      this.#ended(String(error));
      return undefined;
    }
  }

  async #heard(thread: BuildThread, message: FromBuildThread): Promise<void> {
    const build = this.#build;
    if (build?.id !== message.id) return;
    if (message.kind !== "create") {
      build.answer(message);
      return;
    }
    const { id } = build;
    try {
      const { name, path } = await build.files.create(message.directory, message.prefix, message.suffix);
      thread.postMessage({ kind: "created", id, name, path });
    } catch (error) {
      thread.postMessage({ kind: "not created", id, message: String(error) });
    }
  }

  /** A thread that has had nothing to do for long ends by itself, maybe when it is just asked: the next build begins another. */
  #exited(exitCode: number): void {
    const message = "The thread has ended";
    if (exitCode !== 0) {
      this.#ended(message);
      return;
    }
    this.#thread = undefined;
    this.#build?.answer({ kind: "failed", message });
  }

  #ended(message: string): void {
    if (!this.#hasEnded) this.#lastError = message;
    this.#hasEnded = true;
    this.#build?.answer({ kind: "failed", message: this.#lastError ?? message });
  }

  async #passOn(isLost: () => boolean, lost: Int32Array, ended: AbortSignal): Promise<void> {
    for (let lostForMs = 0; !ended.aborted;) {
      if (isLost()) {
        Atomics.store(lost, 0, 1);
        lostForMs += LOOK_MS;
      }
      if (lostForMs > STUCK_MS) {
        this.#ended("The thread does not answer");
        await this.#thread?.terminate();
        return;
      }
      await this.#options.clock.sleepMs(LOOK_MS, ended);
    }
  }
}

/** What cannot be sent is an answer, too. */
function post(thread: BuildThread, message: ToBuildThread, answer: Build["answer"]): void {
  try {
    thread.postMessage(message);
  } catch (error) {
    answer({ kind: "failed", message: String(error) });
  }
}
