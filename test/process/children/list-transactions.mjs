// Random transactions over lists, recorded for ../../isolation/check-history.ts. A list is kept in one of two ways: as the
// values of one entity, or as one entity a value, read by a range of an index (so that phantoms would show).

import { defineType, openGraph } from "@knotwork/graph";
import { seededRandom } from "./child.mjs";

/**
 * @typedef {{ storeDir: string, writer: number, count: number, seed: number, lists: "entity" | "range", keys: number,
 *   durability: "paranoid" | "balanced" | "relaxed", checkpointEvery: number }} Job
 * @typedef {{ kind: "append", key: string, value: number } | { kind: "read", key: string, values: number[] }} Operation
 * @typedef {{ name: string, startedAt: number, endedAt: number, outcome: string, operations: Operation[] }} Recorded
 * @typedef {import("@knotwork/graph").Graph} Graph
 * @typedef {import("@knotwork/graph").GraphReads} Reads
 * @typedef {import("@knotwork/graph").Transaction} Transaction
 */

/** Keys change after so many transactions of a process: lists stay short. */
const transactionsPerPhase = 25;
const longestAnswer = 100_000;

/** A schema that takes everything. */
export const anyFields = {
  "~standard": {
    version: /** @type {const} */ (1),
    vendor: "knotwork-test",
    validate: (/** @type {unknown} */ value) => ({ value }),
  },
};

/** @param {{ lists: Job["lists"] }} job */
export function listTypes({ lists }) {
  return lists === "range" ? [defineType("value", { fields: anyFields, indexes: [["list", "place"]] })] : [];
}

/** @param {Job} job */
export async function openLists(job) {
  const { storeDir, durability, writer } = job;
  return openGraph({ dir: storeDir, durability, author: `writer-${writer}`, types: listTypes(job) });
}

/** @param {Job} job @param {Graph} graph @returns {Promise<{ history: Recorded[], attempts: number }>} */
export async function recordLists(job, graph) {
  const random = seededRandom(job.seed);
  /** @type {Recorded[]} */
  const history = [];
  const counts = { attempts: 0, appended: 0 };
  for (let done = 0; done < job.count; done += 1) {
    const phase = Math.floor(done / transactionsPerPhase);
    history.push(await recordOne(job, graph, { random, phase, name: `${job.writer}.${done}`, counts }));
    if (job.checkpointEvery > 0 && done % job.checkpointEvery === job.checkpointEvery - 1) await graph.checkpoint();
  }
  return { history, attempts: counts.attempts };
}

/**
 * @param {Job} job @param {Graph} graph
 * @param {{ random: () => number, phase: number, name: string, counts: { attempts: number, appended: number } }} turn
 * @returns {Promise<Recorded>}
 */
async function recordOne(job, graph, { random, phase, name, counts }) {
  const readsOnly = random() < 0.2;
  const rollsBack = !readsOnly && random() < 0.05;
  const steps = Array.from({ length: 2 + Math.floor(random() * 3) }, () => ({
    key: `k${phase}-${Math.floor(random() * job.keys)}`,
    value: readsOnly || random() < 0.5 ? undefined : job.writer * 1_000_000 + counts.appended++,
  }));
  /** @type {Operation[]} */
  let operations = [];
  const startedAt = nowUs();
  let outcome = "committed";
  try {
    if (readsOnly) {
      operations = await readAll(job, graph, steps);
    } else {
      await graph.transact(
        async (tx) => {
          counts.attempts += 1;
          operations = [];
          for (const { key, value } of steps) operations.push(...(await runStep(job, tx, key, value)));
          if (rollsBack) throw new RolledBack();
        },
        { retries: 200 },
      );
    }
  } catch (error) {
    if (error instanceof RolledBack) outcome = "aborted";
    else if (codeOf(error) === "CONFLICT" || codeOf(error) === "LOCK_TIMEOUT") outcome = "aborted";
    else if (codeOf(error) === "OUTCOME_UNKNOWN") outcome = "unknown";
    else throw error;
  }
  return { name, startedAt, endedAt: nowUs(), outcome, operations };
}

/** On one snapshot, without a transaction. @param {Job} job @param {Graph} graph @param {{ key: string }[]} steps */
async function readAll(job, graph, steps) {
  const snapshot = await graph.snapshot();
  try {
    /** @type {Operation[]} */
    const operations = [];
    for (const { key } of steps) operations.push({ kind: "read", key, values: await readList(job, snapshot, key) });
    return operations;
  } finally {
    snapshot.release();
  }
}

/** @param {Job} job @param {Transaction} tx @param {string} key @param {number | undefined} value @returns {Promise<Operation[]>} */
async function runStep(job, tx, key, value) {
  const values = await readList(job, tx, key);
  /** @type {Operation} */
  const read = { kind: "read", key, values };
  if (value === undefined) return [read];
  if (job.lists === "range") {
    await tx.create("value", { list: key, place: values.length, value });
  } else if ((await tx.get(key)) === undefined) {
    await tx.create("list", { values: [value] }, { id: key });
  } else {
    await tx.update(key, { values: [...values, value] });
  }
  return [read, { kind: "append", key, value }];
}

/** @param {{ lists: "entity" | "range" }} job @param {Pick<Reads, "get" | "query">} reads @param {string} key @returns {Promise<number[]>} */
export async function readList({ lists }, reads, key) {
  if (lists === "entity") return /** @type {number[]} */ ((await reads.get(key))?.props["values"] ?? []);
  const rows = await reads.query("value").where("list", "=", key).orderBy("place").limit(longestAnswer).all();
  return rows.map(({ props }) => /** @type {number} */ (props["value"]));
}

class RolledBack extends Error {}

/** @param {unknown} error @returns {unknown} */
function codeOf(error) {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

/** On the clock all processes of a boot share. */
function nowUs() {
  return Number(process.hrtime.bigint() / 1_000n);
}
