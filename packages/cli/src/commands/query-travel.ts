/** `knot query path`, `walk`, `neighbours`. */
import type { TravelOptions } from "@knotwork/domain";
import { CliError } from "../cli-error.ts";
import type { CommandContext } from "../command-context.ts";
import { type Command, type CommandOutput, defineCommand, type OptionSpec } from "../command.ts";
import { line, span } from "../output/document.ts";
import { momentOption } from "../parsing/moment.ts";
import { idArgument, integerOption, wordsOption } from "../parsing/option-spec.ts";
import { listDocument } from "../views/list-view.ts";
import { pathTable, walkTable } from "../views/query-view.ts";
import { given, listOptions } from "./shared-options.ts";

interface DirectionInput {
  readonly out?: readonly string[] | undefined;
  readonly in?: readonly string[] | undefined;
  readonly both?: readonly string[] | undefined;
}

type Types = OptionSpec<readonly string[] | undefined>;

const travelOptions: {
  readonly out: Types;
  readonly in: Types;
  readonly both: Types;
  readonly asOf: OptionSpec<number | Date | undefined>;
} = {
  out: wordsOption("--out <types>", "Follow edges of these types forward; any means every type", {
    misspellings: ["--type", "--outgoing", "--forward", "--edge"],
  }),
  in: wordsOption("--in <types>", "Follow edges of these types back", {
    misspellings: ["--incoming", "--back", "--reverse"],
  }),
  both: wordsOption("--both <types>", "Follow edges of these types both ways", { misspellings: ["--undirected"] }),
  asOf: momentOption("--as-of <moment>", "In the state at this commit, date or time"),
};

const depthOption = integerOption(
  "--depth <edges>",
  "Go at most so far",
  { min: 1, max: 1_000_000 },
  { misspellings: ["--max-depth", "--hops", "--levels"] },
);

export const queryPath: Command = defineCommand({
  path: "query path",
  summary: "Find a shortest path between two entities",
  details:
    "Along edges of every type, forward, unless --out, --in or --both say otherwise. An inverse spelling means the other direction: --out BLOCKS is --in DEPENDS_ON. Nothing found is an answer: data is null.",
  args: { from: idArgument("from", "Where it starts"), to: idArgument("to", "Where it leads") },
  options: { ...travelOptions, depth: depthOption },
  examples: [
    { line: "knot query path 7QK4ZB1M 9XW2T0RD --out DEPENDS_ON", why: "why the first waits for the second" },
    { line: "knot query path 7QK4ZB1M 9XW2T0RD --both any", why: "how the two are related at all" },
  ],
  run: async (context, { from, to, depth, asOf, ...directions }) => {
    const knot = await context.read();
    const found = await knot.queries.path(await knot.resolveId(from), await knot.resolveId(to), {
      ...directionsOf(directions),
      ...given({ maxDepth: depth, asOf }),
    });
    if (found === undefined) return { data: null, document: () => [line(span("No path.", "dim"))] };
    return { data: found, document: () => [pathTable(found)] };
  },
});

export const queryWalk: Command = defineCommand({
  path: "query walk",
  summary: "List what edges lead to from an entity",
  details: "Nearest first, each once. The direction is always said: --out, --in or --both, with types or any.",
  args: { id: idArgument("id", "Where it starts") },
  options: { ...travelOptions, depth: depthOption, limit: listOptions.limit },
  examples: [
    { line: "knot query walk 7QK4ZB1M --out DEPENDS_ON --depth 3", why: "what it waits for" },
    { line: "knot query walk 7QK4ZB1M --out BLOCKS,PARENT_OF -n 50", why: "what waits for it, and its parts" },
  ],
  run: (context, { id, depth, ...input }) => walked(context, { id, ...input, ...given({ maxDepth: depth }) }),
});

export const queryNeighbours: Command = defineCommand({
  path: "query neighbours",
  summary: "List what is one edge away from an entity",
  details: "Along edges of every type, both ways, unless --out, --in or --both say otherwise.",
  args: { id: idArgument("id", "Whose neighbours") },
  options: { ...travelOptions, limit: listOptions.limit },
  examples: [{ line: "knot query neighbours 7QK4ZB1M --in any", why: "what points at it" }],
  run: (context, { out, in: into, both, ...input }) => {
    const isOpen = out === undefined && into === undefined && both === undefined;
    return walked(context, { ...input, out, in: into, both: isOpen ? ["any"] : both, maxDepth: 1 });
  },
});

async function walked(
  context: CommandContext,
  {
    id,
    limit,
    asOf,
    maxDepth,
    ...directions
  }: DirectionInput & {
    readonly id: string;
    readonly limit: number;
    readonly asOf: number | Date | undefined;
    readonly maxDepth?: number;
  },
): Promise<CommandOutput> {
  const choice = directionsOf(directions);
  if (Object.keys(choice).length === 0) {
    throw new CliError("MISSING_ARGUMENT", "Cannot walk: no direction was given", {
      hint: "Add --out TYPE, --in TYPE or --both TYPE; any means every type.",
      context: { option: "--out" },
    });
  }
  const knot = await context.read();
  const found = await knot.queries.walk(await knot.resolveId(id), { ...choice, limit, ...given({ asOf, maxDepth }) });
  const page = { next: null, truncated: found.truncated };
  return {
    data: { items: found.items },
    page,
    document: () =>
      listDocument({ count: found.items.length, noun: "entity", page, rows: () => [walkTable(found.items)] }),
  };
}

function directionsOf({ out, in: into, both }: DirectionInput): TravelOptions {
  return given({ out, in: into, both });
}
