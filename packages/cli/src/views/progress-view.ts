/** How far something has come: a bar on terminals, the same in words everywhere. */
import type { TaskCounts } from "@knotwork/domain";
import type { Look } from "../command.ts";
import { type Span, span } from "../output/document.ts";

const BAR_CELLS = 10;

/** `████░░░░░░  40%`, or `40%` in a pipe. */
export function percentSpans(percent: number, { symbols }: Look): readonly (string | Span)[] {
  const number = `${percent}%`.padStart(4);
  if (!symbols) return [number.trim()];
  const filled = Math.round((percent * BAR_CELLS) / 100);
  const style = percent === 100 ? "green" : "cyan";
  return [span("█".repeat(filled), style), span("░".repeat(BAR_CELLS - filled), "dim"), ` ${number}`];
}

/** `3/5`: completed of those that are wanted. */
export function fractionOf({ total, byStatus }: TaskCounts): string {
  return `${byStatus.completed}/${total - byStatus.cancelled}`;
}

/** `2 pending, 1 in progress`; statuses without tasks are left out. */
export function countsText({ byStatus }: TaskCounts): string {
  const parts = Object.entries(byStatus).filter(([, count]) => count > 0);
  return parts.length === 0
    ? "none"
    : parts.map(([status, count]) => `${count} ${status.replace("_", " ")}`).join(", ");
}
