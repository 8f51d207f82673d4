/** `knot edge types`, `knot edge declare`: the types that edges have. */
import type { EdgeType } from "@knotwork/domain";
import { type Command, defineCommand } from "../command.ts";
import { type Block, line, span, table } from "../output/document.ts";
import { flag, longTextOption, textArgument } from "../parsing/option-spec.ts";
import { changeOptions, given, writeOptionsOf } from "./shared-options.ts";

export const edgeTypeList: Command = defineCommand({
  path: "edge types",
  summary: "List the types of edges, and how many there are of each",
  details: "Those with a meaning here, in both spellings; those declared with knot edge declare; others in use.",
  args: {},
  options: {},
  examples: [{ line: "knot edge types", why: "which words to use" }],
  run: async (context) => {
    const items = await (await context.read()).edges.types();
    return { data: { items }, page: { next: null, truncated: false }, document: () => [typeTable(items)] };
  },
});

export const edgeDeclare: Command = defineCommand({
  path: "edge declare",
  summary: "Declare an edge type of your own",
  details:
    "What it means, and with --acyclic that its edges never lead back to where they started: one that would is refused with the path. Declaring again changes the declaration.",
  args: { name: textArgument("name", "Its name, in capitals: PRECEDES") },
  options: {
    description: longTextOption("-d, --description <text>", "What it means", { misspellings: ["--meaning"] }),
    acyclic: flag("--acyclic", "Refuse edges that would close a circle", { misspellings: ["--no-cycles", "--dag"] }),
    ...changeOptions,
  },
  examples: [
    {
      line: 'knot edge declare PRECEDES -d "comes earlier in time" --acyclic',
      why: "a rule for all who add such edges",
    },
  ],
  run: async (context, { name, description, acyclic, ...write }) => {
    const knot = await context.write();
    const options = writeOptionsOf(context, write);
    const declared = await knot.edges.declareType({ name, acyclic, ...given({ description }) }, options);
    return { data: declared, document: () => [line([span("Declared ", "green"), span(declared.name, "bold")])] };
  },
});

function typeTable(types: readonly EdgeType[]): Block {
  return table(
    [
      { title: "type" },
      { title: "inverse" },
      { title: "origin" },
      { title: "edges", align: "right" },
      { title: "circles" },
      { title: "meaning", flexible: true },
    ],
    types.map(({ name, inverse = "", origin, count, acyclic, description = "" }) => [
      span(name, "bold"),
      inverse,
      span(origin, "dim"),
      String(count),
      acyclic ? "refused" : "",
      description,
    ]),
  );
}
