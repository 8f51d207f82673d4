/** The goals of a sprint: added, moved on, completed. */
import { changeNode, type ChangeOptions, editNode } from "./change-node.ts";
import { DomainError } from "./domain-error.ts";
import { instant, type KnotContext } from "./knot-context.ts";
import { assertTitle } from "./names.ts";
import { type Sprint, sprintView } from "./sprint-reads.ts";
import { updateNode } from "./typed-entity.ts";
import type { SprintGoal } from "./types/sprint.ts";
import type { Priority } from "./types/task.ts";

export interface NewGoal {
  readonly text: string;
  readonly priority?: Priority;
}

/** What is set of a goal; at 100 percent it is completed. */
export interface GoalEdit {
  readonly text?: string;
  readonly completed?: boolean;
  readonly progress?: number;
  readonly priority?: Priority;
}

export async function addGoal(
  context: KnotContext,
  id: string,
  goal: NewGoal,
  options?: ChangeOptions,
): Promise<Sprint> {
  assertTitle(goal.text);
  const change = { type: "sprint", id, operation: "sprint goal add", args: goal, options } as const;
  return sprintView(
    context.graph,
    await changeNode(context, change, async (tx, sprint) => {
      const goals = sprint.props.goals ?? [];
      const same = goals.findIndex(({ text }) => text === goal.text);
      if (same >= 0) throw alreadyAGoal(id, same + 1, goal.text);
      return updateNode(tx, sprint, { goals: [...goals, { ...goal, completed: false }] });
    }),
  );
}

/** `number` counts from 1, as goals are listed. */
export async function updateGoal(
  context: KnotContext,
  { id, number }: { readonly id: string; readonly number: number },
  edit: GoalEdit,
  options?: ChangeOptions,
): Promise<Sprint> {
  if (edit.text !== undefined) assertTitle(edit.text);
  if (edit.progress !== undefined) assertPercent(edit.progress);
  const change = { type: "sprint", id, operation: "sprint goal update", args: [number, edit], options } as const;
  return sprintView(
    context.graph,
    await changeNode(context, change, async (tx, sprint) => {
      const goals = sprint.props.goals ?? [];
      const goal = goals[number - 1];
      if (goal === undefined) throw noSuchGoal(id, number, goals.length);
      const edited = editGoal(context, goal, edit);
      return editNode(tx, sprint, { goals: goals.map((each) => (each === goal ? edited : each)) });
    }),
  );
}

function assertPercent(progress: number): void {
  if (progress >= 0 && progress <= 100) return;
  throw new DomainError("INVALID_VALUE", `Cannot set a goal to ${progress} percent: it is not between 0 and 100`, {
    hint: "Give a percentage; at 100 the goal is completed.",
    context: { progress },
  });
}

function editGoal(context: KnotContext, goal: SprintGoal, { completed, ...edit }: GoalEdit): SprintGoal {
  const { completedAt, completedBy, ...open } = { ...goal, ...edit };
  const done = completed ?? (edit.progress === undefined ? goal.completed : edit.progress >= 100);
  if (!done) return { ...open, completed: false, ...(goal.completed && open.progress === 100 ? { progress: 0 } : {}) };
  const by = goal.completed ? completedBy : context.agent;
  return {
    ...open,
    completed: true,
    progress: 100,
    completedAt: goal.completed && completedAt !== undefined ? completedAt : instant(context),
    ...(by === undefined ? {} : { completedBy: by }),
  };
}

function alreadyAGoal(id: string, number: number, text: string): DomainError {
  return new DomainError("ALREADY_EXISTS", `Cannot add the goal "${text}": it is goal ${number} of sprint "${id}"`, {
    hint: "Change that goal, or word this one otherwise.",
    context: { sprint: id, goal: number },
  });
}

function noSuchGoal(id: string, number: number, count: number): DomainError {
  return new DomainError("NOT_FOUND", `Cannot find goal ${number} of sprint "${id}": it has ${count}`, {
    hint: "Goals count from 1, in the order they are listed.",
    context: { sprint: id, goal: number, goals: count },
  });
}
