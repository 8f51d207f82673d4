import { GraphError } from "./graph-error.ts";

/**
 * What stands behind a cursor is not what followed it when it was given: a loss of power, or a restored backup, took back
 * commits that were read before. Code `CURSOR_DIVERGED`.
 */
export class CursorDivergedError extends GraphError {
  constructor(seq: number, head: number) {
    super(
      "CURSOR_DIVERGED",
      seq > head
        ? `Cannot go on behind commit ${seq}: the store is at ${head}`
        : `Cannot go on behind commit ${seq}: another commit has that number now`,
      {
        hint: "Commits that were read are gone. Read the state you need again, then watch from now on.",
        context: { seq, head },
      },
    );
  }
}
