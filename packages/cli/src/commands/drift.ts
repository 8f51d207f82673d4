/** `knot drift`, `knot edge acknowledge`: entities that mean something else than when their edges were made. */
import type { DriftedEdge, DriftedEntity } from "@knotwork/domain";
import { type Command, defineCommand } from "../command.ts";
import { type Block, heading, line, span } from "../output/document.ts";
import { idArgument } from "../parsing/option-spec.ts";
import { changesText } from "../views/change-text.ts";
import { listDocument } from "../views/list-view.ts";
import { changeOptions, dryRunOptions, envelopePage, given, listOptions, writeOptionsOf } from "./shared-options.ts";

export const drift: Command = defineCommand({
  path: "drift",
  summary: "List entities that changed their meaning under their edges",
  details:
    "An edge remembers what title, description, purpose and rationale of both its ends said when it was made. Look whether it still holds, then remove it or acknowledge it: knot edge acknowledge ID.",
  args: {},
  options: listOptions,
  examples: [{ line: "knot drift", why: "what may not hold any more" }],
  run: async (context, page) => {
    const found = await (await context.read()).drift.report(given(page));
    const next = envelopePage(found);
    return {
      data: { items: found.items },
      page: next,
      document: () =>
        listDocument({
          count: found.items.length,
          noun: "entity with another meaning",
          page: next,
          rows: () => found.items.flatMap(entityBlocks),
        }),
    };
  },
});

export const edgeAcknowledge: Command = defineCommand({
  path: "edge acknowledge",
  summary: "Say that the edges of an entity hold although its meaning changed",
  details: "They are not reported as drifted until it changes again.",
  args: { id: idArgument("id", "The entity that changed, or the end of its id") },
  options: { ...dryRunOptions, ...changeOptions },
  examples: [{ line: "knot edge acknowledge 7QK4ZB1M", why: "somebody looked, and they are right" }],
  run: async (context, { id, dryRun, ...write }) => {
    const knot = await context.write();
    const options = { ...writeOptionsOf(context, write), dryRun };
    const { edges, ...rest } = await knot.drift.acknowledge(await knot.resolveId(id), options);
    return {
      data: { ...rest, edges, dryRun },
      document: () =>
        edges.length === 0
          ? [line(span("No edge of it has drifted.", "dim"))]
          : edges.map(({ from, type, to }) =>
              line([span(dryRun ? "Would acknowledge " : "Acknowledged ", "green"), `${from} ${type} ${to}`]),
            ),
    };
  },
});

function entityBlocks({ id, type, title, edges }: DriftedEntity): readonly Block[] {
  return [heading([span(id, "bold"), span(`  ${type}`, "cyan"), `  ${title}`]), ...edges.map(driftLine)];
}

export function driftLine({ edge, changes, heldAt }: DriftedEdge): Block {
  const since = heldAt === undefined ? "" : ` since version ${heldAt}`;
  return line([`  ${edge.from} ${edge.type} ${edge.to}`, span(`${since}: ${changesText(changes)}`, "dim")]);
}
