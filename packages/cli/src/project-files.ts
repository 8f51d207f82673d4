/** Where the files of the project are, as seen from the directory a command runs in; and the branch that is checked out there. */
import { join, resolve } from "node:path";
import { type Disk, readWholeFile } from "@knotwork/disk";
import type { ProjectFiles } from "@knotwork/domain";
import type { CommandContext } from "./command-context.ts";
import { selfAndParents } from "./git-worktree.ts";
import { STORE_DIRECTORY } from "./store-discovery.ts";

/**
 * The root that the paths of documents are relative to: `--root`, else the nearest directory upward that is a git worktree
 * or has a store, else the working directory. Two worktrees of one repository give one file one path.
 */
export function projectFiles({ disk, environment }: CommandContext, root: string | undefined): ProjectFiles {
  const cwd = disk.realPath(environment.cwd);
  if (root !== undefined) return { disk, root: disk.realPath(resolve(cwd, root)) };
  const isRoot = (directory: string): boolean =>
    [".git", STORE_DIRECTORY].some((name) => disk.stat(join(directory, name)) !== undefined);
  return { disk, root: selfAndParents(cwd).find(isRoot) ?? cwd };
}

/** The branch checked out in the worktree of the working directory; `undefined` outside of one, or on no branch. */
export function currentBranch({ disk, environment }: CommandContext): string | undefined {
  for (const directory of selfAndParents(environment.cwd)) {
    const path = join(directory, ".git");
    const kind = disk.stat(path)?.kind;
    if (kind === undefined) continue;
    const gitDirectory = kind === "directory" ? path : linkedDirectory(disk, directory, path);
    const head = gitDirectory === undefined ? undefined : textOf(disk, join(gitDirectory, "HEAD"));
    return /^ref: refs\/heads\/(\S+)/.exec(head ?? "")?.[1];
  }
  return undefined;
}

function linkedDirectory(disk: Disk, directory: string, path: string): string | undefined {
  const named = /^gitdir: (.+)$/m.exec(textOf(disk, path) ?? "")?.[1]?.trim();
  return named === undefined ? undefined : resolve(directory, named);
}

function textOf(disk: Disk, path: string): string | undefined {
  const bytes = readWholeFile(disk, path);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8");
}
