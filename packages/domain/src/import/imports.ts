/** The importers, each a parser of its own in front of one writer. Loaded when the first one is called. */
import type { KnotContext } from "../knot-context.ts";
import { type Inference, inferFromGit, type InferOptions } from "../git-inference.ts";
import { applyImport, type ImportOptions } from "./apply-import.ts";
import type { ImportReport } from "./import-report.ts";
import { parseBeads } from "./parse-beads.ts";
import { type GitCommit, parseGitLog } from "./parse-git-log.ts";
import { parseGot, type SourceFile } from "./parse-got.ts";
import { parseProjectPlan } from "./parse-project-plan.ts";

/** Importers read no files: the caller hands over what it read. Importing the same again changes nothing. */
export interface Imports {
  /** A `.got` directory of the first Graph-of-Thought store: all its files, paths relative to it. */
  got(files: Iterable<SourceFile>, options?: ImportOptions): Promise<ImportReport>;
  /** The `issues.jsonl` of beads: its text, or its lines. */
  beads(text: string | Iterable<string>, options?: ImportOptions): Promise<ImportReport>;
  /** A project plan in JSON lines. */
  plan(text: string | Iterable<string>, options?: ImportOptions): Promise<ImportReport>;
  /** A git history. */
  git(commits: Iterable<GitCommit>, options?: ImportOptions): Promise<ImportReport>;
  /** Adds the edges that a git history implies, and the commits that name an entity as nodes. */
  inferFromGit(commits: readonly GitCommit[], options?: InferOptions): Promise<Inference>;
}

export function openImports(context: KnotContext): Imports {
  return {
    got: (files, options) => applyImport(context, parseGot(files), options),
    beads: (text, options) => applyImport(context, parseBeads(text), options),
    plan: (text, options) => applyImport(context, parseProjectPlan(text), options),
    git: (commits, options) => applyImport(context, parseGitLog(commits), options),
    inferFromGit: (commits, options) =>
      inferFromGit(context, commits, (named) => applyImport(context, parseGitLog(named)), options),
  };
}
