/**
 * One measuring process. Started with an IPC channel; told what to run by a first message, started by a second one, so
 * that all processes of a row start together. Answers with every latency it measured and the CPU it used.
 */
import { makeTransactions, seedEntities } from "./workload.mjs";

const WARM_UP_COMMITS = 50;
const ROLES = { seed, measure, count };

process.once("message", (job) => {
  ROLES[job.role](job).then(
    (answer) => process.send(answer, () => process.disconnect()),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
});

async function seed(job) {
  const store = await openSubject(job);
  await store.seed(seedEntities(job.seedCount));
  await store.close();
  return { seeded: true };
}

async function measure(job) {
  const store = await openSubject(job);
  const next = makeTransactions({ writer: job.writer, seedCount: job.seedCount });
  for (let count = 0; count < WARM_UP_COMMITS; count += 1) await store.commit(next());

  await askForStart();
  const latenciesMs = [];
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  const endMs = startedMs + job.durationMs;
  await Promise.all(Array.from({ length: job.callers }, () => runCaller({ store, next, endMs, latenciesMs })));
  const elapsedMs = performance.now() - startedMs;
  const cpu = process.cpuUsage(cpuBefore);

  await store.close();
  return { latenciesMs, elapsedMs, cpuUs: cpu.user + cpu.system, warmUpCommits: WARM_UP_COMMITS };
}

async function count(job) {
  const store = await openSubject(job);
  const counted = await store.count();
  await store.close();
  return { counted };
}

async function runCaller({ store, next, endMs, latenciesMs }) {
  for (;;) {
    const beforeMs = performance.now();
    if (beforeMs >= endMs) return;
    await store.commit(next());
    latenciesMs.push(performance.now() - beforeMs);
  }
}

async function openSubject({ subject, dir, level, writer, batcher }) {
  const module = await import(`./subjects/${subject}.mjs`);
  return module.open({ dir, level, writer, batcher });
}

function askForStart() {
  return new Promise((resolve) => {
    process.once("message", resolve);
    process.send({ ready: true });
  });
}
