/**
 * Orphans: tasks that nothing in the graph leads to or from, so that nobody comes upon them. The report lists them; the
 * suggestions say what each may belong to, and why; linking adds the best of these.
 */
import type { Entity } from "@knotwork/graph";
import type { WriteOptions } from "./commit-write.ts";
import { DomainError, notFound } from "./domain-error.ts";
import { type EdgeView, edgeView, linkEdge } from "./edge-node.ts";
import type { KnotContext } from "./knot-context.ts";
import { readCandidates, suggestFor } from "./orphan-suggestions.ts";
import { type Page, pageOf, type PageOptions } from "./page.ts";
import type { Reader } from "./reader.ts";
import { transactOrRehearse } from "./rehearse.ts";
import { requireTask, type Task, taskView } from "./task-view.ts";
import { ofType } from "./typed-entity.ts";
import type { KnotGraph } from "./types/knot-types.ts";
import type { TaskProps, TaskStatus } from "./types/task.ts";
import { byUrgency, decodeUrgency, encodeUrgency } from "./urgency.ts";

export interface OrphanFilter extends PageOptions {
  /** Default: all. */
  readonly status?: TaskStatus;
}

/** An edge that may be missing. Which way it leads is in its ends. */
export interface LinkSuggestion {
  readonly from: string;
  readonly type: "RELATES_TO" | "CONTAINS" | "JUSTIFIES";
  readonly to: string;
  readonly other: { readonly id: string; readonly type: string; readonly title: string };
  /** From 0 to 1. */
  readonly score: number;
  /** Such as `words: torn, tail`. */
  readonly reasons: readonly string[];
}

export interface SuggestedLinks {
  readonly task: Task;
  /** Best first. */
  readonly suggestions: readonly LinkSuggestion[];
}

export interface SuggestOptions {
  /** Suggestions for a task. Default 3. */
  readonly limit?: number;
  /** Leave out what scores less. Default 0.2. */
  readonly scoreMin?: number;
}

export interface LinkOptions extends WriteOptions {
  /** Only these tasks. Default: all orphans. */
  readonly tasks?: readonly string[];
  /** Leave out what scores less. Default 0.5. */
  readonly scoreMin?: number;
  /** Put them there (an epic, a sprint) instead of what is suggested. */
  readonly into?: string;
  /** Only say what would be linked. */
  readonly dryRun?: boolean;
}

export interface LinkedOrphans {
  readonly edges: readonly EdgeView[];
  /** What the edges were added for; absent for `into`. */
  readonly suggestions: readonly LinkSuggestion[];
  /** Ids of orphans for which nothing was good enough. */
  readonly left: readonly string[];
}

export interface Orphans {
  /** Tasks without an edge, notes about them and handoffs of them apart; most urgent first, then oldest. */
  list(filter?: OrphanFilter): Promise<Page<Task>>;
  /** What one task may belong to. @throws NOT_FOUND */
  suggest(id: string, options?: SuggestOptions): Promise<SuggestedLinks>;
  /** Adds the best suggestion of each orphan, all or nothing. @throws NOT_FOUND, INVALID_VALUE, CYCLE */
  link(options?: LinkOptions): Promise<LinkedOrphans>;
}

export function openOrphans(context: KnotContext): Orphans {
  return {
    list: (filter) => listOrphans(context, filter),
    suggest: (id, options) => suggestLinks(context, id, options),
    link: (options) => linkOrphans(context, options),
  };
}

/** What is said about a task, and its transfer, tie it to no other work. */
const looseTypes: readonly string[] = ["ANNOTATES", "TRANSFERS"];

type LinkReader = Reader & Pick<KnotGraph, "linkedIds">;
const suggestionsDefault = 3;
const suggestScoreMin = 0.2;
const linkScoreMin = 0.5;

async function listOrphans(context: KnotContext, filter: OrphanFilter = {}): Promise<Page<Task>> {
  return await context.graph.read(async (snapshot) => {
    return await pageOf(await orphanTasks(snapshot, filter), filter, taskView, encodeUrgency);
  });
}

