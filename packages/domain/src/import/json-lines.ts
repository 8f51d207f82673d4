/** Lines of JSON as they come out of repositories: conflict markers, torn lines and other damage included. */
import { type JsonObject, parseStrictJson } from "@knotwork/graph";
import type { ImportLedger } from "./import-report.ts";
import { isObject } from "./record-reader.ts";

export interface NumberedRecord {
  /** Counted from 1. */
  readonly line: number;
  readonly record: JsonObject;
}

const conflictMarker = /^(<{7}|={7}|>{7}|\|{7})( |$)/;

/** The objects among the lines; every other line that is not blank is refused with a reason. */
export function readJsonLines(text: string | Iterable<string>, ledger: ImportLedger): readonly NumberedRecord[] {
  const records: NumberedRecord[] = [];
  let line = 0;
  for (const raw of typeof text === "string" ? text.split("\n") : text) {
    line += 1;
    const trimmed = raw.trim();
    if (trimmed === "") continue;
    ledger.read();
    const record = readRecord(trimmed, `line ${line}`, ledger);
    if (record !== undefined) records.push({ line, record });
  }
  return records;
}

/** One JSON object; refused with a reason when the text is anything else. */
export function readRecord(text: string, item: string, ledger: ImportLedger): JsonObject | undefined {
  if (conflictMarker.test(text)) {
    ledger.refuse(item, "CONFLICT_MARKER", "it is a conflict marker that git left behind");
    return undefined;
  }
  try {
    const value = parseStrictJson(text);
    if (isObject(value)) return value;
    ledger.refuse(item, "NOT_A_RECORD", "it is no JSON object");
  } catch (error) {
    ledger.refuse(item, "NOT_JSON", error instanceof Error ? error.message : String(error));
  }
  return undefined;
}
