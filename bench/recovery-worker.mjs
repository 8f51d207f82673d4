/** One process of the recovery rows: commits until it is killed, or opens what was left. */
import { setTimeout as sleep } from "node:timers/promises";
import { answerJobs } from "./bench-process.mjs";
import { makeTransactions } from "./workload.mjs";

answerJobs({ fill, reopen });

/** Says that it is done, and waits to be killed. */
async function fill(job) {
  const store = await openSubject(job);
  const next = makeTransactions(job);
  for (let count = 0; count < job.commits; count += 1) await store.commit(next());
  process.send({ ready: true });
  await sleep(60_000);
  return {};
}

async function reopen(job) {
  const module = await import(`./subjects/${job.subject}.mjs`);
  const startedMs = performance.now();
  const store = await module.open(job);
  const last = await store.get(`I-${job.writer}-${job.commits}`);
  const elapsedMs = performance.now() - startedMs;
  if (last === undefined) throw new Error(`${job.name}: the last acknowledged commit is not there`);
  await store.close();
  return { elapsedMs };
}

async function openSubject(job) {
  const module = await import(`./subjects/${job.subject}.mjs`);
  return module.open(job);
}
