/** Begins the real thread of `checkpoint-thread.ts`. Loaded only when there is something to build: most processes never do. */
import { Worker } from "node:worker_threads";
import type { BuildThread } from "./checkpoint-thread.ts";

/** A young generation that stays in the processor's cache beside that of the commits. */
const YOUNG_GENERATION_MB = 4;

/** A thread without work for so long ends: it holds tens of megabytes. */
const IDLE_MS = 60_000;

/** The thread for the store in `dir`. Where its program is not found (sources put together by a bundler) it ends with an error. */
export function beginCheckpointThread(
  dir: string,
  { idleMs = IDLE_MS }: { readonly idleMs?: number } = {},
): BuildThread {
  return new Worker(new URL("checkpoint-thread-main.js", import.meta.url), {
    name: "knotwork checkpoint",
    workerData: { dir, idleMs },
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  });
}
