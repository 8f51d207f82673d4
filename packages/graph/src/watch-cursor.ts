/** Cursors of the change feed as text: `SEQ.MARK`. To users they are opaque. */
import type { LogPosition } from "./engine.ts";
import { GraphError } from "./graph-error.ts";

const CURSOR = /^(0|[1-9][0-9]{0,14})\.([0-9A-Za-z]{1,64})$/;

export function formatWatchCursor({ seq, mark }: Required<LogPosition>): string {
  return `${seq}.${mark}`;
}

/** @throws GraphError INVALID_CURSOR for a text that is no cursor; RangeError for a number that is no seq */
export function parseWatchCursor(after: string | number): LogPosition {
  if (typeof after === "number") {
    if (Number.isSafeInteger(after) && after >= 0) return { seq: after };
    throw new RangeError(`Cannot watch after ${after}: give a cursor or the seq of a commit`);
  }
  const [, seq, mark] = CURSOR.exec(after) ?? [];
  if (seq !== undefined && mark !== undefined) return { seq: Number(seq), mark };
  throw new GraphError("INVALID_CURSOR", `Cannot watch after ${JSON.stringify(after)}: it is no cursor of a commit`, {
    hint: "Give the cursor of a commit that was watched, or the number of a commit.",
  });
}
