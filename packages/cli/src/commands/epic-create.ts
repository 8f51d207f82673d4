/** `knot epic create`, `epic update`. */
import { type EpicEdit, epicStatuses, priorities } from "@knotwork/domain";
import { type Command, defineCommand } from "../command.ts";
import {
  choiceOption,
  idArgument,
  idOption,
  integerOption,
  longTextOption,
  textArgument,
  textOption,
  textsOption,
  wordsOption,
} from "../parsing/option-spec.ts";
import { epicLine } from "../views/epic-view.ts";
import { editOptions, mergeEdits } from "./field-edits.ts";
import { changeOptions, given, retryOptions, writeOptionsOf } from "./shared-options.ts";

const fieldOptions = {
  description: longTextOption("-d, --description <text>", "What it is about", { misspellings: ["--desc", "--body"] }),
  priority: choiceOption("-p, --priority <level>", "How urgent it is", priorities, { misspellings: ["--prio"] }),
  category: textOption("-c, --category <word>", "What kind of work it is", { misspellings: ["--type", "--kind"] }),
  tags: wordsOption("--tags <words>", "Tags, comma-separated", { misspellings: ["--tag", "--labels"] }),
};

export const epicCreate: Command = defineCommand({
  path: "epic create",
  summary: "Create an epic",
  args: { title: textArgument("title", "The aim, in a line") },
  options: {
    ...fieldOptions,
    phases: textsOption("--phase <name>", "A phase, in their order", { misspellings: ["--phases"] }),
    id: idOption("--id <id>", "An id of your own instead of a new one"),
    ...retryOptions,
  },
  examples: [
    { line: 'knot epic create "Storage engine" --phase Format --phase Recovery', why: "an epic of two phases" },
  ],
  run: async (context, { title, phases = [], idempotencyKey, ...fields }) => {
    const knot = await context.write();
    const epic = await knot.epics.create(
      { title, ...given(fields), phases: phases.map((name) => ({ name })) },
      writeOptionsOf(context, { idempotencyKey }),
    );
    return { data: epic, document: () => [epicLine("Created", epic)] };
  },
});

const editable = {
  noun: "epic",
  fields: {
    title: "text",
    status: "text",
    description: "text",
    priority: "text",
    category: "text",
    tags: "words",
    phase: "number",
  },
} as const;

export const epicUpdate: Command = defineCommand({
  path: "epic update",
  summary: "Change fields of an epic",
  details: `Fields: ${Object.keys(editable.fields).join(", ")}. Its phases are changed by epic phase.`,
  args: { id: idArgument("id", "The epic, or the end of its id") },
  options: {
    title: textOption("-t, --title <text>", "The aim, in a line", { misspellings: ["--name"] }),
    status: choiceOption("-s, --status <status>", "Where it stands", epicStatuses, { misspellings: ["--state"] }),
    ...fieldOptions,
    phase: integerOption("--phase <number>", "The phase it is in", { min: 0, max: 10_000 }),
    ...editOptions(["description", "priority", "category", "tags", "phase"]),
    ...changeOptions,
  },
  examples: [{ line: "knot epic update 7QK4ZB1M --status completed", why: "the aim is reached" }],
  run: async (context, { id: typed, set, unset, ifVersion, idempotencyKey, ...named }) => {
    const edit = mergeEdits<EpicEdit>(editable, { named, set, unset });
    const knot = await context.write();
    const epic = await knot.epics.update(await knot.resolveId(typed, "epic"), edit, {
      ...given({ unset }),
      ...writeOptionsOf(context, { ifVersion, idempotencyKey }),
    });
    return { data: epic, document: () => [epicLine("Updated", epic, `version ${epic.version}`)] };
  },
});
