/** `knot query TYPE`. */
import { type FoundEntity, type GroupCount, isDomainError, type Knot, type TextQuery } from "@knotwork/domain";
import { CliError } from "../cli-error.ts";
import { type ArgumentSpec, type Command, type CommandOutput, defineCommand } from "../command.ts";
import { fields, line, span } from "../output/document.ts";
import { momentOption } from "../parsing/moment.ts";
import { nearest } from "../parsing/near-miss.ts";
import { flag, textOption, wordsOption } from "../parsing/option-spec.ts";
import { parseText } from "../parsing/values.ts";
import { foundTable, groupTable } from "../views/query-view.ts";
import { listDocument } from "../views/list-view.ts";
import { envelopePage, given, listOptions } from "./shared-options.ts";

const typeArgument: ArgumentSpec<string> = {
  name: "type",
  summary: "What to look for: task, decision, handoff, DEPENDS_ON …",
  arity: "required",
  read: (raw) => parseText("<type>", typeof raw === "string" ? raw : ""),
};

export const query: Command = defineCommand({
  path: "query",
  summary: "Find entities of a type by a condition",
  details:
    "A condition compares fields with values: =, !=, <, <=, >, >=, in (…), not in (…), contains (an element of a list), starts-with, is null, is not null; joined by and, or, not and parentheses. Values with blanks stand in quotes. Enums compare as declared: priority <= high means high and critical. See docs/QUERIES.md.",
  args: { type: typeArgument },
  options: {
    where: textOption("-w, --where <condition>", "Only those that meet it", {
      misspellings: ["--filter", "--query", "--condition", "--if"],
    }),
    order: wordsOption("--order <fields>", "Sort by these; -FIELD turns one round", {
      misspellings: ["--order-by", "--sort", "--sort-by"],
    }),
    desc: flag("--desc", "Turn the whole order round", { misspellings: ["--reverse", "--descending"] }),
    asOf: momentOption("--as-of <moment>", "In the state at this commit, date or time"),
    count: flag("--count", "Only say how many there are", { misspellings: ["--total", "--how-many"] }),
    by: textOption("--by <field>", "Only say how many there are with each value of this field", {
      misspellings: ["--group", "--group-by"],
    }),
    explain: flag("--explain", "Say how it was answered: the index, and what was read", { misspellings: ["--plan"] }),
    ...listOptions,
    // Here `--count` is an option of its own.
    limit: { ...listOptions.limit, misspellings: ["--max", "--top", "--first"] },
  },
  examples: [
    {
      line: "knot query task --where 'status = pending and priority in (high, critical)' --order priority -n 10",
      why: "the most urgent",
    },
    { line: "knot query task --where 'due < 2026-03-01 and completedAt is null' --by assignee", why: "who is late" },
    { line: "knot query decision --where 'status = accepted' --as-of 120 --explain", why: "at commit 120, and how" },
  ],
  run: async (context, { type, where, order, desc, asOf, count, by, explain, limit, after }) => {
    const knot = await context.read();
    const asked: TextQuery = { type, ...given({ where, asOf }), order: orderOf(order ?? [], desc) };
    assertOneAnswer({ "--count": count, "--by": by !== undefined, "--explain": explain });
    return await withSpelling(async () => {
      if (count) return await counted(knot, asked);
      if (by !== undefined) return await grouped(knot, { ...asked, by });
      if (explain) return await explained(knot, { ...asked, limit });
      return await listed(knot, { ...asked, limit, ...given({ after }) });
    });
  },
});

async function listed(
  knot: Knot,
  asked: TextQuery & { readonly limit: number; readonly after?: string },
): Promise<CommandOutput> {
  const found = await knot.queries.find(asked);
  const page = envelopePage(found);
  const items: readonly FoundEntity[] = found.items;
  return {
    data: { items },
    page,
    document: (look) =>
      listDocument({ count: items.length, noun: asked.type, page, rows: () => [foundTable(items, look)] }),
  };
}

async function counted(knot: Knot, asked: TextQuery): Promise<CommandOutput> {
  const total = await knot.queries.count(asked);
  return { data: { count: total }, document: () => [line(String(total))] };
}

async function grouped(knot: Knot, asked: TextQuery & { readonly by: string }): Promise<CommandOutput> {
  const items: readonly GroupCount[] = await knot.queries.groups(asked);
  const page = { next: null, truncated: false };
  return {
    data: { items },
    page,
    document: () =>
      listDocument({ count: items.length, noun: "group", page, rows: () => [groupTable(asked.by, items)] }),
  };
}

async function explained(knot: Knot, asked: TextQuery & { readonly limit: number }): Promise<CommandOutput> {
  const report = await knot.queries.explain(asked);
  return {
    data: report,
    document: () => [
      fields([
        ["index", span(report.index, "bold")],
        ["access", report.access === "seek" ? span("seek", "green") : span("scan", "yellow")],
        ["order", report.order === "index" ? "from the index" : "sorted in memory"],
        ["intervals", String(report.intervals)],
        ["keys read", String(report.keysRead)],
        ["rows read", String(report.rowsRead)],
        ["rows", String(report.rows)],
        ["file reads", String(report.fileReads ?? 0)],
      ]),
    ],
  };
}

/** `--desc` turns every term, those with a minus back. */
function orderOf(terms: readonly string[], isTurned: boolean): readonly string[] {
  if (!isTurned) return terms;
  return (terms.length === 0 ? ["id"] : terms).map((term) => (term.startsWith("-") ? term.slice(1) : `-${term}`));
}

function assertOneAnswer(asked: Readonly<Record<string, boolean>>): void {
  const named = Object.keys(asked).filter((label) => asked[label] === true);
  if (named.length <= 1) return;
  throw new CliError("INVALID_ARGUMENT", `Cannot answer ${named.join(" and ")} at once: each is an answer of its own`, {
    hint: "Run one command for each.",
    context: { options: named.join(",") },
  });
}

/** Adds what was probably meant to the error for a name that is not known. */
async function withSpelling<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!isDomainError(error, "INVALID_QUERY")) throw error;
    const { typed, candidates } = error.context;
    if (typeof typed !== "string" || typeof candidates !== "string") throw error;
    const near = nearest(typed, candidates.split(","));
    if (near === undefined) throw error;
    throw new CliError("INVALID_QUERY", error.message, {
      hint: `Did you mean ${near}? ${error.hint ?? ""}`.trim(),
      context: { ...error.context, suggestion: near },
      cause: error,
    });
  }
}
