/** The commits of the store, newest first or as they come, each with a line that says what it did. */
import type { CommitInfo, WatchOptions } from "@knotwork/graph";
import type { KnotContext } from "./knot-context.ts";
import type { Page } from "./page.ts";

export interface LogEntry extends CommitInfo {
  /** Such as `task T-1 v2, claim claim.T-1 v1`. */
  readonly summary: string;
}

export interface LogOptions {
  /** Default 20. */
  readonly limit?: number;
  /** The seq to go on below: `next` of the page before. */
  readonly before?: number;
  /** Only commits by this author. */
  readonly author?: string;
  /** Only commits of this reasoning session. */
  readonly session?: string;
}

export interface FollowedEntry extends LogEntry {
  /** Give it as `after` to go on behind this commit. */
  readonly cursor: string;
}

const changesShownMax = 4;

export async function listCommits(context: KnotContext, options: LogOptions = {}): Promise<Page<LogEntry>> {
  const limit = options.limit ?? 20;
  const { before, author, session } = options;
  const commits = await context.graph.commits({
    limit: limit + 1,
    reverse: true,
    ...(before === undefined ? {} : { before }),
    ...(author === undefined ? {} : { author }),
    ...(session === undefined ? {} : { session }),
  });
  const items = commits.slice(0, limit).map((commit) => ({ ...commit, summary: summaryOf(commit) }));
  const last = items.at(-1);
  if (commits.length <= limit || last === undefined) return { items, truncated: false };
  return { items, truncated: true, next: String(last.seq) };
}

/** Commits as they come, until the signal or `break` ends it (see `graph.watch`). */
export async function* followCommits(
  { graph }: KnotContext,
  options: WatchOptions = {},
): AsyncGenerator<FollowedEntry, void, undefined> {
  for await (const commit of graph.watch(options)) yield { ...commit, summary: summaryOf(commit) };
}

function summaryOf({ changes }: CommitInfo): string {
  if (changes.length === 0) return "no entity (definitions of the store)";
  const parts = changes.slice(0, changesShownMax).map(({ op, type, id, version, from, to }) => {
    const what = from === undefined ? `${type} ${id}` : `${from} ${type} ${to}`;
    return op === "delete" ? `${what} deleted` : `${what} v${version}`;
  });
  const rest = changes.length - parts.length;
  return rest > 0 ? `${parts.join(", ")} and ${rest} more` : parts.join(", ");
}
