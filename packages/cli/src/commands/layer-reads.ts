/** `knot layer list`, `show`, `versions`, `diff`: layers and what they said before. */
import { freshnessStatuses, layerKinds } from "@knotwork/domain";
import { found } from "../command-context.ts";
import { type Command, defineCommand } from "../command.ts";
import { line, span } from "../output/document.ts";
import { choiceOption, idArgument, integerOption, textOption } from "../parsing/option-spec.ts";
import { briefLayer, diffDocument, layerDocument, layerTable, versionTable } from "../views/layer-view.ts";
import { listDocument } from "../views/list-view.ts";
import { pageOfItems } from "./page-of-items.ts";
import { given, listOptions } from "./shared-options.ts";

const layerId = idArgument("id", "The layer, or the end of its id");
const VERSIONS = { min: 1, max: 1_000_000 };

export const layerList: Command = defineCommand({
  path: "layer list",
  summary: "List context layers",
  details: "In the order they are read: core first. Without their content.",
  args: {},
  options: {
    kind: choiceOption("-k, --kind <kind>", "Only these", layerKinds, { misspellings: ["--type", "--layer"] }),
    section: textOption("--section <name>", "Only this section"),
    freshness: choiceOption("-f, --freshness <status>", "Only these", freshnessStatuses, {
      misspellings: ["--status"],
    }),
    branch: textOption("-b, --branch <name>", "Only those that are for this branch", { misspellings: ["--branches"] }),
    ...listOptions,
  },
  examples: [{ line: "knot layer list --freshness stale", why: "what has to be written anew" }],
  run: async (context, { limit, after, ...filter }) => {
    const knot = await context.read();
    const { items, page } = pageOfItems(await knot.layers.list(given(filter)), { limit, after }, ({ id }) => id);
    return {
      data: { items: items.map(briefLayer) },
      page,
      document: () => listDocument({ count: items.length, noun: "layer", page, rows: () => [layerTable(items)] }),
    };
  },
});

export const layerShow: Command = defineCommand({
  path: "layer show",
  summary: "Show one layer with its content",
  args: { id: layerId },
  options: {
    at: integerOption("--at <version>", "Its content as it was in this content version", VERSIONS, {
      misspellings: ["--content-version", "--as-of"],
    }),
  },
  examples: [{ line: "knot layer show 7QK4ZB1M --at 2", why: "what it said in version 2" }],
  run: async (context, { id: typed, at }) => {
    const knot = await context.read();
    const id = await knot.resolveId(typed, "layer");
    const layer = found(await knot.layers.get(id), "layer", id);
    if (at === undefined) return { data: layer, document: () => layerDocument(layer) };
    const { version, content } = await knot.layers.at(id, at);
    return {
      data: { ...layer, content, contentVersion: at, contentHash: version.contentHash, at: version },
      document: () => [
        line(span(`Content version ${at} of ${version.at}, by ${version.by}`, "dim")),
        ...layerDocument(layer, content),
      ],
    };
  },
});

export const layerVersions: Command = defineCommand({
  path: "layer versions",
  summary: "List what a layer said before, and why it was changed",
  args: { id: layerId },
  options: listOptions,
  examples: [{ line: "knot layer versions 7QK4ZB1M", why: "one line for each content" }],
  run: async (context, { id: typed, ...paging }) => {
    const knot = await context.read();
    const versions = await knot.layers.versions(await knot.resolveId(typed, "layer"));
    const { items, page } = pageOfItems(versions, paging, ({ contentVersion }) => String(contentVersion));
    return {
      data: { items },
      page,
      document: () => listDocument({ count: items.length, noun: "version", page, rows: () => [versionTable(items)] }),
    };
  },
});

export const layerDiff: Command = defineCommand({
  path: "layer diff",
  summary: "Compare two contents of a layer",
  details: "Without versions the newest with the one before.",
  args: { id: layerId },
  options: {
    from: integerOption("--from <version>", "The older content version", VERSIONS, { misspellings: ["--old", "--a"] }),
    to: integerOption("--to <version>", "The newer one", VERSIONS, { misspellings: ["--new", "--b"] }),
  },
  examples: [{ line: "knot layer diff 7QK4ZB1M --from 1 --to 3", why: "line by line" }],
  run: async (context, { id: typed, ...versions }) => {
    const knot = await context.read();
    const diff = await knot.layers.diff(await knot.resolveId(typed, "layer"), given(versions));
    return {
      data: diff,
      document: () => [
        line([
          span(`version ${diff.from} → ${diff.to}  `, "bold"),
          span(`+${diff.added}`, "green"),
          " ",
          span(`-${diff.removed}`, "red"),
          diff.rationale === undefined ? "" : `  ${diff.rationale}`,
        ]),
        ...diffDocument(diff.lines),
      ],
    };
  },
});
