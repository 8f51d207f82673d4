/** `knot epic link`, `unlink`, `phase add`, `phase update`: what an epic is made of. */
import { type Knot, phaseStatuses } from "@knotwork/domain";
import { CliError } from "../cli-error.ts";
import { type ArgumentSpec, type Command, defineCommand } from "../command.ts";
import {
  choiceOption,
  idArgument,
  idsArgument,
  idsOption,
  integerOption,
  longTextOption,
  textArgument,
} from "../parsing/option-spec.ts";
import { epicLine } from "../views/epic-view.ts";
import { changeOptions, dryRunOptions, given, writeOptionsOf } from "./shared-options.ts";

const epicId: ArgumentSpec<string> = idArgument("epic", "The epic, or the end of its id");
const description = longTextOption("-d, --description <text>", "What the phase is for", {
  misspellings: ["--desc", "--body"],
});

export const epicLink: Command = defineCommand({
  path: "epic link",
  summary: "Put sprints and tasks into an epic",
  details: "All of them or none. A sprint may be named by its number.",
  args: { epic: epicId, members: idsArgument("member", "Sprints and tasks, or the ends of their ids") },
  options: { ...dryRunOptions, ...changeOptions },
  examples: [{ line: "knot epic link EPIC-nlu 12 7QK4ZB1M", why: "sprint 12 and a task" }],
  run: async (context, { epic, members, dryRun, ...write }) => {
    const knot = await context.write();
    const id = await knot.resolveId(epic, "epic");
    const ids = await memberIds(knot, members);
    const changed = await knot.epics.add(id, ids, { ...writeOptionsOf(context, write), dryRun });
    return {
      data: { epic: id, added: ids, dryRun },
      document: () => [epicLine(dryRun ? "Would link" : "Linked", changed, `${ids.length} added`)],
    };
  },
});

export const epicUnlink: Command = defineCommand({
  path: "epic unlink",
  summary: "Take sprints and tasks out of an epic",
  details: "They stay. All of them or none: NOT_FOUND when one is not in it.",
  args: { epic: epicId, members: idsArgument("member", "Sprints and tasks, or the ends of their ids") },
  options: { ...dryRunOptions, ...changeOptions },
  examples: [{ line: "knot epic unlink EPIC-nlu 7QK4ZB1M", why: "not a part of it" }],
  run: async (context, { epic, members, dryRun, ...write }) => {
    const knot = await context.write();
    const id = await knot.resolveId(epic, "epic");
    const ids = await memberIds(knot, members);
    const changed = await knot.epics.remove(id, ids, { ...writeOptionsOf(context, write), dryRun });
    return {
      data: { epic: id, removed: ids, dryRun },
      document: () => [epicLine(dryRun ? "Would unlink" : "Unlinked", changed, `${ids.length} removed`)],
    };
  },
});

export const epicPhaseAdd: Command = defineCommand({
  path: "epic phase add",
  summary: "Add a phase to an epic",
  details: "It comes after the others.",
  args: { epic: epicId, name: textArgument("name", "The name of the phase") },
  options: { description, ...changeOptions },
  examples: [{ line: "knot epic phase add EPIC-nlu Evaluation", why: "the last phase from now on" }],
  run: async (context, { epic, name, description: about, ...write }) => {
    const knot = await context.write();
    const id = await knot.resolveId(epic, "epic");
    const changed = await knot.epics.addPhase(
      id,
      { name, ...given({ description: about }) },
      writeOptionsOf(context, write),
    );
    return { data: changed, document: () => [epicLine("Added", changed, `phase ${name}`)] };
  },
});

export const epicPhaseUpdate: Command = defineCommand({
  path: "epic phase update",
  summary: "Change a phase: its status, its place, its sprints",
  args: { epic: epicId, phase: textArgument("phase", "The name or the number of the phase") },
  options: {
    status: choiceOption("-s, --status <status>", "Where it stands", phaseStatuses, { misspellings: ["--state"] }),
    order: integerOption(
      "--order <number>",
      "Its place, counted from 1",
      { min: 1, max: 10_000 },
      {
        misspellings: ["--position", "--number"],
      },
    ),
    description,
    addSprints: idsOption("--add-sprint <ids>", "Sprints that belong to it; they come into the epic, too", {
      misspellings: ["--sprint", "--sprints"],
    }),
    ...changeOptions,
  },
  examples: [{ line: "knot epic phase update EPIC-nlu Evaluation --status in_progress", why: "it has begun" }],
  run: async (context, { epic, phase, status, order, description: about, addSprints, ...write }) => {
    if ([status, order, about, addSprints].every((value) => value === undefined)) {
      throw new CliError("MISSING_ARGUMENT", "Cannot update the phase: nothing to change was given", {
        hint: "Add --status, --order, --description or --add-sprint.",
      });
    }
    const knot = await context.write();
    const sprints: string[] = [];
    for (const sprint of addSprints ?? []) sprints.push(await knot.sprints.resolve(sprint));
    const edit = { ...given({ status, order, description: about }), addSprints: sprints };
    const id = await knot.resolveId(epic, "epic");
    const changed = await knot.epics.updatePhase(id, phase, edit, writeOptionsOf(context, write));
    return { data: changed, document: () => [epicLine("Updated", changed, `phase ${phase}`)] };
  },
});

/** What is all digits is the number of a sprint. */
async function memberIds(knot: Knot, typed: readonly string[]): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const member of typed) {
    ids.push(/^\d{1,6}$/.test(member) ? await knot.sprints.resolve(member) : await knot.resolveId(member));
  }
  return ids;
}
