import { once } from "node:events";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { openGraph } from "@knotwork/graph";
import { expect, test } from "vitest";
import { runChildren } from "./child-processes.ts";
import { useScratchDir } from "./scratch-dir.ts";

const scratch = useScratchDir();

interface Answer {
  readonly reports: readonly {
    readonly ok: boolean;
    readonly engine: { readonly checkpointSeq: number; readonly lastThreadError: string | null };
    readonly threads: number;
  }[];
}

test("checkpoints of three stores, one after the other, are each built in a thread, which keeps no process alive", async () => {
  const storeDirs = ["one", "two", "three"].map((name) => join(scratch.path, name));
  const run = async (checkpointThread: boolean, dirs: readonly string[]): Promise<Answer> => {
    const [answer] = await runChildren<Answer>("checkpoint-stores.mjs", 1, () => ({
      storeDirs: dirs,
      checkpointThread,
    }));
    return answer as Answer;
  };
  const { reports } = await run(true, storeDirs);
  expect(reports).toHaveLength(3);
  for (const { ok, engine } of reports) {
    expect(ok).toBe(true);
    expect(engine.checkpointSeq).toBeGreaterThan(30);
    expect(engine.lastThreadError).toBeNull();
  }
  const without = await run(false, [join(scratch.path, "four")]);
  for (const { threads } of reports) expect(threads).toBeGreaterThan(without.reports[0]?.threads ?? Infinity);
  for (const dir of storeDirs) {
    const graph = await openGraph({ dir });
    expect(await graph.query("item").count()).toBe(200);
    expect((await graph.check()).problems).toEqual([]);
    await graph.close();
  }
});

test("a thread answers to what it cannot build, and ends when it has had nothing to do for long", async () => {
  const program = new URL("../../packages/graph/dist/local/begin-checkpoint-thread.js", import.meta.url).href;
  const { beginCheckpointThread } = (await import(program)) as Begin;
  const thread = beginCheckpointThread(join(scratch.path, "none"), { idleMs: 300 });
  const ended = once(thread, "exit");
  thread.postMessage({ kind: "build", id: 7, base: { name: "none", manifest: {} } });
  expect(await once(thread, "message")).toMatchObject([{ id: 7, kind: "failed" }]);
  expect(await ended).toEqual([0]);
});

interface Begin {
  readonly beginCheckpointThread: (dir: string, options: { readonly idleMs: number }) => Worker;
}
