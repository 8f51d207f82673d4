/** A history of list transactions by eight processes or threads at once, recorded, and what it is worth as evidence. */
import { type Durability, openGraph } from "@knotwork/graph";
import { expect } from "vitest";
import { recordFigure } from "../prove/figures.ts";
import { runChildren } from "./child-processes.ts";
import { runWorkers } from "./worker-threads.ts";
import { checkHistory } from "../isolation/check-history.ts";
import type { Anomaly, History } from "../isolation/history.ts";
import { listTypes, readList } from "./children/list-transactions.mjs";

export interface HistoryPlan {
  readonly storeDir: string;
  readonly lists: "entity" | "range";
  readonly durability: Durability;
  readonly count: number;
  readonly seed: number;
  readonly checkpointEvery: number;
}

interface Recorded {
  readonly history: History;
  readonly attempts: number;
}

interface Evidence {
  readonly anomalies: readonly Anomaly[];
  readonly transactions: number;
  /** Share of attempts that were conflicts. */
  readonly conflictRate: number;
  /** Share of committed appends that some read saw. */
  readonly observedShare: number;
}

const writers = 8;

/** Records a history and expects it to be clean, and to be worth something. */
export async function proveHistory(plan: HistoryPlan, by: "processes" | "threads"): Promise<void> {
  const evidence = await recordHistory(plan, (jobOf) =>
    by === "processes"
      ? runChildren<Recorded>("record-lists.mjs", writers, jobOf)
      : runWorkers<Recorded>("record-lists-worker.mjs", writers, jobOf),
  );
  const { anomalies, transactions, conflictRate, observedShare } = evidence;
  const about = `seed ${plan.seed}: ${transactions} transactions, ${(conflictRate * 100).toFixed(1)} % of attempts conflicted`;
  recordFigure({
    proof: "histories",
    part: `8 ${by}, lists by ${plan.lists}, ${plan.durability}`,
    count: 1,
    also: { transactions },
    wrong: anomalies.length,
  });
  expect(anomalies, about).toEqual([]);
  expect(transactions, about).toBe(writers * plan.count + 1);
  // A history without conflicts, or of which little was seen, proves nothing.
  expect(conflictRate, about).toBeGreaterThanOrEqual(0.05);
  expect(observedShare, about).toBeGreaterThanOrEqual(0.98);
}

type Job = HistoryPlan & { readonly writer: number; readonly keys: number };

/** @param run starts the writers together and gives what each recorded */
async function recordHistory(
  plan: HistoryPlan,
  run: (jobOf: (writer: number) => Job) => Promise<readonly Recorded[]>,
): Promise<Evidence> {
  const graph = await openGraph({ dir: plan.storeDir, create: true, types: listTypes(plan) });
  try {
    const answers = await run((writer) => ({ ...plan, writer, keys: 4, seed: plan.seed * 1_000 + writer }));
    const history = answers.flatMap((answer) => answer.history);
    const keys = new Set(history.flatMap(({ operations }) => operations.map(({ key }) => key)));
    const startedAt = Number(process.hrtime.bigint() / 1_000n);
    const operations = [];
    for (const key of keys) operations.push({ kind: "read" as const, key, values: await readList(plan, graph, key) });
    const last = { name: "last", startedAt, endedAt: startedAt + 1, outcome: "committed" as const, operations };
    const report = await graph.check();
    expect(report.problems, `seed ${plan.seed}`).toEqual([]);
    return evidenceOf(
      [...history, last],
      answers.reduce((sum, { attempts }) => sum + attempts, 0),
    );
  } finally {
    await graph.close();
  }
}

function evidenceOf(history: History, attempts: number): Evidence {
  const appends = new Set<number>();
  const seen = new Set<number>();
  let writing = 0;
  for (const { outcome, operations, name } of history) {
    const appended = operations.flatMap((operation) => (operation.kind === "append" ? [operation.value] : []));
    if (outcome === "committed") for (const value of appended) appends.add(value);
    if (appended.length > 0 || outcome === "aborted") writing += 1;
    if (outcome !== "committed" || name === "last") continue;
    for (const operation of operations)
      if (operation.kind === "read") for (const value of operation.values) seen.add(value);
  }
  return {
    anomalies: checkHistory(history),
    transactions: history.length,
    conflictRate: (attempts - writing) / attempts,
    observedShare: [...appends].filter((value) => seen.has(value)).length / appends.size,
  };
}
