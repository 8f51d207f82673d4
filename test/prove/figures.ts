/**
 * What a proof reached, for the table of `npm run prove`: each proof adds lines to the file that `KNOT_FIGURES` names, and
 * `scripts/prove-table.mjs` reads them. Without that variable nothing is written.
 */
import { appendFileSync } from "node:fs";

/** What went wrong in a proof, by kind. All are zero, or the proof failed. */
export interface Failures {
  /** Something acknowledged was not there. */
  readonly lost: number;
  /** Something was there in part, or twice. */
  readonly halfApplied: number;
  /** An answer was wrong, or an error did not say the truth. */
  readonly wrong: number;
  /** Something did not end by its deadline. */
  readonly hangs: number;
}

export interface Figure extends Partial<Failures> {
  /** The row of the table: a name in `scripts/prove-goals.mjs`. */
  readonly proof: string;
  /** What was proved in particular, such as one workload. Lines with the same part are added up. */
  readonly part: string;
  /** How many of what the row counts: states, faults, kills, histories, bytes, mutants. */
  readonly count: number;
  /** Other figures for the reader, such as `transactions: 400000`. Added up too. */
  readonly also?: Readonly<Record<string, number>>;
}

/** Whether the proofs run at their full size: by `npm run prove`, not in `npm test`. */
export const isFullSize: boolean = process.env["KNOT_LONG"] === "1";

/** One size for the suite, another for the long command. */
export function sized<T>(suite: T, full: T): T {
  return isFullSize ? full : suite;
}

/** Adds a line to the figures, and shows it. */
export function recordFigure(figure: Figure): void {
  const also = Object.entries(figure.also ?? {}).map(([name, value]) => `, ${value} ${name}`);
  console.log(`${figure.proof}: ${figure.part}: ${figure.count}${also.join("")}`);
  const path = process.env["KNOT_FIGURES"];
  if (path !== undefined) appendFileSync(path, `${JSON.stringify(figure)}\n`);
}

/**
 * Runs a proof and adds its figure, also when it fails: then with one failure of the kind that `stage` was at.
 *
 * `run` sets `at.kind` to what it is about to look for, and gives the figure.
 */
export async function proveWithFigure(
  row: Pick<Figure, "proof" | "part">,
  run: (at: { kind: keyof Failures }) => Promise<Pick<Figure, "count" | "also">>,
): Promise<void> {
  const at: { kind: keyof Failures } = { kind: "wrong" };
  try {
    recordFigure({ ...row, ...(await run(at)) });
  } catch (error) {
    recordFigure({ ...row, count: 0, [at.kind]: 1 });
    throw error;
  }
}
