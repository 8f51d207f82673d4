/**
 * One process of a traversal row: seeds a store, writes to it at a steady rate until told to stop, or asks it. The reader
 * asks every node once before the clock starts, and says how long that took.
 */
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { answerJobs, waitForTheWord } from "./bench-process.mjs";
import { makeChanges, makeEdges, makeStarts, nodeId } from "./traversal-workload.mjs";

const CHANGE_EVERY_MS = 5;
/** A turn of the event loop now and then, as a server has them. */
const QUERIES_PER_TURN = 100;

answerJobs({ seed, write, read });

async function seed(job) {
  const store = await openSubject(job);
  const startedMs = performance.now();
  await store.seed(job.nodeCount, makeEdges(job.nodeCount));
  const seedMs = performance.now() - startedMs;
  await store.close();
  return { seedMs };
}

async function write(job) {
  const store = await openSubject(job);
  const next = makeChanges(job.nodeCount);
  let stopped = false;
  const told = waitForTheWord().then(() => (stopped = true));
  let changes = 0;
  for (; !stopped; changes += 1) {
    await store.change(next());
    await sleep(CHANGE_EVERY_MS);
  }
  await told;
  await store.close();
  return { changes };
}

async function read(job) {
  const store = await openSubject(job);
  const firstPassMs = await timeFirstPass(store, job.nodeCount);
  const answers = {};
  for (const hops of [1, 3]) {
    const next = makeStarts(job.nodeCount, job.round);
    await ask({ store, next, hops, durationMs: job.durationMs / 3 });
    answers[hops] = await ask({ store, next: makeStarts(job.nodeCount, job.round), hops, durationMs: job.durationMs });
  }
  await store.close();
  return { firstPassMs, answers };
}

async function timeFirstPass(store, nodeCount) {
  const startedMs = performance.now();
  for (let index = 0; index < nodeCount; index += 1) await store.query(nodeId(index), 1);
  return performance.now() - startedMs;
}

async function ask({ store, next, hops, durationMs }) {
  const startedMs = performance.now();
  const cpuBefore = process.cpuUsage();
  let queries = 0;
  let ids = 0;
  while (performance.now() - startedMs < durationMs) {
    for (let count = 0; count < QUERIES_PER_TURN; count += 1) ids += (await store.query(next(), hops)).length;
    queries += QUERIES_PER_TURN;
    await nextTurn();
  }
  const elapsedUs = (performance.now() - startedMs) * 1000;
  const cpu = process.cpuUsage(cpuBefore);
  return {
    usPerQuery: elapsedUs / queries,
    cpuUsPerQuery: (cpu.user + cpu.system) / queries,
    idsPerQuery: ids / queries,
  };
}

async function openSubject({ subject, dir, renew }) {
  const module = await import(`./subjects/${subject}.mjs`);
  return module.open({ dir, renew });
}
