/** Writers in processes of their own, and one consumer of the change feed that is killed and resumed all the time. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { openGraph } from "@knotwork/graph";
import { type Child, startChild } from "./child-processes.ts";

export interface WatchedWriters {
  readonly storeDir: string;
  readonly writers: number;
  readonly durationMs: number;
  readonly checkpointEvery: number;
  readonly killEveryMs: number;
}

export interface WatchedOutcome {
  /** `seq txid` of each commit, as the consumer kept it, in its order. */
  readonly kept: readonly string[];
  /** The same of each commit that the store holds. */
  readonly held: readonly string[];
  readonly acknowledged: readonly number[];
  readonly kills: number;
  readonly checkpoints: number;
}

const CATCH_UP_MS_MAX = 20_000;

export async function runWatchedWriters(options: WatchedWriters): Promise<WatchedOutcome> {
  const { storeDir, killEveryMs, durationMs, checkpointEvery } = options;
  const keptPath = join(storeDir, "..", "kept.txt");
  const graph = await openGraph({ dir: storeDir, create: true });
  const writers = Array.from({ length: options.writers }, (_, writer) =>
    startChild<{ readonly acknowledged: readonly number[] }>("write-until.mjs", {
      storeDir,
      writer,
      durationMs,
      checkpointEvery,
    }),
  );
  await Promise.all(writers.map((writer) => writer.ready));
  for (const writer of writers) writer.start();
  const finished = Promise.all(writers.map((writer) => writer.answer));
  let isOver = false;
  const over = finished.finally(() => (isOver = true));
  let kills = 0;
  for (; !isOver; kills += 1) {
    const consumer = await startConsumer(storeDir, keptPath);
    await Promise.race([delay(killEveryMs), over]);
    await kill(consumer);
  }
  const acknowledged = (await over).flatMap((answer) => answer?.acknowledged ?? []);
  const head = await graph.head();
  const consumer = await startConsumer(storeDir, keptPath);
  for (let waitedMs = 0; linesOf(keptPath).length < head && waitedMs < CATCH_UP_MS_MAX; waitedMs += 50) await delay(50);
  await kill(consumer);
  const held = (await graph.commits({ limit: head })).map(({ seq, txid }) => `${seq} ${txid}`);
  const { generation } = (await graph.stats())["engine"] as { readonly generation: number };
  await graph.close();
  const kept = linesOf(keptPath).map((line) => line.replace(/ \S+ /, " "));
  return { kept, held, acknowledged, kills, checkpoints: generation };
}

async function startConsumer(storeDir: string, keptPath: string): Promise<Child<object>> {
  const consumer = startChild<object>("follow-commits.mjs", { storeDir, keptPath });
  await consumer.ready;
  consumer.start();
  return consumer;
}

async function kill(consumer: Child<object>): Promise<void> {
  consumer.process.kill("SIGKILL");
  await consumer.answer;
}

function linesOf(path: string): readonly string[] {
  return existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n") : [];
}
