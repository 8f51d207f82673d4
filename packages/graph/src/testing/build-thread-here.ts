/** What stands for the thread of checkpoints where the disk is in memory: requests and answers are copied, as between threads. */
import { EventEmitter } from "node:events";
import { answerBuilds } from "../local/answer-builds.ts";
import type { BuildAnswer, BuildThread, FromBuildThread, ToBuildThread } from "../local/checkpoint-thread.ts";
import type { Machine } from "../local/local-engine-options.ts";

export class BuildThreadHere extends EventEmitter implements BuildThread {
  readonly told: ToBuildThread["kind"][] = [];
  readonly said: FromBuildThread["kind"][] = [];
  isReferenced = true;
  isTerminated = false;
  /** What is to happen before an answer arrives. */
  beforeAnswer: (answer: BuildAnswer) => Promise<void> | void = () => undefined;
  /** What is to happen before the thread hears something. */
  beforeHearing: (message: ToBuildThread) => Promise<void> | void = () => undefined;
  readonly #inside = new EventEmitter();

  constructor(machine: Machine) {
    super();
    const inside = this.#inside;
    answerBuilds(
      {
        on(event, listener) {
          inside.on(event, listener);
          return this;
        },
        postMessage: (message) => void this.#say(structuredClone(message)),
      },
      machine,
    );
  }

  postMessage(message: ToBuildThread): void {
    this.told.push(message.kind);
    const copy = structuredClone(message);
    setImmediate(() => void this.#hear(copy));
  }

  ref(): void {
    this.isReferenced = true;
  }

  unref(): void {
    this.isReferenced = false;
  }

  terminate(): Promise<void> {
    this.isTerminated = true;
    this.emit("exit", 1);
    return Promise.resolve();
  }

  async #hear(message: ToBuildThread): Promise<void> {
    await this.beforeHearing(message);
    if (!this.isTerminated) this.#inside.emit("message", message);
  }

  async #say(message: FromBuildThread): Promise<void> {
    if (message.kind !== "create") await this.beforeAnswer(message);
    this.said.push(message.kind);
    setImmediate(() => {
      if (!this.isTerminated) this.emit("message", message);
    });
  }
}
