/**
 * One measuring process. Commits for a while to warm up, waits until all processes of the row have, then measures: answers
 * with every latency and the CPU it used.
 */
import { answerJobs, waitForTheWord } from "./bench-process.mjs";
import { makeTransactions, seedEntities } from "./workload.mjs";

const WARM_UP_COMMITS_MIN = 20;

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
  const warmUpCommits = await warmUp({ store, next, durationMs: job.durationMs / 3 });

  await waitForTheWord();
  const latenciesMs = [];
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  const endMs = startedMs + job.durationMs;
  await Promise.all(Array.from({ length: job.callers }, () => runCaller({ store, next, endMs, latenciesMs })));
  const elapsedMs = performance.now() - startedMs;
  const cpu = process.cpuUsage(cpuBefore);

  await store.close();
  return { latenciesMs, elapsedMs, cpuUs: cpu.user + cpu.system, warmUpCommits };
}

async function count(job) {
  const store = await openSubject(job);
  const counted = await store.count();
  await store.close();
  return { counted };
}

async function warmUp({ store, next, durationMs }) {
  const endMs = performance.now() + durationMs;
  let commits = 0;
  for (; commits < WARM_UP_COMMITS_MIN || performance.now() < endMs; commits += 1) await store.commit(next());
  return commits;
}

async function runCaller({ store, next, endMs, latenciesMs }) {
  for (;;) {
    const beforeMs = performance.now();
    if (beforeMs >= endMs) return;
    await store.commit(next());
    latenciesMs.push(performance.now() - beforeMs);
  }
}

async function openSubject(job) {
  const module = await import(`./subjects/${job.subject}.mjs`);
  return module.open(job);
}
