/** Looking at epics: one with all that is in it, or a list with how far each has come. */
import type { Entity } from "@knotwork/graph";
import { type EpicPhase, readPhases } from "./epic-phases.ts";
import type { KnotContext } from "./knot-context.ts";
import { type Page, pageOfQuery, type PageOptions } from "./page.ts";
import type { Reader } from "./reader.ts";
import { overviewOf, type SprintOverview } from "./sprint-reads.ts";
import { containedTasks, countTasks, type TaskCounts } from "./task-counts.ts";
import { type Task, taskView } from "./task-view.ts";
import { ofType } from "./typed-entity.ts";
import type { EpicProps, EpicStatus } from "./types/epic.ts";
import type { SprintProps } from "./types/sprint.ts";
import type { TaskProps } from "./types/task.ts";
import { type View, viewOf } from "./view.ts";

export type Epic = Omit<View<EpicProps>, "phases"> & { readonly phases: readonly EpicPhase[] };

/** An epic and what is in it. */
export type EpicOverview = Epic & {
  readonly progress: EpicProgress;
  /** Lowest number first. */
  readonly sprints: readonly SprintOverview[];
  /** Tasks of the epic itself, not of its sprints. */
  readonly tasks: readonly Task[];
};

export interface EpicProgress {
  /** All its tasks and those of its sprints, each once. */
  readonly tasks: TaskCounts;
  readonly sprints: { readonly total: number; readonly completed: number };
  readonly phases: { readonly total: number; readonly completed: number };
}

export interface EpicFilter extends PageOptions {
  readonly status?: EpicStatus | readonly EpicStatus[];
}

export async function getEpic(context: KnotContext, id: string): Promise<EpicOverview | undefined> {
  const entity = ofType(await context.graph.get(id), "epic");
  return entity === undefined ? undefined : epicOverview(context.graph, entity);
}

export async function listEpics(context: KnotContext, filter: EpicFilter = {}): Promise<Page<EpicOverview>> {
  let query = context.graph.query("epic");
  if (filter.status !== undefined) query = query.where("status", "in", [filter.status].flat());
  const ordered = query.orderBy("status").orderBy("filedAt");
  const page = await pageOfQuery(ordered, filter, (entity: Entity<EpicProps>) => entity);
  const items: EpicOverview[] = [];
  for (const entity of page.items) items.push(await epicOverview(context.graph, entity));
  return { ...page, items };
}

export function epicView(entity: Entity<EpicProps>): Epic {
  return Object.freeze({ ...viewOf(entity), phases: readPhases(entity.props.phases ?? []) });
}

async function epicOverview(reader: Reader, entity: Entity<EpicProps>): Promise<EpicOverview> {
  const epic = epicView(entity);
  const direct = await containedTasks(reader, entity.id);
  const all = new Map<string, Entity<TaskProps>>(direct.map((task) => [task.id, task]));
  const sprints: SprintOverview[] = [];
  for (const sprint of await sprintsOfEpic(reader, entity.id)) {
    const tasks = await containedTasks(reader, sprint.id);
    for (const task of tasks) all.set(task.id, task);
    sprints.push(await overviewOf(reader, sprint, tasks));
  }
  const { phases } = epic;
  const progress = {
    tasks: countTasks(all.values()),
    sprints: { total: sprints.length, completed: sprints.filter(({ status }) => status === "completed").length },
    phases: { total: phases.length, completed: phases.filter(({ status }) => status === "completed").length },
  };
  return Object.freeze({ ...epic, progress, sprints, tasks: direct.map(taskView) });
}

/** Lowest number first. */
async function sprintsOfEpic(reader: Reader, id: string): Promise<readonly Entity<SprintProps>[]> {
  const ids = await reader.walk(id).out("CONTAINS").maxDepth(1).ids();
  const sprints = (await reader.getMany(ids)).flatMap((entity) => ofType(entity, "sprint") ?? []);
  return sprints.sort((a, b) => (a.props.number ?? Infinity) - (b.props.number ?? Infinity) || (a.id < b.id ? -1 : 1));
}
