/** What an import did, and what it could not take over: nothing is dropped in silence. */

export interface ImportReport {
  /** Where the data came from: "got", "beads", "plan", "git". */
  readonly system: string;
  /** Records read from the source. */
  readonly read: number;
  /** By node type. */
  readonly nodes: Readonly<Record<string, ImportCounts>>;
  /** By edge type, canonical. */
  readonly edges: Readonly<Record<string, ImportCounts>>;
  /** Data no field stands for, kept under `extra`: what and how often. */
  readonly kept: readonly Tally[];
  /** Data read in another sense than it was written: misspelt types, repeated edges … */
  readonly repaired: readonly Tally[];
  /** Parts of the source that are no records of the graph: history files, snapshots … */
  readonly notImported: readonly Tally[];
  /** Records and edges that were deleted here since an earlier import, by name: they are not made anew. */
  readonly deletedHere: readonly string[];
  /** Records and edges that were refused, each with the reason. */
  readonly refused: readonly Refusal[];
}

export interface ImportCounts {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
}

export interface Tally {
  readonly what: string;
  readonly count: number;
}

export interface Refusal {
  /** What was refused: a record (or a line that is none), or an edge between two. */
  readonly kind: "record" | "edge";
  /** The record, line or edge. */
  readonly item: string;
  readonly code: RefusalCode;
  readonly reason: string;
}

export type RefusalCode =
  | "NOT_JSON"
  | "CONFLICT_MARKER"
  | "NOT_A_RECORD"
  | "UNKNOWN_TYPE"
  | "REPEATED_ID"
  | "DANGLING_EDGE"
  | "CYCLE"
  | "INVALID_VALUE";

/** Collects what a parser meets. */
export class ImportLedger {
  readonly system: string;
  readonly #kept = new Map<string, number>();
  readonly #repaired = new Map<string, number>();
  readonly #notImported = new Map<string, number>();
  readonly #deletedHere: string[] = [];
  readonly #refused: Refusal[] = [];
  #read = 0;

  constructor(system: string) {
    this.system = system;
  }

  read(): void {
    this.#read += 1;
  }

  kept(what: string): void {
    count(this.#kept, what);
  }

  repaired(what: string): void {
    count(this.#repaired, what);
  }

  notImported(what: string): void {
    count(this.#notImported, what);
  }

  deletedHere(item: string): void {
    this.#deletedHere.push(item);
  }

  refuse(item: string, code: RefusalCode, reason: string): void {
    this.#refused.push({ kind: "record", item, code, reason });
  }

  refuseEdge(item: string, code: RefusalCode, reason: string): void {
    this.#refused.push({ kind: "edge", item, code, reason });
  }

  report(counts: Pick<ImportReport, "nodes" | "edges">): ImportReport {
    return {
      system: this.system,
      read: this.#read,
      ...counts,
      kept: sorted(this.#kept),
      repaired: sorted(this.#repaired),
      notImported: sorted(this.#notImported),
      deletedHere: [...this.#deletedHere],
      refused: [...this.#refused],
    };
  }
}

function count(tallies: Map<string, number>, what: string): void {
  tallies.set(what, (tallies.get(what) ?? 0) + 1);
}

function sorted(tallies: ReadonlyMap<string, number>): readonly Tally[] {
  return [...tallies].map(([what, count]) => ({ what, count })).sort((a, b) => (a.what < b.what ? -1 : 1));
}
