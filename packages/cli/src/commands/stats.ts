/** `knot stats`. */
import type { Stats } from "@knotwork/domain";
import { type Command, defineCommand } from "../command.ts";
import { type Document, fields, heading, line, span } from "../output/document.ts";

export const stats: Command = defineCommand({
  path: "stats",
  summary: "Count what the store holds",
  args: {},
  options: {},
  examples: [{ line: "knot stats --json", why: "entities by type and status, claims, the last commit" }],
  run: async (context) => {
    const counted = await (await context.read()).stats();
    const store = context.storeDirectory;
    return { data: { store, ...counted }, document: () => statsDocument(store, counted) };
  },
});

function statsDocument(store: string, { byType, byStatus, ready, readyMore, claims, seq }: Stats): Document {
  const types = Object.entries(byType).filter(([, count]) => count > 0);
  return [
    line([span("store ", "dim"), store]),
    line([
      span("commits ", "dim"),
      String(seq),
      span("   ready ", "dim"),
      `${ready}${readyMore ? "+" : ""}`,
      span("   claims ", "dim"),
      `${claims.live} live, ${claims.expired} run out`,
    ]),
    heading(span("Entities", "bold")),
    fields(
      types.length === 0
        ? [["none", "0"]]
        : types.map(([type, count]): [string, string] => [type, countText(count, byStatus[type])]),
    ),
  ];
}

function countText(count: number, statuses: Readonly<Record<string, number>> = {}): string {
  const parts = Object.entries(statuses).filter(([, number]) => number > 0);
  return parts.length === 0
    ? String(count)
    : `${count}  (${parts.map(([status, number]) => `${number} ${status}`).join(", ")})`;
}
