/** Sprints: everything that can be asked of them, in one place. The rules are in the files this one leads to. */
import type { ChangeOptions } from "./change-node.ts";
import type { WriteOptions } from "./commit-write.ts";
import type { KnotContext } from "./knot-context.ts";
import type { Page } from "./page.ts";
import { resolveSprint } from "./resolve-sprint.ts";
import { type Burndown, burndownOf } from "./sprint-burndown.ts";
import {
  addSprintNote,
  addSprintTasks,
  type AddTasksOptions,
  createSprint,
  type NewSprint,
  removeSprintTasks,
  type RemoveTasksOptions,
  type SprintEdit,
  type SprintTasksChange,
  updateSprint,
  type UpdateSprintOptions,
} from "./sprint-edits.ts";
import { addGoal, type GoalEdit, type NewGoal, updateGoal } from "./sprint-goals.ts";
import {
  blockSprint,
  claimSprint,
  type ClaimSprintOptions,
  completeSprint,
  type CompleteSprintOptions,
  releaseSprint,
  reopenSprint,
  type SprintCompletion,
  startSprint,
} from "./sprint-moves.ts";
import {
  currentSprint,
  getSprint,
  listSprints,
  type Sprint,
  type SprintFilter,
  type SprintOverview,
  sprintTasks,
} from "./sprint-reads.ts";
import { type SprintSuggestion, type SuggestionOptions, suggestTasks } from "./sprint-suggestions.ts";
import type { Task } from "./task-view.ts";

/** Every call with an id may throw NOT_FOUND, and every one with `ifVersion` CONFLICT. A call that throws has changed nothing. */
export interface Sprints {
  /** Creates a sprint with a number of its own. @throws ALREADY_EXISTS (number or id), NOT_FOUND (epic), INVALID_VALUE */
  create(sprint: NewSprint, options?: WriteOptions): Promise<Sprint>;
  get(id: string): Promise<SprintOverview | undefined>;
  /** Highest number first. */
  list(filter?: SprintFilter): Promise<Page<SprintOverview>>;
  /** The one in progress: the caller's own before others, then the one started last. */
  current(): Promise<SprintOverview | undefined>;
  /** The id meant by an id, the end of one, or a number. @throws NOT_FOUND, AMBIGUOUS_ID */
  resolve(idOrNumber: string): Promise<string>;
  /** @throws ALREADY_EXISTS (number), INVALID_VALUE */
  update(id: string, edit: SprintEdit, options?: UpdateSprintOptions): Promise<Sprint>;

  /** Makes the caller its one owner. @throws CLAIM_HELD, INVALID_TRANSITION, IDENTITY_REQUIRED */
  claim(id: string, options?: ClaimSprintOptions): Promise<Sprint>;
  /** @throws CLAIM_HELD, INVALID_TRANSITION (nobody owns it), IDENTITY_REQUIRED */
  release(id: string, options?: ChangeOptions): Promise<Sprint>;
  /** The moves are its owner's while it has one. @throws CLAIM_HELD, INVALID_TRANSITION */
  start(id: string, options?: ChangeOptions): Promise<Sprint>;
  block(id: string, reason: string, options?: ChangeOptions): Promise<Sprint>;
  reopen(id: string, options?: ChangeOptions): Promise<Sprint>;
  /** @throws CHILDREN_OPEN when nothing is said about its unfinished tasks, CLAIM_HELD, INVALID_TRANSITION */
  complete(id: string, options?: CompleteSprintOptions): Promise<SprintCompletion>;

  /** @throws ALREADY_EXISTS when it has this goal, INVALID_VALUE */
  addGoal(id: string, goal: NewGoal, options?: ChangeOptions): Promise<Sprint>;
  /** Changes goal `number`, counted from 1. @throws NOT_FOUND, INVALID_VALUE */
  updateGoal(id: string, number: number, edit: GoalEdit, options?: ChangeOptions): Promise<Sprint>;
  note(id: string, text: string, options?: ChangeOptions): Promise<Sprint>;

  /** Puts tasks into it, all or none. @throws NOT_FOUND, PARENT_CLOSED */
  addTasks(id: string, tasks: readonly string[], options?: AddTasksOptions): Promise<SprintTasksChange>;
  /** Takes tasks out of it; they stay. @throws NOT_FOUND */
  removeTasks(id: string, tasks: readonly string[], options?: RemoveTasksOptions): Promise<SprintTasksChange>;
  /** Its tasks: unfinished before finished, most urgent first. */
  tasks(id: string): Promise<readonly Task[]>;
  /** Open tasks that fit into it, best first, each with the reasons. */
  suggest(id: string, options?: SuggestionOptions): Promise<readonly SprintSuggestion[]>;
  burndown(id: string): Promise<Burndown>;
}

export function openSprints(context: KnotContext): Sprints {
  return {
    create: (sprint, options) => createSprint(context, sprint, options),
    get: (id) => getSprint(context, id),
    list: (filter) => listSprints(context, filter),
    current: () => currentSprint(context),
    resolve: (idOrNumber) => resolveSprint(context, idOrNumber),
    update: (id, edit, options) => updateSprint(context, id, edit, options),
    claim: (id, options) => claimSprint(context, id, options),
    release: (id, options) => releaseSprint(context, id, options),
    start: (id, options) => startSprint(context, id, options),
    block: (id, reason, options) => blockSprint(context, id, reason, options),
    reopen: (id, options) => reopenSprint(context, id, options),
    complete: (id, options) => completeSprint(context, id, options),
    addGoal: (id, goal, options) => addGoal(context, id, goal, options),
    updateGoal: (id, number, edit, options) => updateGoal(context, { id, number }, edit, options),
    note: (id, text, options) => addSprintNote(context, id, text, options),
    addTasks: (id, tasks, options) => addSprintTasks(context, id, tasks, options),
    removeTasks: (id, tasks, options) => removeSprintTasks(context, id, tasks, options),
    tasks: (id) => sprintTasks(context, id),
    suggest: (id, options) => suggestTasks(context, id, options),
    burndown: (id) => burndownOf(context, id),
  };
}
