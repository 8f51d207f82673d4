/** `knot show`: any entity, as it is or as it was. */
import type { Note, SeenEdge, ShownEntity } from "@knotwork/domain";
import { isEdge } from "@knotwork/graph";
import { type Command, defineCommand } from "../command.ts";
import { type Block, type Document, fields, heading, line, span, text } from "../output/document.ts";
import { idArgument } from "../parsing/option-spec.ts";
import { momentOption } from "../parsing/moment.ts";
import { shortTime } from "../views/times.ts";
import { knownId } from "./resolve-ids.ts";
import { given } from "./shared-options.ts";

/** Texts up to so many characters stand beside their name, longer ones below it. */
const INLINE_LENGTH_MAX = 60;

export const show: Command = defineCommand({
  path: "show",
  summary: "Show any entity, as it is or as it was",
  details:
    "Every stored field, its edges and notes. With --as-of the state at a commit, or at the last one up to a time; a deleted entity is named by its whole id.",
  args: { id: idArgument("id", "The entity, or the end of its id") },
  options: {
    asOf: momentOption("--as-of <moment>", "A seq, a date, or an ISO 8601 time", { misspellings: ["--at", "--seq"] }),
  },
  examples: [
    { line: "knot show 7QK4ZB1M", why: "whatever it is" },
    { line: "knot show 7QK4ZB1M --as-of 3", why: "as it was at commit 3" },
  ],
  run: async (context, { id, asOf }) => {
    const knot = await context.read();
    const shown = await knot.show(await knownId(knot, id), given({ asOf }));
    return {
      data: {
        ...shown,
        edges: shown.edges.map(({ direction, reads, other, edge }) => ({ direction, type: reads, other, id: edge.id })),
      },
      document: () => entityDocument(shown),
    };
  },
});

function entityDocument({ entity, edges, notes }: ShownEntity): Document {
  const props = Object.entries(entity.props);
  const ends: [string, string][] = isEdge(entity)
    ? [
        ["from", entity.from],
        ["to", entity.to],
      ]
    : [];
  const long = props.filter(([, value]) => isLong(value));
  return [
    line([span(entity.id, "bold"), span(`  ${entity.type}`, "cyan")]),
    fields([
      ...ends,
      ...props.filter(([, value]) => !isLong(value)).map(([name, value]): [string, string] => [name, valueText(value)]),
      ["version", `${entity.version}, seq ${entity.seq}, ${shortTime(entity.updatedAt)} by ${entity.author}`],
    ]),
    ...long.flatMap(([name, value]) => [heading(span(name, "bold")), text(valueText(value, 2))]),
    ...(edges.length === 0 ? [] : [heading(span("Edges", "bold")), ...edges.map(edgeLine)]),
    ...(notes.length === 0 ? [] : [heading(span("Notes", "bold")), ...notes.flatMap(noteBlocks)]),
  ];
}

function isLong(value: unknown): boolean {
  return valueText(value).length > INLINE_LENGTH_MAX || (typeof value === "string" && value.includes("\n"));
}

function valueText(value: unknown, indent?: number): string {
  return typeof value === "string" ? value : JSON.stringify(value, undefined, indent);
}

function edgeLine({ direction, reads, other }: SeenEdge): Block {
  return line([direction === "out" ? "  " : "  ← ", span(reads, "dim"), ` ${other}`]);
}

function noteBlocks({ createdAt, createdBy, kind, text: body }: Note): readonly Block[] {
  const who = createdBy === undefined ? "" : ` by ${createdBy}`;
  return [line([span(`  ${shortTime(createdAt)}${who}`, "dim"), span(`  ${kind}`, "cyan")]), text(body)];
}
