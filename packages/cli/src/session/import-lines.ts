/** What an import took over, kept and refused, in a few lines. */
import type { ImportReport } from "@knotwork/domain";

const shownMax = 3;

export function importLines(report: ImportReport): readonly string[] {
  const total = (counts: ImportReport["nodes"], what: "created" | "updated" | "unchanged"): number =>
    Object.values(counts).reduce((sum, one) => sum + one[what], 0);
  const { nodes, edges, system, read } = report;
  const lines = [
    `${system.padEnd(11)} ${read} records read: ${total(nodes, "created")} nodes and ${total(edges, "created")} edges created, ` +
      `${total(nodes, "unchanged") + total(edges, "unchanged")} there already`,
  ];
  for (const [what, tallies] of [
    ["kept as is", report.kept],
    ["repaired", report.repaired],
    ["left out", report.notImported],
  ] as const) {
    if (tallies.length === 0) continue;
    const shown = tallies.slice(0, shownMax).map((tally) => `${tally.count} × ${tally.what}`);
    lines.push(`  ${what}: ${shown.join("; ")}${more(tallies.length)}`);
  }
  if (report.refused.length > 0) {
    const shown = report.refused.slice(0, shownMax).map(({ item, reason }) => `${item} (${reason})`);
    lines.push(`  refused: ${report.refused.length}, as ${shown.join("; ")}${more(report.refused.length)}`);
  }
  return lines;
}

function more(count: number): string {
  return count > shownMax ? `; and ${count - shownMax} more` : "";
}
