/** Looking at sprints: one, a list, the current one, its tasks, how far it has come. */
import type { Entity } from "@knotwork/graph";
import { requireNode } from "./change-node.ts";
import type { KnotContext } from "./knot-context.ts";
import { type Page, pageOfQuery, type PageOptions } from "./page.ts";
import type { Reader } from "./reader.ts";
import { type Task, taskView } from "./task-view.ts";
import { containedTasks, countTasks, type TaskCounts } from "./task-counts.ts";
import { ofType } from "./typed-entity.ts";
import type { SprintGoal, SprintProps, SprintStatus } from "./types/sprint.ts";
import { priorities, type TaskProps } from "./types/task.ts";
import { type View, viewOf } from "./view.ts";

export type Sprint = View<SprintProps> & {
  readonly goals: readonly SprintGoal[];
  /** Ids of the epics it is a part of. */
  readonly epics: readonly string[];
};

/** A sprint and how far it has come. */
export type SprintOverview = Sprint & { readonly progress: SprintProgress };

export interface SprintProgress {
  readonly tasks: TaskCounts;
  readonly goals: GoalCounts;
}

export interface GoalCounts {
  readonly total: number;
  readonly completed: number;
  /** Mean of the goals, whole percent; 100 only when all are completed. */
  readonly percent: number;
}

export interface SprintFilter extends PageOptions {
  readonly status?: SprintStatus | readonly SprintStatus[];
  /** Id of an epic it is a part of. */
  readonly epic?: string;
}

export async function getSprint(context: KnotContext, id: string): Promise<SprintOverview | undefined> {
  const entity = ofType(await context.graph.get(id), "sprint");
  return entity === undefined ? undefined : overviewOf(context.graph, entity);
}

/** Highest number first. */
export async function listSprints(context: KnotContext, filter: SprintFilter = {}): Promise<Page<SprintOverview>> {
  const { graph } = context;
  let query = graph.query("sprint");
  if (filter.status !== undefined) query = query.where("status", "in", [filter.status].flat());
  const inEpic = filter.epic === undefined ? undefined : await containedIds(graph, filter.epic);
  const ordered = query.orderBy("number", "desc").orderBy("filedAt", "desc");
  const passes = inEpic === undefined ? undefined : (entity: Entity<SprintProps>) => inEpic.has(entity.id);
  const page = await pageOfQuery(ordered, filter, (entity: Entity<SprintProps>) => entity, passes);
  const items: SprintOverview[] = [];
  for (const entity of page.items) items.push(await overviewOf(graph, entity));
  return { ...page, items };
}

/** The sprint in progress: the caller's own before others, then the one started last. */
export async function currentSprint(context: KnotContext): Promise<SprintOverview | undefined> {
  const running = await context.graph.query("sprint").where("status", "=", "in_progress").all();
  const isMine = ({ props }: Entity<SprintProps>): boolean =>
    context.agent !== undefined && props.owner?.agent === context.agent;
  const [first] = [...running].sort(
    (a, b) =>
      Number(isMine(b)) - Number(isMine(a)) ||
      compareText(b.props.startedAt ?? "", a.props.startedAt ?? "") ||
      (b.props.number ?? 0) - (a.props.number ?? 0) ||
      compareText(a.id, b.id),
  );
  return first === undefined ? undefined : overviewOf(context.graph, first);
}

/** Its tasks: unfinished before finished, most urgent first, oldest first. */
export async function sprintTasks(context: KnotContext, id: string): Promise<readonly Task[]> {
  await requireNode(context.graph, "sprint", id);
  const tasks = [...(await containedTasks(context.graph, id))].sort(byStateAndUrgency);
  return tasks.map(taskView);
}

/** Ids of the sprints with this number: one, or none; imports may bring several. */
export async function sprintIdsByNumber(reader: Reader, number: number): Promise<readonly string[]> {
  return (await reader.query("sprint").where("number", "=", number).all()).map(({ id }) => id);
}

export async function sprintView(reader: Reader, entity: Entity<SprintProps>): Promise<Sprint> {
  const epics: string[] = [];
  for (const edge of await reader.edges({ to: entity.id, type: "CONTAINS" })) {
    if ((await reader.get(edge.from))?.type === "epic") epics.push(edge.from);
  }
  return Object.freeze({ ...viewOf(entity), goals: entity.props.goals ?? [], epics });
}

/** `contained`: its tasks, when they were read before. */
export async function overviewOf(
  reader: Reader,
  entity: Entity<SprintProps>,
  contained?: readonly Entity<TaskProps>[],
): Promise<SprintOverview> {
  const tasks = countTasks(contained ?? (await containedTasks(reader, entity.id)));
  const progress = { tasks, goals: countGoals(entity.props.goals ?? []) };
  return Object.freeze({ ...(await sprintView(reader, entity)), progress });
}

function countGoals(goals: readonly SprintGoal[]): GoalCounts {
  const completed = goals.filter((goal) => goal.completed).length;
  const sum = goals.reduce((total, goal) => total + (goal.completed ? 100 : Math.min(99, goal.progress ?? 0)), 0);
  return { total: goals.length, completed, percent: goals.length === 0 ? 0 : Math.floor(sum / goals.length) };
}

async function containedIds(reader: Reader, id: string): Promise<ReadonlySet<string>> {
  return new Set((await reader.edges({ from: id, type: "CONTAINS" })).map((edge) => edge.to));
}

const stateOrder = ["in_progress", "blocked", "pending", "deferred", "completed", "cancelled"] as const;

function byStateAndUrgency(a: Parameters<typeof taskView>[0], b: Parameters<typeof taskView>[0]): number {
  return (
    stateOrder.indexOf(a.props.status) - stateOrder.indexOf(b.props.status) ||
    priorities.indexOf(a.props.priority) - priorities.indexOf(b.props.priority) ||
    compareText(a.props.filedAt, b.props.filedAt) ||
    compareText(a.id, b.id)
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
