/** `knot diff`: two states of the store, or two versions of one entity. */
import type { ChangedEntity, VersionDiff } from "@knotwork/domain";
import { type Command, defineCommand } from "../command.ts";
import { type Document, line, type Span, span, table } from "../output/document.ts";
import { parseRange } from "../parsing/moment.ts";
import { idOption, textArgument } from "../parsing/option-spec.ts";
import { changesText, changeText } from "../views/change-text.ts";
import { listDocument } from "../views/list-view.ts";
import { shortIdsInTexts } from "../views/short-ids.ts";
import { shortTime } from "../views/times.ts";
import { knownId } from "./resolve-ids.ts";
import { envelopePage, given, listOptions } from "./shared-options.ts";

export const diff: Command = defineCommand({
  path: "diff",
  summary: "Compare two commits, or two versions of an entity",
  details:
    "A..B are two seqs (0 is the empty store): what is not the same at both, by id. With --of ID they are two versions of that entity. What was changed and changed back is no difference, so a page may hold fewer items than its limit.",
  args: { range: textArgument("A..B", "Two seqs; with --of two versions") },
  options: {
    of: idOption("--of <id>", "Compare two versions of this entity", { misspellings: ["--id", "--entity"] }),
    ...listOptions,
  },
  examples: [
    { line: "knot diff 0..2", why: "what the first two commits made" },
    { line: "knot diff 1..1 --of 7QK4ZB1M", why: "two versions of one task" },
  ],
  run: async (context, { range, of, ...page }) => {
    const { from, to } = parseRange("<A..B>", range);
    const knot = await context.read();
    if (of !== undefined) {
      const compared = await knot.history.diffVersions(await knownId(knot, of), from, to);
      return { data: compared, document: () => versionsDocument(compared) };
    }
    const found = await knot.history.diffCommits(from, to, given(page));
    const next = envelopePage(found);
    return {
      data: { items: found.items },
      page: next,
      document: () =>
        listDocument({
          count: found.items.length,
          noun: "difference",
          page: next,
          rows: () => [changedTable(found.items)],
        }),
    };
  },
});

function versionsDocument({ id, from, to, changes }: VersionDiff): Document {
  const versionText = ({ version, by, at }: VersionDiff["from"]): string =>
    `version ${version} (${by}, ${shortTime(at)})`;
  return [
    line([span(id, "bold"), `  ${versionText(from)} → ${versionText(to)}`]),
    ...(changes.length === 0
      ? [line(span("No difference.", "dim"))]
      : changes.map((change) => line(`  ${changeText(change)}`))),
  ];
}

const SIGNS: Readonly<Record<ChangedEntity["did"], Span>> = {
  created: span("+", "green"),
  changed: span("~", "yellow"),
  deleted: span("-", "red"),
};

function changedTable(items: readonly ChangedEntity[]): Document[number] {
  const names = items.map(({ id, type, ends }) => (ends === undefined ? id : `${ends.from} ${type} ${ends.to}`));
  const short = shortIdsInTexts(names);
  return table(
    [{ title: "" }, { title: "type" }, { title: "what", flexible: true }, { title: "changes", flexible: true }],
    items.map(({ did, type, ends, changes }, index) => [
      SIGNS[did],
      ends === undefined ? type : "edge",
      short(names[index] ?? ""),
      did === "changed" ? changesText(changes) : "",
    ]),
  );
}
