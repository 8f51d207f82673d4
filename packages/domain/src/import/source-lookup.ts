/** Finds imported records by where they came from. */
import type { Entity } from "@knotwork/graph";
import type { Reader } from "../reader.ts";
import type { RecordProps } from "../types/source.ts";

/** The types records are imported as; each has the index over (system, id). */
export const importableTypes = [
  "task",
  "epic",
  "sprint",
  "decision",
  "handoff",
  "note",
  "commit",
  "author",
  "file",
  "document",
  "layer",
  "team",
  "persona",
] as const;

export type ImportableType = (typeof importableTypes)[number];

export interface SourceKey {
  readonly system: string;
  readonly id: string;
}

export async function findBySource(
  reader: Reader,
  type: ImportableType,
  source: SourceKey,
): Promise<Entity<RecordProps> | undefined> {
  return reader.query(type).where("source.system", "=", source.system).where("source.id", "=", source.id).first();
}

/** The same, whatever its type. */
export async function findAnyBySource(reader: Reader, source: SourceKey): Promise<Entity<RecordProps> | undefined> {
  for (const type of importableTypes) {
    const found = await findBySource(reader, type, source);
    if (found !== undefined) return found;
  }
  return undefined;
}
