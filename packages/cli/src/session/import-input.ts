/**
 * What the session works on, imported into the scratch store: a directory of GoT entities, a JSONL file of beads or of a
 * plan, or, when no INPUT is given, the plan shipped in examples/ and the git history of this clone.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Disk, isDiskError, readWholeFile } from "@knotwork/disk";
import type { ImportReport, Knot, SourceFile } from "@knotwork/domain";
import { readGitHistory } from "./git-history.ts";
import { SessionUsageError } from "./session-arguments.ts";

const cloneDir = fileURLToPath(new URL("../../../../", import.meta.url));
const planFile = join(cloneDir, "examples", "project-plan.jsonl");
const gitCommitCountMax = 500;
/** How deep a GoT directory is looked into. */
const directoryDepthMax = 8;

/**
 * Imports, and gives one report for each thing imported. Relaxed: the last commit of an import is followed by durable ones.
 * @throws SessionUsageError when INPUT is none of these; DiskError when it cannot be read
 */
export async function importInput(knot: Knot, disk: Disk, input: string | undefined): Promise<readonly ImportReport[]> {
  if (input === undefined) return importDefault(knot, disk);
  const stat = disk.stat(realPathOf(disk, input));
  return [stat?.kind === "directory" ? await importDirectory(knot, disk, input) : await importFile(knot, disk, input)];
}

const options = { durability: "relaxed" } as const;

async function importDefault(knot: Knot, disk: Disk): Promise<readonly ImportReport[]> {
  const plan = await importFile(knot, disk, planFile);
  const commits = await readGitHistory(cloneDir, gitCommitCountMax);
  return commits === undefined ? [plan] : [plan, await knot.imports.git(commits, options)];
}

async function importDirectory(knot: Knot, disk: Disk, input: string): Promise<ImportReport> {
  const root = realPathOf(disk, input);
  const hasEntities = (dir: string): boolean => disk.stat(join(dir, "entities"))?.kind === "directory";
  const got = [root, join(root, ".got")].find(hasEntities);
  if (got === undefined) {
    throw new SessionUsageError(`Cannot import ${input}: the directory holds no entities/ as a GoT store does.`);
  }
  return knot.imports.got(readFiles(disk, got, ""), options);
}

function* readFiles(disk: Disk, root: string, below: string, depth = 0): Generator<SourceFile> {
  for (const name of disk.list(join(root, below))) {
    const path = below === "" ? name : `${below}/${name}`;
    const kind = disk.stat(join(root, path))?.kind;
    if (kind === "directory" && depth < directoryDepthMax) yield* readFiles(disk, root, path, depth + 1);
    if (kind === "file") yield { path, text: readText(disk, join(root, path)) };
  }
}

async function importFile(knot: Knot, disk: Disk, input: string): Promise<ImportReport> {
  const text = readText(disk, realPathOf(disk, input));
  switch (kindOf(text)) {
    case "beads":
      return knot.imports.beads(text, options);
    case "plan":
      return knot.imports.plan(text, options);
    default:
      throw new SessionUsageError(
        `Cannot import ${input}: it is neither the issues of beads nor a plan in JSON lines, nor a GoT directory.`,
      );
  }
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
