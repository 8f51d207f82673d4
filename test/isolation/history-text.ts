/**
 * Histories as text, a transaction a line: `A 0-10: x+1 y[1 2]` ran from 0 to 10, appended 1 to x, then read y as [1 2].
 * After the times, `aborted` or `unknown` says how it ended.
 */
import type { History, Operation, RecordedTransaction } from "./history.ts";

export function parseHistory(text: string): History {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map(parseTransaction);
}

function parseTransaction(line: string): RecordedTransaction {
  const parts = /^(\S+) (\d+)-(\d+)(?: (aborted|unknown))?:(.*)$/.exec(line);
  if (parts === null) throw new TypeError(`Cannot read the transaction ${JSON.stringify(line)}`);
  const [, name = "", startedAt, endedAt, outcome = "committed", operations = ""] = parts;
  return {
    name,
    startedAt: Number(startedAt),
    endedAt: Number(endedAt),
    outcome: outcome as RecordedTransaction["outcome"],
    operations: [...operations.matchAll(/(\w+)(?:\+(\d+)|\[([\d ]*)\])/g)].map(parseOperation),
  };
}

function parseOperation([, key = "", value, values]: RegExpMatchArray): Operation {
  if (value !== undefined) return { kind: "append", key, value: Number(value) };
  return { kind: "read", key, values: (values ?? "").split(" ").filter(Boolean).map(Number) };
}