/** All orphans after a place in their order. Only they are read: which tasks have edges is in the index of edges. */
async function orphanTasks(
  reader: LinkReader,
  { status, after }: Pick<OrphanFilter, "status" | "after">,
): Promise<readonly Entity<TaskProps>[]> {
  const linked = await reader.linkedIds({ without: looseTypes });
  const ids = await reader.query("task").ids();
  const place = after === undefined ? undefined : decodeUrgency(after);
  const orphans: Entity<TaskProps>[] = [];
  for (const id of ids) {
    const task = linked.has(id) ? undefined : ofType(await reader.get(id), "task");
    if (task === undefined || (status !== undefined && task.props.status !== status)) continue;
    if (place === undefined || byUrgency(place, task) < 0) orphans.push(task);
  }
  return orphans.sort(byUrgency);
}

async function suggestLinks(context: KnotContext, id: string, options: SuggestOptions = {}): Promise<SuggestedLinks> {
  const { limit = suggestionsDefault, scoreMin = suggestScoreMin } = options;
  return await context.graph.read(async (snapshot) => {
    const task = await requireTask(snapshot, id);
    const candidates = await readCandidates(snapshot, [task]);
    return { task: taskView(task), suggestions: suggestFor(task, candidates, { limit, scoreMin }) };
  });
}

async function linkOrphans(context: KnotContext, options: LinkOptions = {}): Promise<LinkedOrphans> {
  const { tasks, scoreMin = linkScoreMin, into, dryRun = false, ...writeOptions } = options;
  const plan = await planLinks(context, { tasks, scoreMin, into });
  // A call under this key may have linked them before: only the transaction knows.
  if (plan.ends.length === 0 && writeOptions.idempotencyKey === undefined)
    return { edges: [], suggestions: plan.suggestions, left: plan.left };
  return transactOrRehearse(
    context,
    async (tx) => {
      const edges: EdgeView[] = [];
      for (const ends of plan.ends) edges.push(edgeView(await linkEdge(tx, ends, ends.props)));
      return { edges, suggestions: plan.suggestions, left: plan.left };
    },
    { ...writeOptions, operation: "orphan link", args: { tasks: tasks ?? null, scoreMin, into: into ?? null }, dryRun },
  );
}

interface LinkPlan {
  readonly ends: readonly {
    readonly from: string;
    readonly type: string;
    readonly to: string;
    readonly props: { readonly confidence?: number };
  }[];
  readonly suggestions: readonly LinkSuggestion[];
  readonly left: readonly string[];
}

async function planLinks(
  context: KnotContext,
  { tasks, scoreMin, into }: { tasks: readonly string[] | undefined; scoreMin: number; into: string | undefined },
): Promise<LinkPlan> {
  return await context.graph.read(async (snapshot) => {
    const orphans: Entity<TaskProps>[] = [];
    if (tasks === undefined) orphans.push(...(await orphanTasks(snapshot, {})));
    else for (const id of tasks) orphans.push(await requireTask(snapshot, id));
    if (into !== undefined) {
      await assertContainer(snapshot, into);
      const ends = orphans.map(({ id }) => ({ from: into, type: "CONTAINS", to: id, props: {} }));
      return { ends, suggestions: [], left: [] };
    }
    const candidates = await readCandidates(snapshot, orphans);
    const suggestions: LinkSuggestion[] = [];
    const left: string[] = [];
    for (const task of orphans) {
      const [best] = suggestFor(task, candidates, { limit: 1, scoreMin });
      if (best === undefined) left.push(task.id);
      else suggestions.push(best);
    }
    // The edge says how sure it is: nobody has looked at it yet.
    const ends = suggestions.map(({ from, type, to, score }) => ({ from, type, to, props: { confidence: score } }));
    return { ends, suggestions, left };
  });
}

async function assertContainer(reader: Reader, id: string): Promise<void> {
  const entity = await reader.get(id);
  if (entity === undefined) throw notFound("entity", id);
  if (entity.type === "epic" || entity.type === "sprint" || entity.type === "task") return;
  throw new DomainError("INVALID_VALUE", `Cannot put tasks into ${entity.type} "${id}": it contains no tasks`, {
    hint: "Name an epic or a sprint.",
    context: { id, type: entity.type },
  });
}
