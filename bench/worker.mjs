/**
 * One measuring process. Commits for a while to warm up, waits until all processes of the row have, then measures: answers
 * with every latency and the CPU it used.
 */
import { answerJobs, waitForTheWord } from "./bench-process.mjs";
import { makeTransactions, seedEntities } from "./workload.mjs";

/** Code is compiled for speed only after some thousand runs; a process that serves has long been there. */
const WARM_UP_COMMITS = 10_000;

answerJobs({ seed, measure, count });

async function seed(job) {
  const store = await openSubject(job);
  await store.seed(seedEntities(job.seedCount));
  await store.close();
  return { seeded: true };
}

async function measure(job) {
  const store = await openSubject(job);
  const next = makeTransactions({ writer: job.writer, seedCount: job.seedCount });
  const { callers, durationMs, warmUpMs } = job;
  const warmUp = await run({ store, next, callers, durationMs: warmUpMs, commitsMax: WARM_UP_COMMITS });

  await waitForTheWord();
  const cpuBefore = process.cpuUsage();
  const measured = await run({ store, next, callers, durationMs });
  const cpu = process.cpuUsage(cpuBefore);

  await store.close();
  return { ...measured, cpuUs: cpu.user + cpu.system, warmUpCommits: warmUp.latenciesMs.length };
}

async function count(job) {
  const store = await openSubject(job);
  const counted = await store.count();
  await store.close();
  return { counted };
}

/** Commits from all callers until the time is over or enough were made. */
async function run({ store, next, callers, durationMs, commitsMax = Infinity }) {
  const latenciesMs = [];
  const startedMs = performance.now();
  const endMs = startedMs + durationMs;
  const call = async () => {
    for (;;) {
      const beforeMs = performance.now();
      if (beforeMs >= endMs || latenciesMs.length >= commitsMax) return;
      await store.commit(next());
      latenciesMs.push(performance.now() - beforeMs);
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  return { latenciesMs, elapsedMs: performance.now() - startedMs };
}

async function openSubject(job) {
  const module = await import(`./subjects/${job.subject}.mjs`);
  return module.open(job);
}
