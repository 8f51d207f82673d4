/** One process of the reads: asks a large store for a while, or commits to it at a steady pace meanwhile. */
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { answerJobs, waitForTheWord } from "./bench-process.mjs";
import { makeTransactions, PRIORITIES, seededRandom, seedId, STATUSES } from "./workload.mjs";

const HOT_IDS = 1000;
/** A turn of the event loop now and then, as a server has them. */
const READS_PER_TURN = 200;
const WRITE_EVERY_MS = 1;

answerJobs({ hot, snapshot, uniform, topHot, topFirst, write });

/** The same thousand entities again and again. */
async function hot(job) {
  const store = await openSubject(job);
  const next = hotIds(job);
  return await answerFor(job, store, () => store.get(next()));
}

/** The same inside one snapshot, where nothing can have changed. */
async function snapshot(job) {
  const store = await openSubject(job);
  const view = await store.snapshot();
  const next = hotIds(job);
  const answer = await answerFor(job, { close: () => undefined }, () => view.get(next()));
  view.release();
  await store.close();
  return answer;
}

/** Any entity of the store: far more than a cache holds. */
async function uniform(job) {
  const store = await openSubject(job);
  const random = seededRandom(job.round);
  return await answerFor(job, store, () => store.get(seedId(Math.floor(random() * job.count))));
}

/** The first ten of each status. */
async function topHot(job) {
  const store = await openSubject(job);
  let asked = 0;
  return await answerFor(job, store, () => store.topOf(STATUSES[(asked += 1) % STATUSES.length]));
}

/** Ten that nobody asked for before. */
async function topFirst(job) {
  const store = await openSubject(job);
  const random = seededRandom(job.round);
  const pick = (values) => values[Math.floor(random() * values.length)];
  const next = () => {
    const created = Math.floor(random() * job.count * 0.95);
    return store.topFrom({ status: pick(STATUSES), priority: pick(PRIORITIES), created });
  };
  return await answerFor(job, store, next);
}

async function write(job) {
  const store = await openSubject(job);
  const next = makeTransactions({ writer: job.writer, seedCount: job.count });
  let isStopped = false;
  const stopped = waitForTheWord().then(() => (isStopped = true));
  let commits = 0;
  for (; !isStopped; commits += 1) {
    await store.commit(next());
    await sleep(WRITE_EVERY_MS);
  }
  await stopped;
  await store.close();
  return { commits };
}

/** Reads until the time is over; half of it before the clock starts. */
async function answerFor({ durationMs, readsMax = Infinity }, store, read) {
  const sample = [];
  for (let count = 0; count < 5; count += 1) sample.push(idsOf(await read()));
  await readFor(durationMs / 2, readsMax, read);
  const startedMs = performance.now();
  const cpuBefore = process.cpuUsage();
  const reads = await readFor(durationMs, readsMax, read);
  const elapsedUs = (performance.now() - startedMs) * 1000;
  const cpu = process.cpuUsage(cpuBefore);
  await store.close();
  return { reads, usPerRead: elapsedUs / reads, cpuUsPerRead: (cpu.user + cpu.system) / reads, sample };
}

async function readFor(durationMs, readsMax, read) {
  const endMs = performance.now() + durationMs;
  let reads = 0;
  while (performance.now() < endMs && reads < readsMax) {
    for (let count = 0; count < READS_PER_TURN; count += 1) {
      const answer = read();
      // What is there already is not waited for, as a caller in a hurry would do it.
      const value = typeof answer?.then === "function" ? await answer : answer;
      if (value === undefined) throw new Error("An entity that was loaded is not there");
    }
    reads += READS_PER_TURN;
    await nextTurn();
  }
  return reads;
}

function idsOf(answer) {
  return Array.isArray(answer) ? answer.map(({ props }) => props.created) : answer.props.created;
}

function hotIds({ count, round }) {
  const random = seededRandom(round);
  const ids = Array.from({ length: HOT_IDS }, () => seedId(Math.floor(random() * count)));
  return () => ids[Math.floor(random() * HOT_IDS)];
}

async function openSubject(job) {
  const module = await import(`./subjects/${job.subject}.mjs`);
  return module.open(job);
}
