/** Where an imported record comes from: found by the index over (system, id), so that importing twice changes nothing. */
import type { JsonObject } from "@knotwork/graph";

export interface Source {
  /** "got", "beads", "plan", "git" … */
  readonly system: string;
  /** The id of the record there. */
  readonly id: string;
  /** Fingerprint of the record as it was there when it was last imported. */
  readonly digest: string;
}

/** What every record of the domain carries beside its own fields. */
export interface RecordProps {
  /**
   * When the record was made, ISO 8601 in UTC. The graph's own `createdAt` is the time of the commit: an imported
   * record was filed long before.
   */
  readonly filedAt: string;
  readonly filedBy?: string;
  readonly source?: Source;
  /** Data of an import that no field stands for, kept as it was. */
  readonly extra?: JsonObject;
}

/** The index by which imported records are found again. */
export const sourceIndex: readonly string[] = ["source.system", "source.id"];
