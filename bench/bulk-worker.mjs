/** One process of the bulk load: loads entities, or counts them. */
import { answerJobs } from "./bench-process.mjs";
import { peakMemoryBytes } from "./peak-memory.cjs";
import { syncFiles } from "./templates.mjs";
import { seedEntities } from "./workload.mjs";

answerJobs({ load, count });

/** Until the store is closed and every byte of it on the disk. */
async function load(job) {
  const startedMs = performance.now();
  const cpuBefore = process.cpuUsage();
  const { open } = await import(`./subjects/${job.subject}.mjs`);
  const store = await open(job);
  await store.seed(seedEntities(job.count));
  await store.close();
  syncFiles(job.dir);
  const elapsedMs = performance.now() - startedMs;
  const cpu = process.cpuUsage(cpuBefore);
  return { elapsedMs, cpuUs: cpu.user + cpu.system, rssBytes: peakMemoryBytes() };
}

async function count(job) {
  const { open } = await import(`./subjects/${job.subject}.mjs`);
  const store = await open(job);
  const items = await store.countItems();
  await store.close();
  return { items };
}
