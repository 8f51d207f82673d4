/** Real data for tests, beside the project and never in it. Tests that need it skip loudly where it is absent. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { SourceFile } from "../import/parse-got.ts";

const root = fileURLToPath(new URL("../../../../../shared/corpora", import.meta.url));

export const corporaAreThere: boolean = existsSync(root);

export function readCorpus(name: string): string {
  return readFileSync(join(root, name), "utf8");
}

/** All files of a directory, paths relative to it. Compressed ones have no text. */
export function readCorpusFiles(name: string): readonly SourceFile[] {
  const base = join(root, name);
  return readdirSync(base, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(base, path), text: path.endsWith(".gz") ? "" : readFileSync(path, "utf8") }));
}
