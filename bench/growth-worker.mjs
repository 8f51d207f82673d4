/** One process of the growth rows: opens a store of some size and creates entities, or lists tasks. */
import { answerJobs } from "./bench-process.mjs";
import { median } from "./statistics.mjs";
import { makeTransactions, STATUSES } from "./workload.mjs";

const LISTS = 50;

answerJobs({ create, list });

async function create(job) {
  const { open } = await import("./subjects/knotwork.mjs");
  const openStartMs = performance.now();
  const store = await open(job);
  await store.get("S-1");
  const openMs = performance.now() - openStartMs;
  const topStartMs = performance.now();
  await store.topOf(STATUSES[0]);
  const topMs = performance.now() - topStartMs;

  const next = makeTransactions({ writer: job.writer, seedCount: job.count });
  for (let count = 0; count < job.creates; count += 1) await store.create(next());
  const timesUs = [];
  const cpuBefore = process.cpuUsage();
  for (let count = 0; count < job.creates; count += 1) {
    const beforeMs = performance.now();
    await store.create(next());
    timesUs.push((performance.now() - beforeMs) * 1000);
  }
  const cpu = process.cpuUsage(cpuBefore);
  await store.close();
  return { openMs, topMs, cpuUsPerCreate: (cpu.user + cpu.system) / job.creates, p50Us: median(timesUs) };
}

async function list(job) {
  const { open } = await import("./subjects/knotwork-domain.mjs");
  const store = await open(job);
  const timesMs = [];
  for (let count = 0; count < LISTS; count += 1) {
    const beforeMs = performance.now();
    await store.list();
    timesMs.push(performance.now() - beforeMs);
  }
  await store.close();
  return { listMs: median(timesMs) };
}
