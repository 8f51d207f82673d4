/**
 * Which open tasks fit into a sprint, and why. Every point a task gets has a reason that is told with it, so that the
 * order can be checked. All of it is read at one snapshot. Looked at are the tasks of the sprint's epics, what its tasks
 * wait for, and the most urgent of all other open tasks, so that the cost does not follow the size of the store.
 */
import type { Entity } from "@knotwork/graph";
import { requireNode } from "./change-node.ts";
import type { KnotContext } from "./knot-context.ts";
import type { Reader } from "./reader.ts";
import { containedTasks } from "./task-counts.ts";
import { type Task, taskView } from "./task-view.ts";
import { ofType } from "./typed-entity.ts";
import type { SprintProps } from "./types/sprint.ts";
import { isFinished, type Priority, type TaskProps } from "./types/task.ts";
import { openBlockers, openChildren } from "./waiting.ts";

/** `balanced` weighs all; `quick-wins` prefers small tasks that are ready, `impact` urgent ones that others wait for. */
export const suggestionStrategies = ["balanced", "quick-wins", "impact"] as const;
export type SuggestionStrategy = (typeof suggestionStrategies)[number];

export interface SuggestionOptions {
  /** Default "balanced". */
  readonly strategy?: SuggestionStrategy;
  /** Default 10. */
  readonly limit?: number;
}

export interface SprintSuggestion {
  readonly task: Task;
  readonly score: number;
  /** Most telling first. */
  readonly reasons: readonly SuggestionReason[];
}

export interface SuggestionReason {
  readonly kind:
    | "epic"
    | "dependency"
    | "orphan"
    | "priority"
    | "ready"
    | "waiting"
    | "unblocks"
    | "small"
    | "likeness";
  readonly points: number;
  readonly text: string;
}

/** Open tasks that are in no open sprint, best first; equal ones oldest first. */
export async function suggestTasks(
  context: KnotContext,
  sprintId: string,
  { strategy = "balanced", limit = 10 }: SuggestionOptions = {},
): Promise<readonly SprintSuggestion[]> {
  const snapshot = await context.graph.snapshot();
  try {
    const sprint = await requireNode(snapshot, "sprint", sprintId);
    const around = await surroundingsOf(snapshot, sprint);
    const suggestions: SprintSuggestion[] = [];
    for (const task of await candidatesFor(snapshot, around)) {
      const containers = await containersOf(snapshot, task.id);
      if (containers.some(isOpenSprint)) continue;
      const reasons = await reasonsFor(snapshot, { task, containers, around, weights: weightsOf[strategy] });
      const score = reasons.reduce((sum, { points }) => sum + points, 0);
      if (score > 0) suggestions.push({ task: taskView(task), score, reasons });
    }
    const best = suggestions.sort((a, b) => b.score - a.score || compareText(a.task.createdAt, b.task.createdAt));
    return best.slice(0, limit);
  } finally {
    snapshot.release();
  }
}

/** Points by reason. A negative weight says that it speaks against the task. */
type Weights = Readonly<Record<SuggestionReason["kind"], number>>;

const weightsOf: Readonly<Record<SuggestionStrategy, Weights>> = {
  balanced: {
    epic: 30,
    dependency: 20,
    orphan: 5,
    priority: 10,
    ready: 10,
    waiting: -15,
    unblocks: 4,
    small: 5,
    likeness: 6,
  },
  "quick-wins": {
    epic: 15,
    dependency: 10,
    orphan: 5,
    priority: 4,
    ready: 25,
    waiting: -40,
    unblocks: 2,
    small: 25,
    likeness: 6,
  },
  impact: {
    epic: 20,
    dependency: 15,
    orphan: 2,
    priority: 20,
    ready: 5,
    waiting: -5,
    unblocks: 12,
    small: 0,
    likeness: 4,
  },
};

const stepsByPriority: Readonly<Record<Priority, number>> = { critical: 3, high: 2, medium: 1, low: 0 };
const smallHoursMax = 4;
const unblocksCountedMax = 5;

/** What the sprint is about. */
interface Surroundings {
  readonly epics: ReadonlySet<string>;
  readonly tasks: ReadonlySet<string>;
  readonly categories: ReadonlySet<string>;
  readonly words: ReadonlySet<string>;
}

interface Candidate {
  readonly task: Entity<TaskProps>;
  readonly containers: readonly Entity[];
  readonly around: Surroundings;
  readonly weights: Weights;
}

/** How many of the tasks that have nothing to do with the sprint are looked at, by status. */
const othersMax = [
  ["pending", 500],
  ["blocked", 100],
] as const;

