/**
 * One process of the bench of notices. A writer commits at a steady pace and answers when each commit was acknowledged; a
 * watcher answers when it was told of each. All by the clock that every process of the machine shares.
 */
import { appendFileSync, readFileSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { openGraph } from "@knotwork/graph";
import { answerJobs } from "./bench-process.mjs";

const PAUSE_MS = 4;
answerJobs({ write, follow });

async function write({ subject, dir, count }) {
  const store = await openWriter(subject, dir);
  const timesMs = [];
  for (let index = 0; index < count; index += 1) {
    await store.commit(index);
    timesMs.push(nowMs());
    await delay(PAUSE_MS);
  }
  await store.close();
  return { timesMs };
}

async function follow({ subject, dir, count }) {
  return { timesMs: subject === "fs.watch" ? await followFile(dir, count) : await followGraph(subject, dir, count) };
}

async function openWriter(subject, dir) {
  if (subject === "fs.watch") {
    return { commit: async (index) => appendFileSync(join(dir, "raw"), `${index}\n`), close: async () => undefined };
  }
  const graph = await openGraph({ dir: join(dir, "store") });
  const durability = subject === "durable" ? "balanced" : "relaxed";
  return {
    commit: (index) => graph.transact((tx) => tx.create("item", { index }), { durability }),
    close: () => graph.close(),
  };
}

async function followGraph(subject, dir, count) {
  const graph = await openGraph({ dir: join(dir, "store"), readOnly: true });
  const timesMs = [];
  const commits = graph.watch({ after: 0, durable: subject === "durable" });
  process.send({ ready: true });
  for await (const _ of commits) {
    timesMs.push(nowMs());
    if (timesMs.length === count) break;
  }
  await graph.close();
  return timesMs;
}

/** What the kernel's notice of a changed file costs alone: the floor. */
function followFile(dir, count) {
  const path = join(dir, "raw");
  writeFileSync(path, "");
  const timesMs = [];
  return new Promise((resolve) => {
    const look = () => {
      const lines = readFileSync(path, "latin1").split("\n").length - 1;
      const seenMs = nowMs();
      while (timesMs.length < lines) timesMs.push(seenMs);
      if (timesMs.length < count) return;
      watcher.close();
      resolve(timesMs);
    };
    const watcher = watch(dir, look);
    process.send({ ready: true });
  });
}

function nowMs() {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}
