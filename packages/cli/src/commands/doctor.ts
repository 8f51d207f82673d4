/** `knot doctor`. */
import { resolve } from "node:path";
import type { GraphLawProblem } from "@knotwork/domain";
import { type CheckProblem, type InspectReport, inspectStore, KnotworkError, repairStore } from "@knotwork/graph";
import type { CommandContext } from "../command-context.ts";
import { type Command, type CommandOutput, defineCommand } from "../command.ts";
import { exitCodeOf, EXIT_DAMAGED } from "../exit-codes.ts";
import { type Document, heading, line, span } from "../output/document.ts";
import { textOption } from "../parsing/option-spec.ts";
import { problemTable, quarantineTable, repairDocument } from "../views/doctor-view.ts";
import { keepingOptionsOf } from "./keeping-options.ts";

export const doctor: Command = defineCommand({
  path: "doctor",
  summary: "Prove that the store is whole",
  details:
    "Scans every file by its documented format, compares the scan with what the engine answers, checks that history, log and indexes say the same, and the laws of the graph. Says what lies in quarantine. Changes nothing. Exit code 6 when something is damaged; warnings are no damage. With --repair what can be read is written to a new store, with a report of what was lost (repair.json); the damaged one is only read.",
  args: {},
  options: {
    repair: textOption("--repair <directory>", "Write a repaired copy to a directory that does not exist", {
      misspellings: ["--fix", "--recover"],
    }),
  },
  examples: [
    { line: "knot doctor --json", why: "problems with code, place and message" },
    { line: "knot doctor --repair ../repaired/.knot", why: "what can be read, as a new store" },
  ],
  run: async (context, { repair }) => (repair === undefined ? examine(context) : repairTo(context, repair)),
});

async function examine(context: CommandContext): Promise<CommandOutput> {
  const scan = await inspectStore(context.storeDirectory, keepingOptionsOf(context));
  const { problems: found, counts, laws } = await checkOpened(context);
  const storage = distinct([...scan.problems, ...found]);
  const broken = laws.filter(({ severity }) => severity === "error");
  const problems = [...storage, ...broken];
  const warnings = laws.filter(({ severity }) => severity === "warning");
  const ok = problems.length === 0;
  return {
    data: {
      ok,
      problems,
      warnings,
      counts: { ...scan.counts, ...counts },
      quarantine: scan.quarantine,
    },
    document: () => doctorDocument({ scan, counts: { ...scan.counts, ...counts }, storage, laws }),
    ...(ok
      ? {}
      : {
          failure: {
            code: "STORE_DAMAGED",
            message: `Cannot vouch for the store: ${problems.length} ${problems.length === 1 ? "problem" : "problems"} found`,
            hint: "Nothing was changed. Write what can be read to a copy: knot doctor --repair DIR",
          },
        }),
  };
}

interface Checked {
  readonly problems: readonly CheckProblem[];
  readonly counts: Readonly<Record<string, number>>;
  readonly laws: readonly GraphLawProblem[];
}

/** What the engine itself says; of a store that cannot be opened the scan has said why. */
async function checkOpened(context: CommandContext): Promise<Checked> {
  try {
    const knot = await context.read();
    const { problems, counts } = await knot.graph.check();
    return { problems, counts, laws: await knot.checkGraphLaws() };
  } catch (error) {
    if (!(error instanceof KnotworkError) || exitCodeOf(error.code) !== EXIT_DAMAGED) throw error;
    return { problems: [{ code: error.code, where: "store", message: error.message }], counts: {}, laws: [] };
  }
}

async function repairTo(context: CommandContext, directory: string): Promise<CommandOutput> {
  const report = await repairStore({
    from: context.storeDirectory,
    to: resolve(context.environment.cwd, directory),
    ...keepingOptionsOf(context),
  });
  return {
    data: { ...report, damages: report.damages.slice(0, SHOWN_MAX), recovered: report.recovered.length },
    document: () => repairDocument(report),
  };
}

const SHOWN_MAX = 100;

function distinct(problems: readonly CheckProblem[]): readonly CheckProblem[] {
  return [
    ...new Map(problems.map((problem) => [`${problem.code} ${problem.where} ${problem.message}`, problem])).values(),
  ];
}

interface Findings {
  readonly scan: InspectReport;
  readonly counts: Readonly<Record<string, number>>;
  readonly storage: readonly CheckProblem[];
  readonly laws: readonly GraphLawProblem[];
}

function doctorDocument({ scan, counts, storage, laws }: Findings): Document {
  const problems = [...storage.map((problem) => ({ severity: "error" as const, ...problem })), ...laws];
  const damaged = problems.some(({ severity }) => severity === "error");
  const counted = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${count} ${what}`);
  return [
    line([
      damaged ? span("Damaged", "red") : span("Whole", "green"),
      counted.length === 0 ? "" : span(`  ${counted.join(", ")}`, "dim"),
    ]),
    ...(problems.length === 0 ? [] : [problemTable(problems)]),
    ...(scan.quarantine.length === 0
      ? []
      : [heading("Quarantine: cut off or replaced, never acknowledged as durable"), quarantineTable(scan.quarantine)]),
  ];
}
