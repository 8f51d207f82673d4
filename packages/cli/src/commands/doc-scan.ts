/** `knot doc scan`, `doc check`. */
import { resolve } from "node:path";
import { type CheckedDocument, documentExtensions, type Knot, type ProjectFiles } from "@knotwork/domain";
import type { CommandContext } from "../command-context.ts";
import { type Command, defineCommand, type OptionSpec } from "../command.ts";
import { flag, textOption, textsArgument, textsOption, wordsOption } from "../parsing/option-spec.ts";
import { projectFiles } from "../project-files.ts";
import { documentTable, scanDocument } from "../views/document-view.ts";
import { listDocument } from "../views/list-view.ts";
import { pageOfItems } from "./page-of-items.ts";
import { dryRunOptions, given, listOptions } from "./shared-options.ts";

export const rootOption: OptionSpec<string | undefined> = textOption(
  "--root <dir>",
  "The directory paths are relative to",
  {
    misspellings: ["--base", "--project"],
  },
);

export const docScan: Command = defineCommand({
  path: "doc scan",
  summary: "Register the documents of the project",
  details:
    "Looks through the project (or the paths given) and registers new files; a file that was moved is followed by its content, its links stay. A changed file is told as changed and stays stale until it is verified (doc verify, or --verify here): what is linked to it was linked to what it said before. Left out are .git, .knot, node_modules, and what .gitignore and .knotignore at the root name.",
  args: { paths: textsArgument("path", "Directories or files to look into; default: the whole project") },
  options: {
    root: rootOption,
    extensions: wordsOption(
      "--ext <endings>",
      `Endings of names that are taken (default ${documentExtensions.join(",")})`,
      {
        misspellings: ["--extension", "--extensions"],
      },
    ),
    ignore: textsOption("--ignore <pattern>", "A pattern to leave out, as in .gitignore", {
      misspellings: ["--exclude", "--skip"],
    }),
    verify: flag("--verify", "Take changed files as they are now", { misspellings: ["--accept", "--update"] }),
    ...dryRunOptions,
  },
  examples: [
    { line: "knot doc scan --dry-run", why: "what is new, moved, changed, missing" },
    { line: "knot doc scan docs --ignore drafts/", why: "only below docs/" },
  ],
  run: async (context, { paths, root, extensions, ignore, verify, dryRun }) => {
    const knot = dryRun ? await context.read() : await context.write();
    const scan = await knot.documents.scan({
      ...projectFiles(context, root),
      ...given({ ignore, below: pathsBelow(context, paths), extensions: extensions?.map(withDot) }),
      verify,
      dryRun,
      ...context.writeWish,
    });
    return { data: { ...scan, dryRun }, document: () => scanDocument(scan, { dryRun, verify }) };
  },
});

export const docCheck: Command = defineCommand({
  path: "doc check",
  summary: "Compare the registered documents with their files",
  details: "Lists those whose file was changed or removed since they were verified. Nothing is written.",
  args: {},
  options: { root: rootOption, ...listOptions },
  examples: [{ line: "knot doc check --json", why: "what is stale, for programs" }],
  run: async (context, { root, ...paging }) => {
    const knot = await context.read();
    const files = projectFiles(context, root);
    const all = await everyDocument(knot, files);
    const stale = all.filter(({ state }) => state === "changed" || state === "missing");
    const { items, page } = pageOfItems(stale, paging, ({ id }) => id);
    const counts = { checked: all.length, stale: stale.length };
    return {
      data: { ...counts, items },
      page,
      document: () =>
        listDocument({ count: items.length, noun: "stale document", page, rows: () => [documentTable(items)] }),
    };
  },
});

async function everyDocument(knot: Knot, files: ProjectFiles): Promise<readonly CheckedDocument[]> {
  const all: CheckedDocument[] = [];
  for (let after: string | undefined; ;) {
    const page = await knot.documents.list({ files, limit: 10_000, ...given({ after }) });
    all.push(...page.items);
    if (page.next === undefined) return all;
    after = page.next;
  }
}

/** Paths are given from the working directory; the scan wants them whole. */
function pathsBelow({ disk, environment }: CommandContext, paths: readonly string[]): readonly string[] | undefined {
  const cwd = disk.realPath(environment.cwd);
  return paths.length === 0 ? undefined : paths.map((path) => resolve(cwd, path));
}

function withDot(ending: string): string {
  return ending.startsWith(".") ? ending : `.${ending}`;
}
