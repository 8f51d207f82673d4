/** Processes with threads for their checkpoints, on one disk in memory. */
import { MemoryDisk, seededRandom, TestClock } from "@knotwork/disk/testing";
import { afterEach, expect } from "vitest";
import type { Engine } from "../engine.ts";
import type { BuildThread } from "../local/checkpoint-thread.ts";
import { openLocalEngine } from "../local/open-local-engine.ts";
import { storePaths } from "../local/store-names.ts";
import { BuildThreadHere } from "./build-thread-here.ts";
import { commit } from "./conformance/subject.ts";

const DIR = "/store";
/** Two entities of `TEXT` are a log that is too long by more than a quarter. */
const THRESHOLD = 4096;
export const TEXT: string = "x".repeat(3000);

export class ThreadWorld {
  readonly memory: MemoryDisk = new MemoryDisk();
  readonly clock: TestClock = new TestClock();
  readonly #opened = new Set<Engine>();

  /** A thread of the process of this name. */
  thread(process: string): BuildThreadHere {
    return new BuildThreadHere({
      disk: this.memory.process(process),
      clock: this.clock,
      random: seededRandom(7),
      paths: storePaths(DIR),
    });
  }

  async open(name: string, begin: () => Promise<BuildThread>): Promise<Engine> {
    const engine = await openLocalEngine({
      dir: DIR,
      disk: this.memory.process(name),
      clock: this.clock,
      random: seededRandom(name.length),
      create: true,
      checkpointBytes: THRESHOLD,
      checkpointThread: { begin },
    });
    this.#opened.add(engine);
    return engine;
  }

  /** One process, and the thread it begins. */
  async openWithThread(): Promise<{ readonly engine: Engine; readonly thread: BuildThreadHere }> {
    const thread = this.thread("thread");
    return { engine: await this.open("writer", async () => thread), thread };
  }

  /** A process without a thread, which checkpoints when it is asked to. */
  async openOther(): Promise<Engine> {
    return openLocalEngine({
      dir: DIR,
      disk: this.memory.process("other"),
      clock: this.clock,
      random: seededRandom(11),
    });
  }

  runFiles(): readonly string[] {
    return [...this.memory.files().keys()].filter((path) => /\/(?:history|index)\/./u.test(path));
  }

  async close(engine: Engine): Promise<void> {
    this.#opened.delete(engine);
    await engine.close();
  }

  async checkAndClose(): Promise<void> {
    for (const engine of this.#opened) {
      expect(await engine.check()).toMatchObject({ ok: true, problems: [] });
      await engine.close();
    }
  }
}

/** Gives worlds whose stores are checked behind each test, and closed. */
export function useThreadWorlds(): () => ThreadWorld {
  let worlds: ThreadWorld[] = [];
  afterEach(async () => {
    for (const world of worlds) await world.checkAndClose();
    worlds = [];
  });
  return () => {
    const world = new ThreadWorld();
    worlds.push(world);
    return world;
  };
}

export async function put(engine: Engine, ...ids: readonly string[]): Promise<void> {
  for (const id of ids) await commit(engine, async (tx) => tx.put(id, { text: TEXT }));
}

/** Until no checkpoint runs in the background. */
export async function idle(engine: Engine): Promise<void> {
  expect((await engine.check()).problems).toEqual([]);
}
