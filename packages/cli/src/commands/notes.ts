/** `knot note`, `comment`, `notes`: what is said about an entity. Notes are added, never changed. */
import { type Note, noteKinds } from "@knotwork/domain";
import { type Command, defineCommand } from "../command.ts";
import { type Block, line, span, text } from "../output/document.ts";
import { choiceOption, idArgument, longTextOption, optionalTextArgument } from "../parsing/option-spec.ts";
import { CliError } from "../cli-error.ts";
import { listDocument } from "../views/list-view.ts";
import { shortTime } from "../views/times.ts";
import { envelopePage, given, listOptions, proofOptions, retryOptions, writeOptionsOf } from "./shared-options.ts";

const about = idArgument("id", "The task, decision …, or the end of its id");
const textArg = optionalTextArgument("text", "What there is to say");
const textOptions = {
  text: longTextOption("--text <text>", "The same as the argument", { misspellings: ["--message", "--body"] }),
} as const;

export const note: Command = defineCommand({
  path: "note",
  summary: "Add a note of some kind to an entity",
  details:
    "Notes are added, never changed or removed. With the fence of your claim it is refused once the claim is over.",
  args: { id: about, words: textArg },
  options: {
    kind: choiceOption("-k, --kind <kind>", "What kind of note (default comment)", noteKinds, {
      misspellings: ["--type"],
    }),
    ...textOptions,
    ...proofOptions,
    ...retryOptions,
  },
  examples: [
    { line: 'knot note 7QK4ZB1M "Half of the files are done" --kind progress', why: "for whoever comes next" },
  ],
  run: async (context, { id, words, text: option, kind, ...write }) => {
    const knot = await context.write();
    const added = await knot.notes.add(
      await knot.resolveId(id),
      { text: textOf("note", words, option), ...given({ kind }) },
      writeOptionsOf(context, write),
    );
    return { data: added, document: () => [addedLine(added)] };
  },
});

export const comment: Command = defineCommand({
  path: "comment",
  summary: "Add a comment to an entity",
  details: "A note of the kind comment. Comments are added, never changed or removed.",
  args: { id: about, words: textArg },
  options: { ...textOptions, ...proofOptions, ...retryOptions },
  examples: [{ line: 'knot comment 7QK4ZB1M "See also the log of the host"', why: "shown with the task" }],
  run: async (context, { id, words, text: option, ...write }) => {
    const knot = await context.write();
    const added = await knot.notes.add(
      await knot.resolveId(id),
      { text: textOf("comment", words, option) },
      writeOptionsOf(context, write),
    );
    return { data: added, document: () => [addedLine(added)] };
  },
});

export const notes: Command = defineCommand({
  path: "notes",
  summary: "List the notes about an entity, oldest first",
  args: { id: about },
  options: {
    kind: choiceOption("-k, --kind <kind>", "Only these", noteKinds, { misspellings: ["--type"] }),
    ...listOptions,
  },
  examples: [{ line: "knot notes 7QK4ZB1M --kind progress", why: "how far it is" }],
  run: async (context, { id, kind, ...page }) => {
    const knot = await context.read();
    const found = await knot.notes.page(await knot.resolveId(id), { ...given(page), ...given({ kind }) });
    const next = envelopePage(found);
    return {
      data: { items: found.items },
      page: next,
      document: () =>
        listDocument({
          count: found.items.length,
          noun: "note",
          page: next,
          rows: () => found.items.flatMap(noteBlocks),
        }),
    };
  },
});

function textOf(command: string, words: string | undefined, option: string | undefined): string {
  const given = words ?? option;
  if (given !== undefined && (words === undefined || option === undefined)) return given;
  if (given !== undefined) {
    throw new CliError("REPEATED_OPTION", "Cannot take two texts: one of them would be lost", {
      hint: "Give the text once, as the argument or as --text.",
    });
  }
  throw new CliError("MISSING_ARGUMENT", `Cannot add a ${command}: the text is missing`, {
    hint: `Give it in quotes: knot ${command} ID "TEXT", or --text - to read standard input.`,
    context: { argument: "text" },
  });
}

function addedLine({ id, about: what, kind }: Note): Block {
  return line([span("Added ", "green"), `${kind} `, span(id, "bold"), ` to ${what}`]);
}

function noteBlocks({ createdAt, createdBy, kind, text: body }: Note): readonly Block[] {
  const who = createdBy === undefined ? "" : ` by ${createdBy}`;
  return [line([span(`${shortTime(createdAt)}${who}`, "dim"), span(`  ${kind}`, "cyan")]), text(body)];
}
