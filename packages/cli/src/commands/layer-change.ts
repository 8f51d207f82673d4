/** `knot layer create`, `update`, `revert`, `delete`: layers and their content. */
import { freshnessStatuses, inclusionRules, type LayerEdit, layerKinds } from "@knotwork/domain";
import { type Command, defineCommand } from "../command.ts";
import {
  choiceOption,
  idArgument,
  idOption,
  integerOption,
  longTextOption,
  required,
  textArgument,
  textOption,
  wordsOption,
} from "../parsing/option-spec.ts";
import { layerLine } from "../views/layer-view.ts";
import { editOptions, mergeEdits } from "./field-edits.ts";
import { idToDelete } from "./resolve-ids.ts";
import { changeOptions, given, retryOptions, writeOptionsOf } from "./shared-options.ts";

const layerId = idArgument("id", "The layer, or the end of its id");
const rationale = textOption("-r, --rationale <text>", "Why the content is so", {
  misspellings: ["--reason", "--why", "--message"],
});
const fieldOptions = {
  inclusion: choiceOption("-i, --inclusion <rule>", "When it is included", inclusionRules, {
    misspellings: ["--rule"],
  }),
  branches: wordsOption("-b, --branches <patterns>", "Branches it is for, such as feature/*; comma-separated", {
    misspellings: ["--branch"],
  }),
  modules: wordsOption("-m, --modules <names>", "Modules it is for, comma-separated", { misspellings: ["--module"] }),
  decayDays: integerOption(
    "--decay-days <days>",
    "Stale so many days after its content was written",
    { min: 0, max: 36_500 },
    {
      misspellings: ["--decay", "--ttl"],
    },
  ),
};

export const layerCreate: Command = defineCommand({
  path: "layer create",
  summary: "Create a context layer",
  details:
    "Layers of one kind and section are variants of one another: of those that hold for a branch, the one with the most telling branch pattern is taken. Rules: always; context (a branch pattern or a module must fit); user_pref (a persona must ask for the section).",
  args: { section: textArgument("section", "What it is about, in a word") },
  options: {
    kind: required(
      choiceOption("-k, --kind <kind>", "Its kind, from the first read to the last", layerKinds, {
        misspellings: ["--type", "--layer"],
      }),
    ),
    content: required(longTextOption("-c, --content <text>", "What it says", { misspellings: ["--text", "--body"] })),
    title: textOption("-t, --title <text>", "Its title; default: the section"),
    ...fieldOptions,
    rationale,
    id: idOption("--id <id>", "An id of your own instead of a new one"),
    ...retryOptions,
  },
  examples: [
    { line: 'knot layer create style --kind core --content "Two spaces, no tabs"', why: "included always" },
    { line: "knot layer create wal -k contextual -i context -m wal -c - < wal.md", why: "for those who work on wal" },
  ],
  run: async (context, { section, idempotencyKey, kind, content, ...fields }) => {
    const knot = await context.write();
    const layer = { section, kind, content, ...given(fields) };
    const created = await knot.layers.create(layer, writeOptionsOf(context, { idempotencyKey }));
    return { data: created, document: () => [layerLine("Created", created)] };
  },
});

const unsettable = ["decayDays", "branches", "modules", "regenerationTrigger"] as const;

export const layerUpdate: Command = defineCommand({
  path: "layer update",
  summary: "Change a context layer",
  details:
    "New content is a new version of it, fresh from now; the versions before are kept. Fields: title, section, content, inclusion, freshness, branches, modules, decayDays, regenerationTrigger.",
  args: { id: layerId },
  options: {
    title: textOption("-t, --title <text>", "Its title"),
    section: textOption("--section <name>", "What it is about, in a word"),
    content: longTextOption("-c, --content <text>", "What it says", { misspellings: ["--text", "--body"] }),
    ...fieldOptions,
    freshness: choiceOption("-f, --freshness <status>", "Whether it holds still", freshnessStatuses, {
      misspellings: ["--status", "--state"],
    }),
    regenerationTrigger: textOption("--trigger <text>", "What makes it stale", { misspellings: ["--regenerate-on"] }),
    rationale,
    ...editOptions(unsettable),
    ...changeOptions,
  },
  examples: [{ line: 'knot layer update 7QK4ZB1M -c - -r "The format changed" < rules.md', why: "the next version" }],
  run: async (context, { id: typed, set, unset, rationale: why, ifVersion, idempotencyKey, ...named }) => {
    const fields = {
      title: "text",
      section: "text",
      content: "text",
      inclusion: "text",
      freshness: "text",
      branches: "words",
      modules: "words",
      decayDays: "number",
      regenerationTrigger: "text",
    } as const;
    const edit = mergeEdits<LayerEdit>({ noun: "layer", fields }, { named, set, unset });
    const knot = await context.write();
    const layer = await knot.layers.update(
      await knot.resolveId(typed, "layer"),
      { ...edit, ...given({ rationale: why }) },
      {
        ...given({ unset }),
        ...writeOptionsOf(context, { ifVersion, idempotencyKey }),
      },
    );
    return { data: layer, document: () => [layerLine("Updated", layer, `content version ${layer.contentVersion}`)] };
  },
});

export const layerRevert: Command = defineCommand({
  path: "layer revert",
  summary: "Give a layer the content it had in another version",
  details: "It becomes a new version; nothing is taken out of the history.",
  args: { id: layerId },
  options: {
    to: required(
      integerOption(
        "--to <version>",
        "The content version",
        { min: 1, max: 1_000_000 },
        { misspellings: ["--version-number"] },
      ),
    ),
    rationale,
    ...changeOptions,
  },
  examples: [{ line: "knot layer revert 7QK4ZB1M --to 2", why: "as it was in version 2" }],
  run: async (context, { id: typed, to, rationale: why, ...write }) => {
    const knot = await context.write();
    const id = await knot.resolveId(typed, "layer");
    const layer = await knot.layers.revert(id, to, { ...given({ rationale: why }), ...writeOptionsOf(context, write) });
    return { data: layer, document: () => [layerLine("Reverted", layer, `content version ${layer.contentVersion}`)] };
  },
});

export const layerDelete: Command = defineCommand({
  path: "layer delete",
  summary: "Delete a context layer",
  details: "Its history stays. Personas and teams that name it go without it.",
  args: { id: layerId },
  options: changeOptions,
  examples: [{ line: "knot layer delete 7QK4ZB1M --if-version 3", why: "unless somebody changed it" }],
  run: async (context, { id: typed, ...write }) => {
    const knot = await context.write();
    const layer = await knot.layers.delete(
      await idToDelete(knot, typed, { type: "layer", idempotencyKey: write.idempotencyKey }),
      { ...writeOptionsOf(context, write), named: typed },
    );
    return { data: layer, document: () => [layerLine("Deleted", layer)] };
  },
});
