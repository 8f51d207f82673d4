/** `knot onboard`. */
import { join, relative, resolve } from "node:path";
import { type Disk, isDiskError, readWholeFile, writeFileAtomic } from "@knotwork/disk";
import { withOnboarding } from "@knotwork/domain";
import { CliError } from "../cli-error.ts";
import type { CommandContext } from "../command-context.ts";
import { type Command, defineCommand } from "../command.ts";
import { selfAndParents } from "../git-worktree.ts";
import { line, span } from "../output/document.ts";
import { textsOption } from "../parsing/option-spec.ts";
import { dryRunOptions } from "./shared-options.ts";

/** What coding agents read, by the names they look for. */
const FILES = ["AGENTS.md", "CLAUDE.md"];

export const onboard: Command = defineCommand({
  path: "onboard",
  summary: "Tell agents about knot in AGENTS.md and CLAUDE.md",
  details:
    "Writes a marked block into those of AGENTS.md and CLAUDE.md that the project has, or a new AGENTS.md; run again it updates the block. The rest of a file, its mode and where a symbolic link leads stay as they are.",
  args: {},
  options: {
    files: textsOption("--file <path>", "Write to this file instead", {
      misspellings: ["--files", "--to", "--output"],
    }),
    ...dryRunOptions,
  },
  examples: [
    { line: "knot onboard --dry-run", why: "see which files would change" },
    { line: "knot onboard --file docs/agents.md", why: "a file of another name" },
  ],
  run: (context, { files, dryRun }) => {
    const { disk } = context;
    const { cwd, random } = context.environment;
    // All are read and judged before the first is written.
    const changes = targets(context, files).map((path) => changeOf(disk, path));
    for (const { path, after, mode, changed } of changes) {
      if (changed && !dryRun) writeFileAtomic(disk, path, Buffer.from(after), { random, mode });
    }
    const items = changes.map(({ path, existed, changed }) => ({ path, existed, changed }));
    return Promise.resolve({
      data: { items, dryRun },
      document: () =>
        items.map(({ path, existed, changed }) => {
          const done = changed ? (existed ? "Updated" : "Created") : "Unchanged";
          const would = existed ? "Would update" : "Would create";
          return line([span(`${dryRun && changed ? would : done} `, "green"), relative(cwd, path) || path]);
        }),
    });
  },
});

interface FileChange {
  /** The real path: writing to a symbolic link would replace it by a file. */
  readonly path: string;
  readonly existed: boolean;
  readonly mode: number;
  readonly after: string;
  readonly changed: boolean;
}

function targets({ disk, environment }: CommandContext, files: readonly string[] | undefined): readonly string[] {
  const { cwd } = environment;
  const root = selfAndParents(cwd).find((directory) => disk.stat(join(directory, ".git")) !== undefined) ?? cwd;
  const there = FILES.map((name) => join(root, name)).filter((path) => disk.stat(path) !== undefined);
  const wanted = files?.map((path) => resolve(cwd, path)) ?? (there.length > 0 ? there : [join(root, "AGENTS.md")]);
  // Two names of one file are one file.
  return [...new Set(wanted.map((path) => realPathOf(disk, path)))];
}

function realPathOf(disk: Disk, path: string): string {
  try {
    return disk.realPath(path);
  } catch (error) {
    if (!isDiskError(error, "ENOENT")) throw error;
    if (disk.stat(path) === undefined) return path;
    throw new CliError("FILE_NOT_FOUND", `Cannot write to "${path}": it is a link that leads nowhere`, {
      hint: "Name the file it should lead to: knot onboard --file PATH",
      context: { path },
    });
  }
}

function changeOf(disk: Disk, path: string): FileChange {
  const stat = disk.stat(path);
  const before = stat === undefined ? "" : textOf(disk, path);
  const after = withOnboarding(before);
  return { path, existed: stat !== undefined, mode: (stat?.mode ?? 0o644) & 0o7777, after, changed: after !== before };
}

/** @throws CliError INVALID_ARGUMENT when it is no text: bytes would be lost */
function textOf(disk: Disk, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readWholeFile(disk, path));
  } catch (error) {
    if (isDiskError(error)) throw error;
    throw new CliError("INVALID_ARGUMENT", `Cannot write to "${path}": it is not UTF-8 text`, {
      hint: "Name another file: knot onboard --file PATH",
      context: { path },
      cause: error,
    });
  }
}
