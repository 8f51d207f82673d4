import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export interface TextFile {
  /** From the root of the clone, with slashes. */
  readonly path: string;
  readonly text: string;
}

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const foreignDirectories = new Set(["node_modules", "dist", "coverage", ".git", ".knot"]);

/** The files of this clone whose path matches: what is installed, built or stored by Knotwork itself is left out. */
export function readFiles(wanted: RegExp): readonly TextFile[] {
  return pathsBelow(root)
    .filter((path) => wanted.test(path))
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

/** What a directory of this clone holds, directories first named with their files: to look links up in. */
export function allPaths(): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const path of pathsBelow(root)) {
    for (let part = path; part !== "."; part = dirname(part)) paths.add(part);
  }
  return paths;
}

/** `file:line` of every match, for a failure that leads to the place. */
export function findLines(files: readonly TextFile[], unwanted: RegExp): readonly string[] {
  return files.flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, index) => (unwanted.test(line) ? [`${path}:${index + 1} ${line.trim()}`] : [])),
  );
}

function pathsBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return foreignDirectories.has(entry.name) ? [] : pathsBelow(path);
    return entry.isFile() ? [relative(root, path)] : [];
  });
}
