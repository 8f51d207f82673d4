/** The loss report of an import: nothing is dropped in silence. */
import type { ImportCounts, ImportReport, Tally } from "@knotwork/domain";
import type { CommandOutput } from "../command.ts";
import { type Document, fields, heading, line, span, table } from "../output/document.ts";

/** Refusals a person is shown; programs get all. */
const REFUSALS_SHOWN_MAX = 20;

export function importOutput(report: ImportReport): CommandOutput {
  return { data: report, document: () => importDocument(report) };
}

function importDocument(report: ImportReport): Document {
  const { system, read, nodes, edges, kept, repaired, notImported, deletedHere, refused } = report;
  const hidden = refused.length - REFUSALS_SHOWN_MAX;
  const refusedEdges = refused.filter(({ kind }) => kind === "edge").length;
  const counted = `${read} records read, ${refused.length - refusedEdges} refused, ${refusedEdges} edges refused`;
  return [
    line([span("Imported ", "green"), `${system}: ${counted}`]),
    ...counts("Nodes", nodes),
    ...counts("Edges", edges),
    ...tallies("Kept as it was, under extra", kept),
    ...tallies("Repaired", repaired),
    ...tallies("Not imported", notImported),
    ...(deletedHere.length === 0
      ? []
      : [
          heading(span("Deleted here, not made anew", "bold")),
          ...deletedHere.slice(0, REFUSALS_SHOWN_MAX).map((item) => line(`  ${item}`)),
        ]),
    ...(deletedHere.length > REFUSALS_SHOWN_MAX
      ? [line(span(`… and ${deletedHere.length - REFUSALS_SHOWN_MAX} more: see --json`, "dim"))]
      : []),
    ...(refused.length === 0
      ? []
      : [
          heading(span("Refused", "bold")),
          table(
            [{ title: "item", flexible: true }, { title: "code" }, { title: "reason", flexible: true }],
            refused.slice(0, REFUSALS_SHOWN_MAX).map(({ item, code, reason }) => [item, span(code, "yellow"), reason]),
          ),
          ...(hidden > 0 ? [line(span(`… and ${hidden} more: see --json`, "dim"))] : []),
        ]),
  ];
}

function counts(title: string, byType: Readonly<Record<string, ImportCounts>>): Document {
  const types = Object.entries(byType);
  if (types.length === 0) return [];
  return [
    heading(span(title, "bold")),
    fields(
      types.map(([type, { created, updated, unchanged }]): [string, string] => [
        type,
        `${created} created, ${updated} updated, ${unchanged} unchanged`,
      ]),
    ),
  ];
}

function tallies(title: string, entries: readonly Tally[]): Document {
  if (entries.length === 0) return [];
  return [
    heading(span(title, "bold")),
    fields(entries.map(({ what, count }): [string, string] => [what, String(count)])),
  ];
}
