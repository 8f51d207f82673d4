/** One process of the mix: seeds a store, asks and changes it for a while, or counts what is there. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { answerJobs, waitForTheWord } from "./bench-process.mjs";
import { makeMix, mixLinks, mixNodes, READS } from "./mix-workload.mjs";

const OPERATIONS_PER_TURN = 20;

answerJobs({ seed, measure, count });

async function seed(job) {
  const store = await openSubject(job);
  await store.seed({ nodes: mixNodes(job.seedCount), links: mixLinks(job.seedCount) });
  await store.close();
  return { seeded: true };
}

async function measure(job) {
  const store = await openSubject(job);
  const done = { links: 0, nodes: 0, reads: [], writes: [] };
  const next = makeMix({ writer: job.writer, nodeCount: job.seedCount });
  await runFor(job.warmUpMs, { store, next, done });
  await waitForTheWord();
  done.reads = [];
  done.writes = [];
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  await runFor(job.durationMs, { store, next, done });
  const elapsedMs = performance.now() - startedMs;
  const cpu = process.cpuUsage(cpuBefore);
  await store.close();
  return { ...done, elapsedMs, cpuUs: cpu.user + cpu.system };
}

async function runFor(durationMs, { store, next, done }) {
  const endMs = performance.now() + durationMs;
  for (let count = 1; ; count += 1) {
    const beforeMs = performance.now();
    if (beforeMs >= endMs) return;
    const [name, argument] = next();
    const changed = await store[name](argument);
    (READS.has(name) ? done.reads : done.writes).push(performance.now() - beforeMs);
    if (name === "addNode") done.nodes += 1;
    if (name === "addLink" || name === "removeLink") done.links += changed;
    if (count % OPERATIONS_PER_TURN === 0) await nextTurn();
  }
}

async function count(job) {
  const store = await openSubject(job);
  const counted = await store.count();
  await store.close();
  return { counted };
}

async function openSubject(job) {
  const module = await import(`./subjects/${job.subject}.mjs`);
  return module.open(job);
}
