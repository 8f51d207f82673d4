/**
 * Where the main worktree of a git repository is, read from the files git keeps; no child process. A linked worktree has a
 * file `.git` ("gitdir: …/.git/worktrees/name"), whose directory has a file `commondir` that leads to the main `.git`.
 */
import { basename, dirname, join, resolve } from "node:path";
import { type Disk, readWholeFile } from "@knotwork/disk";

/**
 * The root directory of the main worktree of the repository that holds `directory`. `undefined` outside of a repository,
 * inside a submodule's private directory, and for a bare repository, which has no main worktree.
 */
export function mainWorktreeOf(disk: Disk, directory: string): string | undefined {
  for (const candidate of selfAndParents(directory)) {
    const path = join(candidate, ".git");
    const kind = disk.stat(path)?.kind;
    if (kind === "directory") return candidate;
    if (kind === "file") return mainOfLinked(disk, candidate, path);
  }
  return undefined;
}

/** The directory and all above it, nearest first. */
export function selfAndParents(directory: string): readonly string[] {
  const found: string[] = [];
  for (let current = resolve(directory); ; current = dirname(current)) {
    found.push(current);
    if (dirname(current) === current) return found;
  }
}

function mainOfLinked(disk: Disk, worktree: string, gitFile: string): string | undefined {
  const gitDirectory = /^gitdir: (.+)$/m.exec(textOf(disk, gitFile) ?? "")?.[1]?.trim();
  if (gitDirectory === undefined) return undefined;
  const own = resolve(worktree, gitDirectory);
  const common = textOf(disk, join(own, "commondir"))?.trim();
  if (common === undefined) return worktree;
  const commonDirectory = resolve(own, common);
  return basename(commonDirectory) === ".git" ? dirname(commonDirectory) : undefined;
}

function textOf(disk: Disk, path: string): string | undefined {
  const bytes = readWholeFile(disk, path);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8");
}
