/** What doctor finds and what a repair did, for people. */
import type { QuarantinedFile, RepairReport, SeqRange } from "@knotwork/graph";
import { type Block, type Document, fields, line, span, table } from "../output/document.ts";
import { byteCount } from "./byte-count.ts";

export interface SeenProblem {
  readonly severity: "error" | "warning";
  readonly code: string;
  readonly where: string;
  readonly message: string;
}

export function problemTable(problems: readonly SeenProblem[]): Block {
  return table(
    [
      { title: "severity" },
      { title: "code" },
      { title: "where", flexible: true },
      { title: "problem", flexible: true },
    ],
    problems.map(({ severity, code, where, message }) => [
      span(severity, severity === "error" ? "red" : "yellow"),
      code,
      where,
      message,
    ]),
  );
}

export function quarantineTable(files: readonly QuarantinedFile[]): Block {
  return table(
    [{ title: "file", flexible: true }, { title: "size", align: "right" }, { title: "kind" }],
    files.map(({ file, bytes, kind }) => [file, byteCount(bytes), kind]),
  );
}

export function repairDocument(report: RepairReport): Document {
  const { lost, damages, forged, recovered, edgesRemoved } = report;
  const versions = lost.versions.map(({ id, version }) => `${id} version ${version}`);
  return [
    line([
      span("Repaired copy ", "green"),
      span(report.path, "bold"),
      span(`  ${report.commits} commits, ${report.versions} versions`, "dim"),
    ]),
    line(
      report.isComplete
        ? span("Nothing was lost", "green")
        : span("Something was lost: see repair.json in the copy", "yellow"),
    ),
    fields([
      [
        "damage",
        damages.length === 0
          ? undefined
          : `${damages.length} places in ${new Set(damages.map(({ file }) => file)).size} files`,
      ],
      ["lost commits", lost.commits.length === 0 ? undefined : lost.commits.map(rangeText).join(", ")],
      ["lost versions", versions.length === 0 ? undefined : versions.slice(0, 10).join(", ")],
      ["in part", lost.partial.length === 0 ? undefined : `commits ${lost.partial.map(({ seq }) => seq).join(", ")}`],
      [
        "changed there",
        lost.ids.length === 0 ? undefined : [...new Set(lost.ids.flatMap(({ ids }) => ids))].slice(0, 10).join(", "),
      ],
      ["edited", forged.length === 0 ? undefined : `commits ${forged.map(({ seq }) => seq).join(", ")}`],
      ["recovered", recovered.length === 0 ? undefined : `${recovered.length} commits from the log`],
      ["edges removed", edgesRemoved.length === 0 ? undefined : edgesRemoved.join(", ")],
      ["check", report.check.ok ? span("whole", "green") : span("not whole", "red")],
    ]),
    line(span("The damaged store was not changed.", "dim")),
  ];
}

function rangeText({ from, through }: SeqRange): string {
  return from === through ? String(from) : `${from} to ${through}`;
}
