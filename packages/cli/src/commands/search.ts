/** `knot search`. */
import { searchedTypes, type SearchHit } from "@knotwork/domain";
import { type Command, defineCommand } from "../command.ts";
import { type Block, line, span } from "../output/document.ts";
import { choicesOption, flag, textArgument } from "../parsing/option-spec.ts";
import { listDocument } from "../views/list-view.ts";
import { shortIds } from "../views/short-ids.ts";
import { envelopePage, given, listOptions } from "./shared-options.ts";

export const search: Command = defineCommand({
  path: "search",
  summary: "Find entities by words",
  details:
    "All words must be there, in any case, in any text of an entity; words in double quotes are one. Best matches first: whole words before parts, titles before other texts, newest first. data.scanned tells how many entities with these words were looked at, data.complete whether that was all.",
  args: { words: textArgument("words", "What to look for, in quotes") },
  options: {
    types: choicesOption("--type <types>", "Only these", searchedTypes, {
      misspellings: ["--types", "--kind", "--in"],
    }),
    wholeWords: flag("--whole", "Only whole words, and with `recover*` those that begin so: as quick in a large store"),
    ...listOptions,
  },
  examples: [
    { line: 'knot search "torn record"', why: "both words, anywhere" },
    { line: "knot search 'wal \"torn record\"' --type task,decision", why: "a phrase and a word, in two types" },
    { line: 'knot search "recover* log" --whole', why: "whole words, and words that begin so" },
  ],
  run: async (context, { words, ...options }) => {
    const found = await (await context.read()).search(words, given(options));
    const page = envelopePage(found);
    const { items, scanned, complete } = found;
    return {
      data: { items, scanned, complete },
      page,
      document: () => [
        ...listDocument({ count: items.length, noun: "match", page, rows: () => items.flatMap(hitBlocks(items)) }),
        ...(complete
          ? []
          : [line(span(`Only the first ${scanned} entities with these words were looked at.`, "yellow"))]),
      ],
    };
  },
});

function hitBlocks(hits: readonly SearchHit[]): (hit: SearchHit) => readonly Block[] {
  const short = shortIds(hits.map(({ id }) => id));
  return ({ id, type, title, status, field, snippet }) => [
    line([
      span(short(id), "bold"),
      span(`  ${type}`, "cyan"),
      `  ${title}`,
      span(status === undefined ? "" : `  ${status}`, "dim"),
    ]),
    ...(snippet === undefined || snippet === title ? [] : [line(span(`    ${field}: ${snippet}`, "dim"))]),
  ];
}
