/** How a sprint's tasks went down, day by day. */
import { requireNode } from "./change-node.ts";
import { DomainError } from "./domain-error.ts";
import { instant, type KnotContext } from "./knot-context.ts";
import { containedTasks } from "./task-counts.ts";

export interface Burndown {
  readonly sprint: string;
  /** First and last day counted, in UTC: from its start (or its creation) to its completion (or today). */
  readonly from: string;
  readonly to: string;
  readonly days: readonly BurndownDay[];
  /** Tasks completed at a time nobody wrote down: counted as completed on the first day. */
  readonly undated: number;
}

/** The state at the end of a day. */
export interface BurndownDay {
  readonly day: string;
  /** Tasks that there were, cancelled ones left out. */
  readonly scope: number;
  readonly completed: number;
  readonly remaining: number;
}

const dayMs = 24 * 60 * 60_000;
const daysMax = 366;

/** Tasks count from the day they were filed; tasks of the sprint now, whenever they came into it. */
export async function burndownOf(context: KnotContext, id: string): Promise<Burndown> {
  const snapshot = await context.graph.snapshot();
  try {
    const { props } = await requireNode(snapshot, "sprint", id);
    const tasks = (await containedTasks(snapshot, id)).filter((task) => task.props.status !== "cancelled");
    const from = dayOf(props.startedAt ?? props.filedAt);
    const to = later(from, dayOf(props.completedAt ?? instant(context)));
    const done = tasks.filter((task) => task.props.status === "completed");
    const days = daysBetween(id, from, to).map((day): BurndownDay => {
      const isLast = day === to;
      // The last day holds all there is: nothing came before its filing, and nothing after the end of the sprint is left out.
      const scope = tasks.filter((task) => isLast || dayOf(task.props.filedAt) <= day).length;
      const completed = done.filter(
        (task) => isLast || (dayOf(task.props.filedAt) <= day && dayOf(task.props.completedAt ?? from) <= day),
      ).length;
      return { day, scope, completed, remaining: scope - completed };
    });
    return { sprint: id, from, to, days, undated: done.filter((task) => task.props.completedAt === undefined).length };
  } finally {
    snapshot.release();
  }
}

function daysBetween(id: string, from: string, to: string): readonly string[] {
  const count = (Date.parse(to) - Date.parse(from)) / dayMs + 1;
  if (count > daysMax) {
    throw new DomainError("INVALID_VALUE", `Cannot count sprint "${id}" by days: it spans ${count} of them`, {
      hint: `A burndown covers at most ${daysMax} days.`,
      context: { sprint: id, days: count },
    });
  }
  return Array.from({ length: count }, (_, index) => dayOf(new Date(Date.parse(from) + index * dayMs).toISOString()));
}

function dayOf(at: string): string {
  return at.slice(0, 10);
}

function later(a: string, b: string): string {
  return a > b ? a : b;
}
