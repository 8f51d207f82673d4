/** `knot edge add`, `list`, `remove`. */
import { edgeTypes, type EdgeView, inverseType, type Knot } from "@knotwork/domain";
import { CliError } from "../cli-error.ts";
import { type ArgumentSpec, type Command, defineCommand } from "../command.ts";
import { type Block, line, span, table } from "../output/document.ts";
import { nearest } from "../parsing/near-miss.ts";
import {
  flag,
  idArgument,
  idOption,
  jsonObjectOption,
  numberOption,
  optionalIdArgument,
  textOption,
} from "../parsing/option-spec.ts";
import { invalid, parseText } from "../parsing/values.ts";
import { listDocument } from "../views/list-view.ts";
import { shortIds } from "../views/short-ids.ts";
import { changeOptions, dryRunOptions, given, listOptions, writeOptionsOf } from "./shared-options.ts";

const spellings: readonly string[] = [...edgeTypes, ...edgeTypes.flatMap((type) => inverseType(type) ?? [])];

const typeArgument: ArgumentSpec<string> = {
  name: "type",
  summary: `Its type: ${spellings.join(", ")}, or one of your own`,
  arity: "required",
  read: (raw) => parseText("<type>", typeof raw === "string" ? raw : ""),
};

export const edgeAdd: Command = defineCommand({
  path: "edge add",
  summary: "Add an edge between two entities",
  details:
    "A BLOCKS B is B DEPENDS_ON A turned round: stored once, shown in both. An edge that is there already gets the properties given. A type that is nearly a known one is refused; --new-type says that you mean it.",
  args: { from: idArgument("from", "Where it starts"), type: typeArgument, to: idArgument("to", "Where it leads") },
  options: {
    weight: numberOption("--weight <number>", "How strong it is"),
    confidence: numberOption("--confidence <number>", "How sure it is, from 0 to 1"),
    properties: jsonObjectOption("--properties <json>", "Anything else, as a JSON object", {
      misspellings: ["--props", "--set"],
    }),
    newType: flag("--new-type", "The type is one of your own"),
    ...changeOptions,
  },
  examples: [{ line: "knot edge add 7QK4ZB1M DEPENDS_ON 9XW2T0RD", why: "the first waits for the second" }],
  run: async (context, { from, type, to, newType, ifVersion, idempotencyKey, ...props }) => {
    const knot = await context.write();
    if (!newType) await assertNoNearMiss(knot, type);
    const edge = await knot.edges.add(
      await knot.resolveId(from),
      type,
      await knot.resolveId(to),
      given(props),
      writeOptionsOf(context, { ifVersion, idempotencyKey }),
    );
    return { data: edge, document: () => [edgeLine("Added", edge)] };
  },
});

export const edgeList: Command = defineCommand({
  path: "edge list",
  summary: "List edges",
  details: "Of one entity, at either end, or by one end. An inverse spelling of a type means the same edges.",
  args: { id: optionalIdArgument("id", "The entity, or the end of its id") },
  options: {
    from: idOption("--from <id>", "Only edges that start here", { misspellings: ["--source", "--src"] }),
    to: idOption("--to <id>", "Only edges that lead here", { misspellings: ["--target", "--tgt"] }),
    type: textOption("--type <type>", "Only of this type", { misspellings: ["--kind"] }),
    drifted: flag("--drifted", "Only those of ID whose ends mean something else now", { misspellings: ["--stale"] }),
    ...listOptions,
  },
  examples: [
    { line: "knot edge list 7QK4ZB1M", why: "every edge of an entity" },
    { line: "knot edge list --to 7QK4ZB1M --type DEPENDS_ON", why: "what waits for it" },
  ],
  run: async (context, { id, from, to, type, drifted, limit, after }) => {
    if (id === undefined && from === undefined && to === undefined) {
      throw new CliError("MISSING_ARGUMENT", "Cannot list edges: no entity was named", {
        hint: "Name one: knot edge list ID, or --from ID, or --to ID.",
      });
    }
    const knot = await context.read();
    const resolve = async (typed: string | undefined): Promise<string | undefined> =>
      typed === undefined ? undefined : knot.resolveId(typed);
    const ends = { of: await resolve(id), from: await resolve(from), to: await resolve(to) };
    const all = await knot.edges.list(given({ ...ends, type }));
    const edges = drifted ? await onlyDrifted(knot, all, ends.of ?? ends.from ?? ends.to ?? "") : all;
    const start = after === undefined ? 0 : edges.findIndex((edge) => edge.id === after) + 1;
    if (after !== undefined && start === 0)
      throw invalid("--after", after, "it is not in this list any more", "Begin the list again.");
    const items = edges.slice(start, start + limit);
    const truncated = edges.length > start + items.length;
    const page = { truncated, next: truncated ? (items.at(-1)?.id ?? null) : null };
    return {
      data: { items },
      page,
      document: () => listDocument({ count: items.length, noun: "edge", page, rows: () => [edgeTable(items)] }),
    };
  },
});

async function onlyDrifted(knot: Knot, edges: readonly EdgeView[], id: string): Promise<readonly EdgeView[]> {
  const ids = new Set((await knot.drift.of(id)).map(({ edge }) => edge.id));
  return edges.filter((edge) => ids.has(edge.id));
}

export const edgeRemove: Command = defineCommand({
  path: "edge remove",
  summary: "Remove an edge",
  args: { from: idArgument("from", "Where it starts"), type: typeArgument, to: idArgument("to", "Where it leads") },
  options: { ...dryRunOptions, ...changeOptions },
  examples: [{ line: "knot edge remove 7QK4ZB1M DEPENDS_ON 9XW2T0RD", why: "it does not wait any more" }],
  run: async (context, { from, type, to, dryRun, ...write }) => {
    const knot = await context.write();
    const options = { ...writeOptionsOf(context, write), dryRun };
    const edge = await knot.edges.remove(await knot.resolveId(from), type, await knot.resolveId(to), options);
    return {
      data: { ...edge, dryRun },
      document: () => [edgeLine(dryRun ? "Would remove" : "Removed", edge)],
    };
  },
});

/** A slip of the finger would found a type of its own, which no rule knows. */
async function assertNoNearMiss(knot: Knot, type: string): Promise<void> {
  if (spellings.includes(type)) return;
  const known = [...spellings, ...(await knot.edges.types()).map(({ name }) => name)];
  const near = known.includes(type) ? undefined : nearest(type, known);
  if (near === undefined) return;
  throw new CliError(
    "UNKNOWN_TYPE",
    `Cannot add an edge of type ${JSON.stringify(type)}: there is no such type, but ${near}`,
    {
      hint: `Use ${near}, or add --new-type if it is meant to be another one.`,
      context: { type, suggestion: near },
    },
  );
}

function edgeLine(action: string, { from, type, to }: EdgeView): Block {
  return line([span(`${action} `, "green"), span(from, "bold"), ` ${type} `, span(to, "bold")]);
}

function edgeTable(edges: readonly EdgeView[]): Block {
  const short = shortIds(edges.flatMap(({ from, to }) => [from, to]));
  const hasWeights = edges.some(({ weight }) => weight !== undefined);
  return table(
    [
      { title: "from" },
      { title: "type" },
      { title: "to", flexible: true },
      ...(hasWeights ? [{ title: "weight", align: "right" } as const] : []),
    ],
    edges.map(({ from, type, to, weight }) => [
      short(from),
      type,
      short(to),
      ...(hasWeights ? [String(weight ?? "")] : []),
    ]),
  );
}
