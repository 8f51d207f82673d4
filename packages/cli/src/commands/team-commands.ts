/** `knot team create`, `list`, `show`, `update`. */
import type { Knot, Team, TeamFields } from "@knotwork/domain";
import { found } from "../command-context.ts";
import { type Command, defineCommand } from "../command.ts";
import { type Document, fields, line, span } from "../output/document.ts";
import { idsOption, longTextOption, textArgument, textOption, wordsOption } from "../parsing/option-spec.ts";
import { namedTable } from "../views/layer-view.ts";
import { listDocument } from "../views/list-view.ts";
import { shortTime } from "../views/times.ts";
import { editOptions, mergeEdits } from "./field-edits.ts";
import { pageOfItems } from "./page-of-items.ts";
import { resolveIds } from "./resolve-ids.ts";
import { changeOptions, given, listOptions, retryOptions, writeOptionsOf } from "./shared-options.ts";

const teamArgument = textArgument("team", "Its name, its id or the end of it");
const fieldOptions = {
  description: longTextOption("-d, --description <text>", "What it does", { misspellings: ["--desc", "--body"] }),
  parent: textOption("--parent <team>", "The team it is a part of: name or id", { misspellings: ["--part-of"] }),
  branches: wordsOption("-b, --branches <patterns>", "Branches its layers are for, comma-separated", {
    misspellings: ["--branch"],
  }),
  modules: wordsOption("-m, --modules <names>", "Modules it works on, comma-separated", { misspellings: ["--module"] }),
  layers: idsOption("--layers <ids>", "Layers it adds", { misspellings: ["--layer"] }),
  members: wordsOption("--members <names>", "Agents and people, comma-separated", { misspellings: ["--member"] }),
};

export const teamCreate: Command = defineCommand({
  path: "team create",
  summary: "Create a team",
  details: "Its name is its own. The layers it adds hold on its branches; what it is a part of adds its own.",
  args: { name: textArgument("name", "The name of the team") },
  options: { ...fieldOptions, ...retryOptions },
  examples: [{ line: "knot team create storage --members ada,bo --modules wal", why: "a team of two" }],
  run: async (context, { name, idempotencyKey, ...input }) => {
    const knot = await context.write();
    const team = await knot.teams.create(
      { name, ...(await resolved(knot, given(input))) },
      writeOptionsOf(context, { idempotencyKey }),
    );
    return { data: team, document: () => teamDocument("Created", team) };
  },
});

export const teamList: Command = defineCommand({
  path: "team list",
  summary: "List teams",
  args: {},
  options: listOptions,
  examples: [{ line: "knot team list", why: "by name" }],
  run: async (context, paging) => {
    const knot = await context.read();
    const { items, page } = pageOfItems(await knot.teams.list(), paging, ({ id }) => id);
    const about = (team: { readonly description?: string }): string => team.description ?? "";
    return {
      data: { items },
      page,
      document: () => listDocument({ count: items.length, noun: "team", page, rows: () => [namedTable(items, about)] }),
    };
  },
});

export const teamShow: Command = defineCommand({
  path: "team show",
  summary: "Show one team, and the teams it is a part of",
  args: { team: teamArgument },
  options: {},
  examples: [{ line: "knot team show storage", why: "members, layers, branches" }],
  run: async (context, { team: typed }) => {
    const knot = await context.read();
    const id = await knot.teams.resolve(typed);
    const team = found(await knot.teams.get(id), "team", id);
    const lineage = (await knot.teams.lineage(id)).map(({ name }) => name);
    return { data: { ...team, lineage }, document: () => teamDocument("", team, lineage) };
  },
});

export const teamUpdate: Command = defineCommand({
  path: "team update",
  summary: "Change a team",
  details: "Refused with CYCLE when it would become a part of itself.",
  args: { team: teamArgument },
  options: {
    name: textOption("-t, --name <text>", "Its name", { misspellings: ["--title"] }),
    ...fieldOptions,
    ...editOptions(["description", "parent", "branches", "modules", "layers", "members"]),
    ...changeOptions,
  },
  examples: [{ line: "knot team update storage --parent company", why: "a part of it from now on" }],
  run: async (context, { team: typed, set, unset, ifVersion, idempotencyKey, ...named }) => {
    const kinds = {
      name: "text",
      description: "text",
      parent: "text",
      branches: "words",
      modules: "words",
      layers: "words",
      members: "words",
    } as const;
    const edit = mergeEdits<Partial<TeamFields>>({ noun: "team", fields: kinds }, { named, set, unset });
    const knot = await context.write();
    const team = await knot.teams.update(await knot.teams.resolve(typed), await resolved(knot, edit), {
      ...given({ unset }),
      ...writeOptionsOf(context, { ifVersion, idempotencyKey }),
    });
    return { data: team, document: () => teamDocument("Updated", team) };
  },
});

/** Names and ends of ids to ids. */
async function resolved<Fields extends Partial<TeamFields>>(knot: Knot, fields: Fields): Promise<Fields> {
  const { parent, layers } = fields;
  return {
    ...fields,
    ...(parent === undefined ? {} : { parent: await knot.teams.resolve(parent) }),
    ...(layers === undefined ? {} : { layers: await resolveIds(knot, layers, "layer") }),
  };
}

function teamDocument(action: string, team: Team, lineage: readonly string[] = []): Document {
  return [
    line([span(action === "" ? "" : `${action} `, "green"), span(team.id, "bold"), `  ${team.name}`]),
    fields([
      ["about", team.description],
      ["part of", lineage.length > 1 ? lineage.slice(1).join(" ← ") : team.parent],
      ["members", team.members?.join(", ")],
      ["branches", team.branches?.join(", ")],
      ["modules", team.modules?.join(", ")],
      ["layers", team.layers?.join(", ")],
      ["created", shortTime(team.createdAt)],
    ]),
  ];
}
