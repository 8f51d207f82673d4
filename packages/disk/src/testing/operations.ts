/** The calls a disk answers, as the testing disks see, count and interrupt them. */

/** Calls that change what is stored, or what of it is durable. */
export const MUTATING_CALLS = [
  "create",
  "makeDirectory",
  "removeDirectory",
  "rename",
  "syncData",
  "syncDirectory",
  "truncate",
  "unlink",
  "write",
] as const;

export type MutatingCall = (typeof MUTATING_CALLS)[number];

/** `open` is the opening of a file that exists, `create` of one that did not; both syncs of a file are `syncData`. */
export type DiskCall =
  | MutatingCall
  | "close"
  | "fileSystemType"
  | "list"
  | "lockDirectory"
  | "open"
  | "read"
  | "realPath"
  | "stat"
  | "tryLock"
  | "unlock"
  | "watchDirectory";

export interface DiskOperation {
  /** The simulated process that calls. */
  readonly process: string;
  readonly call: DiskCall;
  /** Absolute; of a rename, the old name. */
  readonly path: string;
}

export function isMutating(call: DiskCall): call is MutatingCall {
  return (MUTATING_CALLS as readonly string[]).includes(call);
}

/** How often what was called. */
export class OperationCounts {
  readonly #counts: Map<string, { readonly operation: DiskOperation; count: number }> = new Map();

  add(operation: DiskOperation): void {
    const key = `${operation.call}\0${operation.process}\0${operation.path}`;
    const entry = this.#counts.get(key);
    if (entry === undefined) this.#counts.set(key, { operation, count: 1 });
    else entry.count += 1;
  }

  /** The number of operations that agree with `filter` in every field it has. */
  of(filter: Partial<DiskOperation>): number {
    let total = 0;
    for (const { operation, count } of this.#counts.values()) {
      if (filter.call !== undefined && filter.call !== operation.call) continue;
      if (filter.process !== undefined && filter.process !== operation.process) continue;
      if (filter.path !== undefined && filter.path !== operation.path) continue;
      total += count;
    }
    return total;
  }

  reset(): void {
    this.#counts.clear();
  }
}
