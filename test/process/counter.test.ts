import { join } from "node:path";
import { openGraph } from "@knotwork/graph";
import { expect, test } from "vitest";
import { runChildren } from "./child-processes.ts";
import { useScratchDir } from "./scratch-dir.ts";
import { runWorkers } from "./worker-threads.ts";

const scratch = useScratchDir();

test("[T4] 10 processes, and then 10 threads, count one counter up 10 times each: it stands at exactly 100", async () => {
  for (const kind of ["processes", "threads"] as const) {
    const storeDir = join(scratch.path, kind);
    const graph = await openGraph({ dir: storeDir, create: true });
    await graph.transact(async (tx) => void (await tx.create("counter", { value: 0 }, { id: "counter" })));
    const jobOf = (): object => ({ storeDir, count: 10 });
    if (kind === "processes") await runChildren("count-up.mjs", 10, jobOf);
    else await runWorkers("count-up-worker.mjs", 10, jobOf);
    expect((await graph.get("counter"))?.props["value"], kind).toBe(100);
    expect((await graph.history("counter")).map(({ props }) => props["value"])).toEqual(
      Array.from({ length: 101 }, (_, index) => index),
    );
    expect((await graph.check()).problems).toEqual([]);
    await graph.close();
  }
});
