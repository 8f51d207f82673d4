/** `knot batch`. */
import { resolve } from "node:path";
import type { BatchItem, BatchResult } from "@knotwork/domain";
import { parseStrictJson } from "@knotwork/graph";
import { CliError } from "../cli-error.ts";
import type { CommandContext } from "../command-context.ts";
import { type ArgumentSpec, type Command, defineCommand } from "../command.ts";
import { line, span } from "../output/document.ts";
import { readSourceText } from "./import-source.ts";
import { dryRunOptions, given, retryOptions } from "./shared-options.ts";

const fileArgument: ArgumentSpec<string | undefined> = {
  name: "file",
  summary: "JSON lines; default, or -: standard input",
  arity: "optional",
  read: (raw) => (typeof raw === "string" ? raw : undefined),
};

export const batch: Command = defineCommand({
  path: "batch",
  summary: "Run several changes as one transaction",
  details:
    'One JSON object a line: {"op":"task create","ref":"a","title":"…"}. `op` is the name of a command that changes tasks, decisions, handoffs, edges or notes, the other fields are those of the library; `ref` names what is made, and "$a" stands for its id in later lines. All happen, or none: a failure names every line that failed, with its code.',
  args: { file: fileArgument },
  options: { ...dryRunOptions, ...retryOptions },
  examples: [
    { line: "knot batch plan.jsonl --dry-run", why: "check a plan without changing anything" },
    {
      line: `echo '{"op":"task create","title":"Measure it"}' | knot batch --idempotency-key plan-7`,
      why: "from a program; safe to repeat",
    },
  ],
  run: async (context, { file, dryRun, idempotencyKey }) => {
    const items = parseItems(await readText(context, file));
    const knot = await context.write();
    const { results } = await knot.batch(items, { dryRun, ...context.writeWish, ...given({ idempotencyKey }) });
    return {
      data: { items: results, dryRun },
      document: () => [
        line([span(dryRun ? "Would do " : "Done ", "green"), `${results.length} in one commit`]),
        ...results.map(resultLine),
      ],
    };
  },
});

function resultLine({ op, ref, id, fence, token }: BatchResult): ReturnType<typeof line> {
  return line([
    `  ${op}  `,
    span(id, "bold"),
    span(ref === undefined ? "" : `  $${ref}`, "dim"),
    span(fence === undefined ? "" : `  fence ${fence}`, "dim"),
    token === undefined ? "" : `  token ${token}`,
  ]);
}

async function readText({ environment, disk }: CommandContext, file: string | undefined): Promise<string> {
  if (file !== undefined && file !== "-") return readSourceText(disk, resolve(environment.cwd, file));
  const text = await environment.readInput();
  if (text !== undefined) return text;
  throw new CliError("MISSING_ARGUMENT", "Cannot run the batch: there is no input, standard input is a terminal", {
    hint: "Give a file: knot batch FILE, or pipe the lines in.",
  });
}

/** @throws CliError BATCH_FAILED naming every line that is no JSON object; MISSING_ARGUMENT when there is none */
function parseItems(text: string): readonly BatchItem[] {
  const items: BatchItem[] = [];
  const failures: object[] = [];
  for (const [index, row] of text.split(/\r?\n/).entries()) {
    if (row.trim() === "") continue;
    const failure = { item: index + 1, code: "INVALID_ARGUMENT" };
    try {
      const value = parseStrictJson(row);
      if (typeof value === "object" && value !== null && !Array.isArray(value)) items.push(value as BatchItem);
      else failures.push({ ...failure, message: "the line is no JSON object" });
    } catch (error) {
      failures.push({ ...failure, message: error instanceof Error ? error.message : String(error) });
    }
  }
  if (failures.length > 0) {
    throw new CliError("BATCH_FAILED", `Cannot run the batch: ${failures.length} lines are no JSON objects`, {
      hint: 'Write one object a line, such as {"op":"task create","title":"…"}; context.failures names the lines.',
      context: { failures },
    });
  }
  if (items.length > 0) return items;
  throw new CliError("MISSING_ARGUMENT", "Cannot run the batch: it is empty", { hint: "Give at least one JSON line." });
}