async function candidatesFor(reader: Reader, { epics, tasks }: Surroundings): Promise<Iterable<Entity<TaskProps>>> {
  const found = new Map<string, Entity<TaskProps>>();
  const add = (task: Entity<TaskProps> | undefined): void => {
    if (task?.props.status === "pending" || task?.props.status === "blocked") found.set(task.id, task);
  };
  for (const epic of epics) for (const task of await containedTasks(reader, epic)) add(task);
  for (const id of tasks) {
    for (const edge of await reader.edges({ from: id, type: "DEPENDS_ON" }))
      add(ofType(await reader.get(edge.to), "task"));
  }
  for (const [status, max] of othersMax) {
    const open = reader.query("task").where("status", "=", status).orderBy("priority").orderBy("filedAt");
    for (const task of await open.limit(max).all()) add(task);
  }
  return found.values();
}

async function surroundingsOf(reader: Reader, sprint: Entity<SprintProps>): Promise<Surroundings> {
  const tasks = await containedTasks(reader, sprint.id);
  const epics = (await containersOf(reader, sprint.id)).filter(({ type }) => type === "epic");
  const { title, goals = [] } = sprint.props;
  return {
    epics: new Set(epics.map(({ id }) => id)),
    tasks: new Set(tasks.map(({ id }) => id)),
    categories: new Set(tasks.flatMap(({ props }) => props.category ?? [])),
    words: wordsIn([title, ...goals.map((goal) => goal.text)].join(" ")),
  };
}

async function reasonsFor(
  reader: Reader,
  { task, containers, around, weights }: Candidate,
): Promise<readonly SuggestionReason[]> {
  const reasons: SuggestionReason[] = [];
  const add = (kind: SuggestionReason["kind"], steps: number, text: string): void => {
    const points = weights[kind] * steps;
    if (points !== 0) reasons.push({ kind, points, text });
  };
  const epic = containers.find(({ id }) => around.epics.has(id));
  if (epic !== undefined) add("epic", 1, `part of the same epic ${epic.id}`);
  if (containers.length === 0) add("orphan", 1, "in no sprint and no epic");
  const { priority, category, estimateHours, title } = task.props;
  add("priority", stepsByPriority[priority], `${priority} priority`);
  const blockers = [...(await openBlockers(reader, task.id)), ...(await openChildren(reader, task.id))];
  const outside = blockers.filter((id) => !around.tasks.has(id));
  if (blockers.length === 0 && task.props.status === "pending") add("ready", 1, "nothing stands in its way");
  else if (outside.length > 0) add("waiting", 1, `waits for ${outside.slice(0, 3).join(", ")}`);
  else if (task.props.status === "blocked") add("waiting", 1, "blocked");
  const waiters = await waitersOf(reader, task.id);
  const inside = waiters.filter((id) => around.tasks.has(id));
  if (inside.length > 0) add("dependency", 1, `${inside.slice(0, 3).join(", ")} of the sprint waits for it`);
  if (waiters.length > 0)
    add("unblocks", Math.min(unblocksCountedMax, waiters.length), `${waiters.length} wait for it`);
  if (estimateHours !== undefined && estimateHours <= smallHoursMax) add("small", 1, `${estimateHours} h of work`);
  if (category !== undefined && around.categories.has(category)) add("likeness", 1, `same category ${category}`);
  const shared = [...wordsIn(title)].filter((word) => around.words.has(word));
  if (shared.length > 0)
    add("likeness", Math.min(2, shared.length), `shares the words ${shared.slice(0, 3).join(", ")}`);
  return reasons.sort((a, b) => Math.abs(b.points) - Math.abs(a.points));
}

/** Unfinished tasks that depend on it. */
async function waitersOf(reader: Reader, taskId: string): Promise<readonly string[]> {
  const waiting: string[] = [];
  for (const edge of await reader.edges({ to: taskId, type: "DEPENDS_ON" })) {
    const task = ofType(await reader.get(edge.from), "task");
    if (task !== undefined && !isFinished(task.props.status)) waiting.push(task.id);
  }
  return waiting;
}

async function containersOf(reader: Reader, id: string): Promise<readonly Entity[]> {
  const found: Entity[] = [];
  for (const edge of await reader.edges({ to: id, type: "CONTAINS" })) {
    const container = await reader.get(edge.from);
    if (container?.type === "sprint" || container?.type === "epic") found.push(container);
  }
  return found;
}

function isOpenSprint({ type, props }: Entity): boolean {
  return type === "sprint" && props["status"] !== "completed";
}

/** Words of four letters and more, in small letters: shorter ones say little. */
function wordsIn(text: string): ReadonlySet<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]{4,}/gu) ?? []);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
