/** One process of the takeover: holds the locks of a store until it is killed, commits until it is killed, or waits for its turn. */
import { openSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openGraph } from "@knotwork/graph";
import fsExt from "fs-ext";
import { answerJobs } from "./bench-process.mjs";

answerJobs({ hold, commit, wait });

/** Both locks that a writer holds: that of the log, and that of its active segment. */
async function hold({ store }) {
  const wal = join(store, "wal");
  const segments = readdirSync(wal).filter((name) => name.endsWith(".jsonl"));
  await lock(join(wal, "lock"));
  await lock(join(wal, segments.sort().at(-1)));
  process.send({ ready: true });
  await sleep(60_000);
}

/** The waiter may be at the end of its own last commit. */
async function lock(path) {
  const file = openSync(path, "r+");
  for (;;) {
    try {
      fsExt.flockSync(file, "exnb");
      return;
    } catch (error) {
      if (error.code !== "EAGAIN" && error.code !== "EWOULDBLOCK") throw error;
      await sleep(1);
    }
  }
}

async function commit({ store }) {
  const graph = await openGraph({ dir: store });
  process.send({ ready: true });
  for (let index = 0; ; index += 1) await graph.transact((tx) => tx.create("item", { index }));
}

async function wait({ store }) {
  const graph = await openGraph({ dir: store });
  await graph.transact((tx) => tx.create("item", { index: -1 }));
  const ended = new Promise((resolve) => {
    process.on("message", async (message) => {
      if (message.end) {
        resolve({ ended: true });
        return;
      }
      await graph.transact((tx) => tx.create("item", { index: message.commit }));
      const [seconds, nanoseconds] = process.hrtime();
      process.send({ acknowledgedMs: seconds * 1000 + nanoseconds / 1e6 });
    });
  });
  process.send({ ready: true });
  const answer = await ended;
  await graph.close();
  return answer;
}
