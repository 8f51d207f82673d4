/** `knot persona create`, `list`, `show`, `update`. */
import type { Knot, Persona, PersonaEdit, PersonaFields } from "@knotwork/domain";
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

const personaArgument = textArgument("persona", "Its name, its id or the end of it");
const fieldOptions = {
  role: textOption("--role <word>", "developer, qa, devops …"),
  description: longTextOption("-d, --description <text>", "How it works", { misspellings: ["--desc", "--body"] }),
  team: textOption("--team <team>", "Its team: name or id"),
  inheritsFrom: textOption("--inherits-from <persona>", "The persona that says what this one does not", {
    misspellings: ["--inherits", "--parent", "--extends"],
  }),
  want: wordsOption("--want <sections>", "Sections it wants, comma-separated", {
    misspellings: ["--prefer", "--include"],
  }),
  unwanted: wordsOption("--without <sections>", "Sections it does not want, comma-separated", {
    misspellings: ["--not"],
  }),
  defaultBranch: textOption("--default-branch <name>", "Its branch when none is named", { misspellings: ["--branch"] }),
  defaultModules: wordsOption("--default-modules <names>", "Its modules when none are named, comma-separated", {
    misspellings: ["--modules"],
  }),
  customLayers: idsOption("--layers <ids>", "Layers it has in any case", {
    misspellings: ["--layer", "--custom-layers"],
  }),
  excludedLayers: idsOption("--exclude <ids>", "Layers it has in no case", {
    misspellings: ["--excluded", "--excluded-layers"],
  }),
};

export const personaCreate: Command = defineCommand({
  path: "persona create",
  summary: "Create a persona",
  details: "Its name is its own. knot layer resolve --persona NAME tells which layers it has, and why.",
  args: { name: textArgument("name", "The name of the persona") },
  options: { ...fieldOptions, ...retryOptions },
  examples: [
    { line: "knot persona create tester --inherits-from developer --without style", why: "a developer without style" },
  ],
  run: async (context, { name, idempotencyKey, want, unwanted, ...input }) => {
    const knot = await context.write();
    const preferences = wishes(want, unwanted);
    const persona = await knot.personas.create(
      { name, ...(await resolved(knot, given(input))), ...given({ preferences }) },
      writeOptionsOf(context, { idempotencyKey }),
    );
    return { data: persona, document: () => personaDocument("Created", persona) };
  },
});

export const personaList: Command = defineCommand({
  path: "persona list",
  summary: "List personas",
  args: {},
  options: listOptions,
  examples: [{ line: "knot persona list", why: "by name" }],
  run: async (context, paging) => {
    const knot = await context.read();
    const { items, page } = pageOfItems(await knot.personas.list(), paging, ({ id }) => id);
    const about = (item: { readonly description?: string; readonly role?: string }): string =>
      [item.role, item.description].filter((part) => part !== undefined).join(": ");
    return {
      data: { items },
      page,
      document: () =>
        listDocument({ count: items.length, noun: "persona", page, rows: () => [namedTable(items, about)] }),
    };
  },
});

export const personaShow: Command = defineCommand({
  path: "persona show",
  summary: "Show one persona, and those it inherits from",
  args: { persona: personaArgument },
  options: {},
  examples: [{ line: "knot persona show tester", why: "wishes, layers, team" }],
  run: async (context, { persona: typed }) => {
    const knot = await context.read();
    const id = await knot.personas.resolve(typed);
    const persona = found(await knot.personas.get(id), "persona", id);
    const lineage = (await knot.personas.lineage(id)).map(({ name }) => name);
    return { data: { ...persona, lineage }, document: () => personaDocument("", persona, lineage) };
  },
});

export const personaUpdate: Command = defineCommand({
  path: "persona update",
  summary: "Change a persona",
  details:
    "--want and --without change these wishes and leave the others. Refused with CYCLE when it would inherit from itself.",
  args: { persona: personaArgument },
  options: {
    name: textOption("-t, --name <text>", "Its name", { misspellings: ["--title"] }),
    ...fieldOptions,
    ...editOptions([
      "role",
      "description",
      "team",
      "inheritsFrom",
      "preferences",
      "defaultBranch",
      "defaultModules",
      "customLayers",
      "excludedLayers",
    ]),
    ...changeOptions,
  },
  examples: [{ line: "knot persona update tester --want tips --unset team", why: "one wish more, no team" }],
  run: async (context, { persona: typed, set, unset, want, unwanted, ifVersion, idempotencyKey, ...named }) => {
    const write = { ifVersion, idempotencyKey };
    const kinds = {
      name: "text",
      role: "text",
      description: "text",
      team: "text",
      inheritsFrom: "text",
      preferences: "text",
      defaultBranch: "text",
      defaultModules: "words",
      customLayers: "words",
      excludedLayers: "words",
    } as const;
    const knot = await context.write();
    const id = await knot.personas.resolve(typed);
    const all = { ...named, wishes: wishes(want, unwanted) };
    const edit = mergeEdits<PersonaEdit>({ noun: "persona", fields: kinds }, { named: all, set, unset });
    const options = { ...given({ unset }), ...writeOptionsOf(context, write) };
    const persona = await knot.personas.update(id, await resolved(knot, edit), options);
    return { data: persona, document: () => personaDocument("Updated", persona) };
  },
});

function wishes(
  want: readonly string[] | undefined,
  unwanted: readonly string[] | undefined,
): Readonly<Record<string, boolean>> | undefined {
  if (want === undefined && unwanted === undefined) return undefined;
  const said = [
    ...(want ?? []).map((section) => [section, true]),
    ...(unwanted ?? []).map((section) => [section, false]),
  ];
  return Object.fromEntries(said) as Record<string, boolean>;
}

/** Names and ends of ids to ids. */
async function resolved<Fields extends Partial<PersonaFields>>(knot: Knot, fields: Fields): Promise<Fields> {
  const { team, inheritsFrom, customLayers, excludedLayers } = fields;
  return {
    ...fields,
    ...(team === undefined ? {} : { team: await knot.teams.resolve(team) }),
    ...(inheritsFrom === undefined ? {} : { inheritsFrom: await knot.personas.resolve(inheritsFrom) }),
    ...(customLayers === undefined ? {} : { customLayers: await resolveIds(knot, customLayers, "layer") }),
    ...(excludedLayers === undefined ? {} : { excludedLayers: await resolveIds(knot, excludedLayers, "layer") }),
  };
}

function personaDocument(action: string, persona: Persona, lineage: readonly string[] = []): Document {
  const wanted = Object.entries(persona.preferences ?? {}).map(([section, wish]) => `${wish ? "+" : "-"}${section}`);
  return [
    line([span(action === "" ? "" : `${action} `, "green"), span(persona.id, "bold"), `  ${persona.name}`]),
    fields([
      ["role", persona.role],
      ["about", persona.description],
      ["inherits from", lineage.length > 1 ? lineage.slice(1).join(" ← ") : persona.inheritsFrom],
      ["team", persona.team],
      ["wishes", wanted.length === 0 ? undefined : wanted.join(", ")],
      ["layers", persona.customLayers?.join(", ")],
      ["without", persona.excludedLayers?.join(", ")],
      ["branch", persona.defaultBranch],
      ["modules", persona.defaultModules?.join(", ")],
      ["created", shortTime(persona.createdAt)],
    ]),
  ];
}
