/**
 * What the session works on, imported into the scratch store: a directory of GoT entities, a JSONL file of beads or of a
 * plan, or, when no INPUT is given, the plan shipped in examples/ and the git history of this clone.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Disk, isDiskError, readWholeFile } from "@knotwork/disk";
import type { ImportReport, Knot, SourceFile } from "@knotwork/domain";
import { type GitCommit, readGitHistory } from "./git-history.ts";
import { SessionUsageError } from "./session-arguments.ts";

const cloneDir = fileURLToPath(new URL("../../../../", import.meta.url));
const planFile = join(cloneDir, "examples", "project-plan.jsonl");
const gitCommitCountMax = 500;
/** How deep a GoT directory is looked into. */
const directoryDepthMax = 8;

/** What is there to import, read and told apart, nothing imported yet. */
export type SessionInput =
  | { readonly kind: "got"; readonly files: readonly SourceFile[] }
  | { readonly kind: "beads" | "plan"; readonly text: string }
  | { readonly kind: "git"; readonly commits: readonly GitCommit[] };

/** @throws SessionUsageError when INPUT is nothing that can be imported; DiskError when it cannot be read */
export async function readInput(disk: Disk, input: string | undefined): Promise<readonly SessionInput[]> {
  if (input === undefined) {
    const commits = await readGitHistory(cloneDir, gitCommitCountMax);
    return [readFile(disk, planFile), ...(commits === undefined ? [] : [{ kind: "git", commits } as const])];
  }
  const path = realPathOf(disk, input);
  return [disk.stat(path)?.kind === "directory" ? readDirectory(disk, path) : readFile(disk, path)];
}

/** Imports it. Relaxed: the last commit of an import is followed by durable ones. */
export async function importInput(knot: Knot, input: SessionInput): Promise<ImportReport> {
  const options = { durability: "relaxed" } as const;
  switch (input.kind) {
    case "got":
      return knot.imports.got(input.files, options);
    case "beads":
      return knot.imports.beads(input.text, options);
    case "plan":
      return knot.imports.plan(input.text, options);
    case "git":
      return knot.imports.git(input.commits, options);
  }
}

function readDirectory(disk: Disk, root: string): SessionInput {
  const hasEntities = (dir: string): boolean => disk.stat(join(dir, "entities"))?.kind === "directory";
  const got = [root, join(root, ".got")].find(hasEntities);
  if (got === undefined) {
    throw new SessionUsageError(`Cannot import ${root}: the directory holds no entities/ as a GoT store does.`);
  }
  return { kind: "got", files: [...readFiles(disk, got, "")] };
}

function* readFiles(disk: Disk, root: string, below: string, depth = 0): Generator<SourceFile> {
  for (const name of disk.list(join(root, below))) {
    const path = below === "" ? name : `${below}/${name}`;
    const kind = disk.stat(join(root, path))?.kind;
    if (kind === "directory" && depth < directoryDepthMax) yield* readFiles(disk, root, path, depth + 1);
    if (kind === "file") yield { path, text: readText(disk, join(root, path)) };
  }
}

function readFile(disk: Disk, path: string): SessionInput {
  const text = readText(disk, path);
  const kind = kindOf(text);
  if (kind !== undefined) return { kind, text };
  throw new SessionUsageError(
    `Cannot import ${path}: it is neither the issues of beads nor a plan in JSON lines, nor a GoT directory.`,
  );
}

/** Told by the first line that is a JSON object. */
function kindOf(text: string): "beads" | "plan" | undefined {
  for (const line of text.split("\n", 50)) {
    const record = parseObject(line);
    if (record === undefined) continue;
    if ("issue_type" in record || "original_type" in record || typeof record["priority"] === "number") return "beads";
    if (record["type"] === "task" || record["type"] === "epic") return "plan";
  }
  return undefined;
}

function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    // A damaged line says nothing about the others; the importer reports it.
    return undefined;
  }
}

function readText(disk: Disk, path: string): string {
  const bytes = readWholeFile(disk, path);
  if (bytes === undefined) throw new SessionUsageError(`Cannot import ${path}: there is no such file.`);
  return bytes.toString("utf8");
}

function realPathOf(disk: Disk, path: string): string {
  try {
    return disk.realPath(path);
  } catch (error) {
    if (!isDiskError(error, "ENOENT", "ENOTDIR")) throw error;
    throw new SessionUsageError(`Cannot import ${path}: there is no such file or directory.`);
  }
}
