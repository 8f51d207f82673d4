/**
 * Edges that a git history implies: commits whose message names an entity, and messages that say that one task waits for
 * another. Only whole ids count, and only of what is there: nothing is guessed.
 */
import type { Edge } from "@knotwork/graph";
import type { WriteOptions } from "./commit-write.ts";
import { type EdgeView, edgeView, linkEdge } from "./edge-node.ts";
import { isDomainError } from "./domain-error.ts";
import type { KnotContext } from "./knot-context.ts";
import type { GitCommit } from "./import/parse-git-log.ts";
import type { ImportReport } from "./import/import-report.ts";
import { rehearse } from "./rehearse.ts";
import type { EdgeEnds } from "./relations.ts";

/** An edge the history implies, and the words it comes from. */
export interface InferredEdge {
  /** For an edge from a commit: its hash. */
  readonly from: string;
  readonly type: "REFERENCES" | "IMPLEMENTS" | "DEPENDS_ON";
  readonly to: string;
  readonly commit: string;
  readonly subject: string;
  /** Such as `closes T-1`. */
  readonly words: string;
}

export interface Inference {
  /** Commits read. */
  readonly commits: number;
  readonly inferred: readonly InferredEdge[];
  /** The edges that were not there before; in a dry run, those between tasks only, as the commits are no nodes yet. */
  readonly added: readonly EdgeView[];
  /** What was implied and cannot be, such as a circle: the words, and why. */
  readonly refused: readonly { readonly words: string; readonly commit: string; readonly reason: string }[];
}

export interface InferOptions extends Omit<WriteOptions, "idempotencyKey"> {
  readonly dryRun?: boolean;
}

/** Makes nodes of commits that are named by an edge. */
export type ImportCommits = (commits: readonly GitCommit[]) => Promise<ImportReport>;

const idPattern = /\b[A-Za-z]{1,8}-[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]/g;
const closing = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?|implement(?:s|ed)?|complete[sd]?|finish(?:e[sd])?)[:\s]+$/i;
const dependsOn = /^[\s,]*(?:depends on|waits for|is blocked by|blocked by|requires|needs)[\s:]+$/i;
const blocks = /^[\s,]*blocks[\s:]+$/i;

export async function inferFromGit(
  context: KnotContext,
  commits: readonly GitCommit[],
  importCommits: ImportCommits,
  options: InferOptions = {},
): Promise<Inference> {
  const { dryRun = false, ...writeOptions } = options;
  const inferred: InferredEdge[] = [];
  for (const commit of commits) inferred.push(...(await edgesOf(context, commit)));
  const named = new Set(inferred.filter(({ from, commit }) => from === commit).map(({ commit }) => commit));
  if (!dryRun && named.size > 0) await importCommits(commits.filter(({ hash }) => named.has(hash)));
  const link: LinkInferred = { context, inferred, dryRun };
  const { added, refused } = dryRun
    ? // One after the other in one rehearsal: what an edge forbids those after it is told, too.
      await rehearse(context, (tx) => linkInferred(link, (ends) => linkEdge(tx, ends)), writeOptions)
    : // One by one: an implied edge that cannot be does not keep the others away.
      await linkInferred(link, async (ends) => {
        return (await context.graph.transact((tx) => linkEdge(tx, ends), writeOptions)).value;
      });
  return { commits: commits.length, inferred, added, refused };
}

interface LinkInferred {
  readonly context: KnotContext;
  readonly inferred: readonly InferredEdge[];
  readonly dryRun: boolean;
}

async function linkInferred(
  { context, inferred, dryRun }: LinkInferred,
  add: (ends: EdgeEnds) => Promise<Edge>,
): Promise<Pick<Inference, "added" | "refused">> {
  const refused: { words: string; commit: string; reason: string }[] = [];
  const added: EdgeView[] = [];
  for (const { from: start, type, to, words, commit } of inferred) {
    const isCommits = start === commit;
    if (isCommits && dryRun) continue;
    const from = isCommits ? await commitNode(context, commit) : start;
    if (from === undefined) continue;
    if ((await context.graph.getEdge(from, type, to)) !== undefined) continue;
    try {
      const view = edgeView(await add({ from, type, to }));
      // In a rehearsal one that two messages imply is there the second time.
      if (!added.some(({ id }) => id === view.id)) added.push(view);
    } catch (error) {
      if (!isDomainError(error)) throw error;
      refused.push({ words, commit, reason: error.message });
    }
  }
  return { added, refused };
}

async function edgesOf(context: KnotContext, commit: GitCommit): Promise<readonly InferredEdge[]> {
  const message = `${commit.subject}\n${commit.body ?? ""}`;
  const mentions: { readonly id: string; readonly start: number; readonly end: number }[] = [];
  for (const match of message.matchAll(idPattern)) {
    const id = await entityNamed(context, match[0]);
    if (id !== undefined) mentions.push({ id, start: match.index, end: match.index + match[0].length });
  }
  const origin = { commit: commit.hash, subject: commit.subject };
  const byKey = new Map<string, InferredEdge>();
  const add = (edge: Pick<InferredEdge, "from" | "type" | "to" | "words">): void => {
    byKey.set(`${edge.from} ${edge.type} ${edge.to}`, { ...edge, ...origin });
  };
  for (const [index, mention] of mentions.entries()) {
    const before = message.slice(index === 0 ? 0 : (mentions[index - 1]?.end ?? 0), mention.start);
    const verb = closing.exec(before)?.[0].trim();
    const words = verb === undefined ? mention.id : `${verb} ${mention.id}`;
    add({ from: commit.hash, type: verb === undefined ? "REFERENCES" : "IMPLEMENTS", to: mention.id, words });
    const next = mentions[index + 1];
    if (next === undefined || next.id === mention.id) continue;
    const between = message.slice(mention.end, next.start);
    const said = `${mention.id} ${between.trim()} ${next.id}`;
    if (dependsOn.test(between)) add({ from: mention.id, type: "DEPENDS_ON", to: next.id, words: said });
    if (blocks.test(between)) add({ from: next.id, type: "DEPENDS_ON", to: mention.id, words: said });
  }
  // What a commit implements it references, too.
  return [...byKey.values()].filter(
    ({ from, type, to }) => type !== "REFERENCES" || !byKey.has(`${from} IMPLEMENTS ${to}`),
  );
}

async function entityNamed(context: KnotContext, word: string): Promise<string | undefined> {
  if (word.length > 128) return undefined;
  const entity = await context.graph.get(word);
  return entity === undefined || "from" in entity ? undefined : entity.id;
}

async function commitNode(context: KnotContext, hash: string): Promise<string | undefined> {
  const found = context.graph.query("commit").where("source.system", "=", "git").where("source.id", "=", hash);
  return (await found.first())?.id;
}
