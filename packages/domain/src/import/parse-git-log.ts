/** A project's git history, already parsed: commits AUTHORED_BY authors, TOUCHES files. */
import { type ImportedEdge, type ImportedGraph, type ImportedNode, settleEdges } from "./imported-graph.ts";
import { ImportLedger } from "./import-report.ts";
import { present, toInstant } from "./record-reader.ts";

/** One commit of `git log`. */
export interface GitCommit {
  readonly hash: string;
  readonly parents?: readonly string[];
  readonly authorName: string;
  readonly authorEmail: string;
  /** With offset, as `%aI` prints it. */
  readonly authoredAt: string;
  readonly subject: string;
  readonly body?: string;
  /** Paths it changed. */
  readonly files: readonly string[];
}

export function parseGitLog(commits: Iterable<GitCommit>): ImportedGraph {
  const ledger = new ImportLedger("git");
  const nodes = new Map<string, ImportedNode>();
  const edges: ImportedEdge[] = [];
  for (const commit of commits) {
    ledger.read();
    if (!/^[0-9a-f]{7,64}$/.test(commit.hash)) {
      ledger.refuse(`commit ${JSON.stringify(commit.hash)}`, "NOT_A_RECORD", "it has no hash");
      continue;
    }
    const author = `author:${commit.authorEmail === "" ? commit.authorName : commit.authorEmail}`;
    nodes.set(commit.hash, { type: "commit", sourceId: commit.hash, props: readCommit(commit) });
    if (!nodes.has(author)) {
      const props = present({ name: commit.authorName, email: commit.authorEmail || undefined });
      nodes.set(author, { type: "author", sourceId: author, props });
    }
    edges.push({ from: commit.hash, type: "AUTHORED_BY", to: author, props: {} });
    for (const path of commit.files) {
      const file = `file:${path}`;
      if (!nodes.has(file)) nodes.set(file, { type: "file", sourceId: file, props: { path } });
      edges.push({ from: commit.hash, type: "TOUCHES", to: file, props: {} });
    }
  }
  return { ledger, nodes: [...nodes.values()], edges: settleEdges(edges, ledger) };
}

function readCommit(commit: GitCommit): ImportedNode["props"] {
  return present({
    hash: commit.hash,
    subject: commit.subject,
    body: commit.body || undefined,
    parents: commit.parents?.length ? commit.parents : undefined,
    filedAt: toInstant(commit.authoredAt),
    filedBy: commit.authorName.trim() === "" ? undefined : commit.authorName.slice(0, 200),
  });
}
