/** `knot prime`. */
import type { Prime, PrimeSection } from "@knotwork/domain";
import { type Command, defineCommand } from "../command.ts";
import { type Block, type Document, heading, type Inline, line, span } from "../output/document.ts";
import { integerOption, textOption } from "../parsing/option-spec.ts";
import { prioritySpan } from "../views/task-view.ts";
import { shortTime } from "../views/times.ts";
import { given } from "./shared-options.ts";

export const prime: Command = defineCommand({
  path: "prime",
  summary: "Show what an agent should know when it begins",
  details:
    "Who you are, what you hold, what was offered to you, what is ready, blocked and decided, and with --since what changed. A read: it changes nothing. It fits the budget; data.cut says what was left out.",
  args: {},
  options: {
    tokens: integerOption(
      "--tokens <count>",
      "How long the JSON may be; a token is four bytes (default 2000, or the setting prime.tokens)",
      { min: 200, max: 1_000_000 },
      { misspellings: ["--budget", "--max-tokens"] },
    ),
    since: textOption("--since <cursor>", "Add what changed since: `cursor` of an earlier prime", {
      misspellings: ["--after", "--cursor"],
    }),
  },
  examples: [
    { line: "knot prime --as agent-7", why: "at the start of a session" },
    { line: "knot prime --since 120 --tokens 800 --json", why: "later: what is new, in at most 3,200 bytes" },
  ],
  run: async (context, options) => {
    const primed = await (await context.read()).prime(given(options));
    return { data: primed, document: () => primeDocument(primed) };
  },
});

const TITLES: Readonly<Record<PrimeSection, string>> = {
  claims: "Yours",
  handoffs: "Offered to you",
  ready: "Ready",
  blocked: "Blocked",
  decisions: "Decided",
  changes: "Changed",
};

function primeDocument(primed: Prime): Document {
  const { me, claims, handoffs, ready, blocked, decisions, changes, cursor } = primed;
  const who = me === null ? "nobody (say who you are: --as NAME or KNOT_AGENT)" : [me.name, ...me.roles].join(", ");
  return [
    line([span("you ", "dim"), span(who, "bold"), span("   cursor ", "dim"), cursor]),
    ...section(primed, "claims", claims, ({ id, title, fence, expiresAt, expired }) => [
      span(id, "bold"),
      `  ${title}`,
      span(`  fence ${fence}, ${expired ? "ran out" : "until"} ${shortTime(expiresAt)}`, expired ? "red" : "dim"),
    ]),
    ...section(primed, "handoffs", handoffs, ({ id, task, from, instructions }) => [
      span(id, "bold"),
      `  ${task} from ${from}`,
      span(instructions === undefined ? "" : `  ${instructions}`, "dim"),
    ]),
    ...section(primed, "ready", ready, ({ id, title, priority }) => [
      span(id, "bold"),
      "  ",
      prioritySpan(priority),
      `  ${title}`,
    ]),
    ...section(primed, "blocked", blocked, ({ id, title, reason }) => [
      span(id, "bold"),
      `  ${title}`,
      span(reason === undefined ? "" : `  ${reason}`, "dim"),
    ]),
    ...section(primed, "decisions", decisions, ({ id, title }) => [span(id, "bold"), `  ${title}`]),
    ...section(primed, "changes", changes, ({ id, type, by, deleted }) => [
      span(type, "dim"),
      ` ${id}`,
      span(`${deleted ? " deleted" : ""} by ${by}`, "dim"),
    ]),
  ];
}

function section<Item>(
  { cut }: Prime,
  name: PrimeSection,
  items: readonly Item[],
  row: (item: Item) => Inline,
): readonly Block[] {
  const left = cut.find((each) => each.section === name);
  if (items.length === 0 && left === undefined) return [];
  const more = left === undefined ? [] : [line(span(`  … and ${left.more ?? "some"} more`, "dim"))];
  return [heading(span(TITLES[name], "bold")), ...items.map((item) => line(indented(row(item)))), ...more];
}

function indented(content: Inline): Inline {
  return typeof content === "string" || "text" in content ? ["  ", content] : ["  ", ...content];
}
