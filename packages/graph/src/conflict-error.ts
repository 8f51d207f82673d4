import type { Conflict } from "./engine.ts";
import { GraphError } from "./graph-error.ts";

/**
 * Somebody else changed what a transaction read, or an entity is not at the version asked for (`ifVersion`). Code
 * CONFLICT. Nothing was changed. `retryable`: the same call may succeed when made again.
 */
export class ConflictError extends GraphError {
  /** The entity that changed, or the index in which a range changed. */
  readonly id: string | undefined;
  readonly index: string | undefined;
  readonly expectedVersion: number | undefined;
  readonly actualVersion: number | undefined;

  constructor(conflict: Conflict, options: { readonly attempts: number; readonly retryable: boolean }) {
    const { id, index, expectedVersion, actualVersion } = conflict;
    const { attempts, retryable } = options;
    const what = id === undefined ? `the range read in index "${index ?? "unknown"}" has changed` : versions(conflict);
    const after = attempts > 1 ? ` (after ${attempts} attempts)` : "";
    super("CONFLICT", `Cannot commit: ${what}${after}`, {
      hint: retryable ? "Read again and repeat the call." : "Read the entity again and decide on its present state.",
      retryable,
      context: { id, index, expectedVersion, actualVersion, attempts },
    });
    this.id = id;
    this.index = index;
    this.expectedVersion = expectedVersion;
    this.actualVersion = actualVersion;
  }
}

function versions({ id, expectedVersion, actualVersion }: Conflict): string {
  return `${id} is at version ${actualVersion ?? "unknown"}, expected ${expectedVersion ?? "unknown"}`;
}
