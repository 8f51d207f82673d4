/** `knot doctor`. */
import type { GraphLawProblem } from "@knotwork/domain";
import type { CheckReport } from "@knotwork/graph";
import { type Command, defineCommand } from "../command.ts";
import { type Block, type Document, line, span, table } from "../output/document.ts";

export const doctor: Command = defineCommand({
  path: "doctor",
  summary: "Prove that the store is whole",
  details:
    "Checks every record and file of the store, that the indexes say what the log says, and the laws of the graph. Changes nothing. Exit code 6 when something is damaged; warnings are no damage.",
  args: {},
  options: {},
  examples: [{ line: "knot doctor --json", why: "problems with code, place and message" }],
  run: async (context) => {
    const knot = await context.read();
    const storage = await knot.graph.check();
    const laws = await knot.checkGraphLaws();
    const broken = laws.filter(({ severity }) => severity === "error");
    const ok = storage.ok && broken.length === 0;
    const count = storage.problems.length + broken.length;
    return {
      data: {
        ok,
        problems: [...storage.problems, ...broken],
        warnings: laws.filter(({ severity }) => severity === "warning"),
        counts: storage.counts,
      },
      document: () => doctorDocument(storage, laws),
      ...(ok
        ? {}
        : {
            failure: {
              code: "STORE_DAMAGED",
              message: `Cannot vouch for the store: ${count} ${count === 1 ? "problem" : "problems"} found`,
              hint: "Stop writing to it, keep a copy of the whole directory, and see docs/ERRORS.md, STORE_DAMAGED.",
            },
          }),
    };
  },
});

function doctorDocument(storage: CheckReport, laws: readonly GraphLawProblem[]): Document {
  const problems = [
    ...storage.problems.map(({ code, where, message }) => ({ severity: "error", code, where, message })),
    ...laws,
  ];
  const counts = Object.entries(storage.counts).map(([what, count]) => `${count} ${what}`);
  const damaged = problems.some(({ severity }) => severity === "error");
  return [
    line([
      damaged ? span("Damaged", "red") : span("Whole", "green"),
      counts.length === 0 ? "" : span(`  ${counts.join(", ")}`, "dim"),
    ]),
    ...(problems.length === 0 ? [] : [problemTable(problems)]),
  ];
}

function problemTable(problems: readonly { severity: string; code: string; where: string; message: string }[]): Block {
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
