/**
 * Builds generations in another thread, so that the commits of this process go on meanwhile (decision 0174).
 *
 * Invariants:
 * - The thread reads sealed segments and published runs, and writes files that were made here: it appends nothing, publishes nothing and
 *   takes no lock. So locks under construction (K2) are held by who publishes, and fs-ext is loaded in one thread only.
 * - What it could not build is built in this thread, whatever the reason: so each error is met where its class is known.
 */
import type { Clock } from "@knotwork/disk";
import type { IndexDefinition } from "../engine.ts";
import type { BuildTask } from "./build-generation.ts";
import { CheckpointLostError } from "./checkpoint-build.ts";
import type { BuildOptions } from "./checkpoint-build.ts";
import type { ConstructedFile, FileMaker } from "./construction.ts";
import type { Manifest, NamedManifest } from "./manifest.ts";

/** What the thread is told. */
export type ToBuildThread =
  | {
      readonly kind: "build";
      /** Held by who asks. */
      readonly base: NamedManifest;
      readonly definitions: readonly IndexDefinition[];
      readonly task: BuildTask;
      /** Shared; not 0: give up. */
      readonly lost: Int32Array;
    }
  | ({ readonly kind: "created" } & Omit<ConstructedFile, "file">);

/** What it says. After the last three it is done. */
export type FromBuildThread =
  | { readonly kind: "create"; readonly directory: string; readonly prefix: string; readonly suffix: string }
  | { readonly kind: "built"; readonly manifest: Manifest }
  | { readonly kind: "lost" }
  | { readonly kind: "failed"; readonly message: string };

export type BuildAnswer = Exclude<FromBuildThread, { readonly kind: "create" }>;

/** As much of a `Worker` as is needed. */
export interface BuildThread {
  postMessage(message: ToBuildThread): void;
  on(event: "message", listener: (message: FromBuildThread) => void): this;
  on(event: "error", listener: (error: unknown) => void): this;
  on(event: "exit", listener: () => void): this;
  /** Whether the process stays alive for it. */
  ref(): void;
  unref(): void;
  terminate(): Promise<unknown>;
}

export interface CheckpointThreadOptions {
  /** Called once, when there is something to build. */
  readonly begin: () => Promise<BuildThread>;
  readonly clock: Clock;
}

/** How long it takes at most until the thread hears that its work is lost. */
const LOOK_MS = 50;

interface Build {
  readonly files: FileMaker;
  readonly answer: (answer: BuildAnswer) => void;
}

export class CheckpointThread {
  readonly #options: CheckpointThreadOptions;
  #thread: BuildThread | undefined;
  #build: Build | undefined;
  #lastError: string | undefined;
  #hasEnded = false;

  constructor(options: CheckpointThreadOptions) {
    this.#options = options;
  }

  /** Whether it has begun: its code is compiled, its memory is there. */
  get isWarm(): boolean {
    return this.#thread !== undefined && !this.#hasEnded;
  }

  /** Why it did not build what it was last asked for. */
  get lastError(): string | undefined {
    return this.#lastError;
  }

  /**
   * Builds the generation that follows `generation`, which is held, in files that `files` makes. One at a time.
   * @returns the manifest that names them; `undefined` when it has to be built in this thread
   * @throws CheckpointLostError
   */
  async build(
    { generation, definitions, isLost }: Pick<BuildOptions, "generation" | "definitions" | "isLost">,
    files: FileMaker,
    task: BuildTask,
  ): Promise<Manifest | undefined> {
    const thread = await this.#begun();
    if (thread === undefined) return undefined;
    const lost = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const base = { name: generation.name, manifest: generation.manifest };
    const answered = new Promise<BuildAnswer>((answer) => {
      this.#build = { files, answer };
    });
    const ended = new AbortController();
    thread.ref();
    try {
      thread.postMessage({ kind: "build", base, definitions, task, lost });
      void this.#passOn(isLost, lost, ended.signal);
      const answer = await answered;
      if (answer.kind === "lost") throw new CheckpointLostError();
      this.#lastError = answer.kind === "failed" ? answer.message : undefined;
      return answer.kind === "failed" ? undefined : answer.manifest;
    } finally {
      this.#build = undefined;
      ended.abort();
      thread.unref();
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
      thread.on("exit", () => this.#ended("The thread has ended"));
      return (this.#thread = thread);
    } catch (error) {
      this.#ended(String(error));
      return undefined;
    }
  }

  async #heard(thread: BuildThread, message: FromBuildThread): Promise<void> {
    if (message.kind !== "create") {
      this.#build?.answer(message);
      return;
    }
    try {
      const made = await this.#build?.files.create(message.directory, message.prefix, message.suffix);
      if (made !== undefined) thread.postMessage({ kind: "created", name: made.name, path: made.path });
    } catch (error) {
      this.#build?.answer({ kind: "failed", message: String(error) });
    }
  }

  #ended(message: string): void {
    if (!this.#hasEnded) this.#lastError = message;
    this.#hasEnded = true;
    this.#build?.answer({ kind: "failed", message: this.#lastError ?? message });
  }

  async #passOn(isLost: () => boolean, lost: Int32Array, ended: AbortSignal): Promise<void> {
    while (!ended.aborted) {
      if (isLost()) Atomics.store(lost, 0, 1);
      await this.#options.clock.sleepMs(LOOK_MS, ended);
    }
  }
}
