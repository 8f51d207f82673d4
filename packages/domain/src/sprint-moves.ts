/**
 * The life of a sprint, and who leads it.
 *
 *     available ──> in_progress ──> completed ──> available (reopened)
 *          └──> blocked <──┘
 *
 * A sprint has at most one owner: the agent that claimed it, in the session it named. There is no lease: leading a sprint
 * lasts for days, and what must not be done twice, its tasks, have claims of their own. Whoever takes a sprint over names
 * the owner it takes it from, so that of two who do so at once one wins. While a sprint is owned, only its owner moves it.
 */
import type { Entity } from "@knotwork/graph";
import { changeNode, type ChangeOptions, requireNode } from "./change-node.ts";
import { commitWrite } from "./commit-write.ts";
import { DomainError } from "./domain-error.ts";
import { instant, type KnotContext, requireAgent } from "./knot-context.ts";
import { applyTasks, planTasks, type SprintTasksChange } from "./sprint-edits.ts";
import { type Sprint, sprintView } from "./sprint-reads.ts";
import { containedTasks } from "./task-counts.ts";
import { assertVersion } from "./assert-version.ts";
import { updateNode } from "./typed-entity.ts";
import type { KnotTransaction } from "./types/knot-types.ts";
import type { SprintOwner, SprintProps, SprintStatus } from "./types/sprint.ts";
import { isFinished } from "./types/task.ts";
import type { Reader } from "./reader.ts";

export interface ClaimSprintOptions extends ChangeOptions {
  /** The owner to take it over from, by name; refused when somebody else owns it. */
  readonly from?: string;
}

export interface CompleteSprintOptions extends ChangeOptions {
  /** Complete it although tasks of it are not finished; they stay in it. */
  readonly leaveOpen?: boolean;
  /** The sprint its unfinished tasks go over to. */
  readonly carryOver?: string;
  /** Only say what would change. */
  readonly dryRun?: boolean;
}

export interface SprintCompletion {
  readonly sprint: Sprint;
  /** Ids of the tasks that were not finished. */
  readonly unfinished: readonly string[];
  /** Where they went. */
  readonly carriedTo?: string;
}

/** Makes the caller the owner. Claiming again in the same session changes nothing. */
export async function claimSprint(
  context: KnotContext,
  id: string,
  { from, ...options }: ClaimSprintOptions = {},
): Promise<Sprint> {
  const agent = requireAgent(context, "claim a sprint");
  const { session } = options;
  const args = [agent, session ?? null, from ?? null];
  const change = { type: "sprint", id, operation: "sprint claim", args, options } as const;
  return viewed(
    context,
    await changeNode(context, change, async (tx, sprint) => {
      const { owner, status } = sprint.props;
      if (status === "completed") throw invalidMove(sprint, "claim");
      if (owner !== undefined && isOwner(owner, agent, session)) return sprint;
      if (owner !== undefined && owner.agent !== from) throw ownedByOther(sprint, owner);
      const claimed: SprintOwner = {
        agent,
        ...(session === undefined ? {} : { session }),
        claimedAt: instant(context),
      };
      return updateNode(tx, sprint, { owner: claimed });
    }),
  );
}

/** Gives the ownership up; the status stays. */
export async function releaseSprint(context: KnotContext, id: string, options: ChangeOptions = {}): Promise<Sprint> {
  requireAgent(context, "release a sprint");
  const change = { type: "sprint", id, operation: "sprint release", options } as const;
  return viewed(
    context,
    await changeNode(context, change, async (tx, sprint) => {
      if (sprint.props.owner === undefined) throw notOwned(sprint);
      assertMayMove(context, sprint, options.session);
      return updateNode(tx, sprint, {}, ["owner"]);
    }),
  );
}

export function startSprint(context: KnotContext, id: string, options?: ChangeOptions): Promise<Sprint> {
  const startedBy = context.agent === undefined ? {} : { startedBy: context.agent };
  return move(context, { id, to: "in_progress", changes: { startedAt: instant(context), ...startedBy } }, options);
}

export function blockSprint(
  context: KnotContext,
  id: string,
  reason: string,
  options?: ChangeOptions,
): Promise<Sprint> {
  return move(context, { id, to: "blocked", changes: { blockedReason: reason } }, options);
}

/** A completed sprint is available again. */
export function reopenSprint(context: KnotContext, id: string, options?: ChangeOptions): Promise<Sprint> {
  return move(context, { id, to: "available", changes: {} }, options);
}

/** Completes a sprint and gives its ownership up. What becomes of unfinished tasks has to be said. */
export async function completeSprint(
  context: KnotContext,
  id: string,
  options: CompleteSprintOptions = {},
): Promise<SprintCompletion> {
  const { leaveOpen = false, carryOver, dryRun = false, ifVersion, ...writeOptions } = options;
  const plan = (reader: Reader): Promise<CompletionPlan> =>
    planCompletion(context, reader, { id, leaveOpen, carryOver, ifVersion, session: options.session });
  const carried = carryOver === undefined ? {} : { carriedTo: carryOver };
  if (dryRun) {
    const { sprint, unfinished } = await plan(context.graph);
    return { sprint: await viewed(context, sprint), unfinished, ...(unfinished.length === 0 ? {} : carried) };
  }
  const args = [id, leaveOpen, carryOver ?? null, ifVersion ?? null];
  const request = { operation: "sprint complete", args, options: writeOptions };
  const written = await commitWrite<SprintProps, { unfinished: string[] }>(context, request, async (tx) => {
    const { sprint, unfinished, tasks } = await plan(tx);
    if (tasks !== undefined) await applyTasks(tx, tasks);
    const completedBy = context.agent === undefined ? {} : { completedBy: context.agent };
    const changes = { completedAt: instant(context), ...completedBy };
    return { entity: await moveTo(tx, sprint, "completed", changes), result: { unfinished: [...unfinished] } };
  });
  const { unfinished } = written.result;
  const sprint = await viewed(context, written.entity);
  return { sprint, unfinished, ...(unfinished.length === 0 ? {} : carried) };
}

const nextStatuses: Readonly<Record<SprintStatus, readonly SprintStatus[]>> = {
  available: ["in_progress", "blocked", "completed"],
  in_progress: ["blocked", "completed"],
  blocked: ["in_progress", "completed"],
  completed: ["available"],
};

/** Fields that mean nothing any more once the status is entered. */
const fieldsEndedBy: Readonly<Record<SprintStatus, readonly (keyof SprintProps)[]>> = {
  available: ["startedAt", "startedBy", "completedAt", "completedBy", "blockedReason"],
  in_progress: ["blockedReason"],
  blocked: [],
  completed: ["blockedReason", "owner"],
};

type SprintChanges = { readonly [Field in keyof SprintProps]?: SprintProps[Field] };

interface Move {
  readonly id: string;
  readonly to: SprintStatus;
  readonly changes: SprintChanges;
}

async function move(context: KnotContext, { id, to, changes }: Move, options: ChangeOptions = {}): Promise<Sprint> {
  const args = [to, changes.blockedReason ?? null];
  const change = { type: "sprint", id, operation: "sprint move", args, options } as const;
  return viewed(
    context,
    await changeNode(context, change, async (tx, sprint) => {
      assertMayMove(context, sprint, options.session);
      // Started once: going on after a block keeps the first time.
      const { startedAt, startedBy } = sprint.props;
      const kept = startedAt === undefined ? {} : { startedAt, ...(startedBy === undefined ? {} : { startedBy }) };
      return moveTo(tx, sprint, to, to === "in_progress" ? { ...changes, ...kept } : changes);
    }),
  );
}

async function moveTo(
  tx: KnotTransaction,
  sprint: Entity<SprintProps>,
  to: SprintStatus,
  changes: SprintChanges,
): Promise<Entity<SprintProps>> {
  if (!nextStatuses[sprint.props.status].includes(to)) throw invalidMove(sprint, to);
  const unset = fieldsEndedBy[to].filter((field) => field in sprint.props && !(field in changes));
  return updateNode(tx, sprint, { ...changes, status: to }, unset);
}

interface CompletionWish {
  readonly id: string;
  readonly leaveOpen: boolean;
  readonly carryOver: string | undefined;
  readonly ifVersion: number | undefined;
  readonly session: string | undefined;
}

interface CompletionPlan {
  readonly sprint: Entity<SprintProps>;
  readonly unfinished: readonly string[];
  readonly tasks?: SprintTasksChange;
}

async function planCompletion(context: KnotContext, reader: Reader, wish: CompletionWish): Promise<CompletionPlan> {
  const sprint = await requireNode(reader, "sprint", wish.id);
  assertVersion(sprint, wish.ifVersion);
  assertMayMove(context, sprint, wish.session);
  if (!nextStatuses[sprint.props.status].includes("completed")) throw invalidMove(sprint, "completed");
  const tasks = await containedTasks(reader, wish.id);
  const unfinished = tasks.filter((task) => !isFinished(task.props.status)).map((task) => task.id);
  if (unfinished.length === 0 || wish.leaveOpen) return { sprint, unfinished };
  if (wish.carryOver === undefined) throw tasksOpen(wish.id, unfinished);
  if (wish.carryOver === wish.id) throw invalidMove(sprint, "carry its tasks over to itself");
  const carried = await planTasks(reader, wish.carryOver, unfinished, false);
  return {
    sprint,
    unfinished,
    tasks: { ...carried, removed: unfinished.map((task) => ({ sprint: wish.id, task })) },
  };
}

function assertMayMove(context: KnotContext, sprint: Entity<SprintProps>, session: string | undefined): void {
  const { owner } = sprint.props;
  if (owner !== undefined && !isOwner(owner, context.agent, session)) throw ownedByOther(sprint, owner);
}

/** An owner that named a session is met only in that session. */
function isOwner(owner: SprintOwner, agent: string | undefined, session: string | undefined): boolean {
  return owner.agent === agent && (owner.session === undefined || owner.session === session);
}

async function viewed(context: KnotContext, entity: Entity<SprintProps>): Promise<Sprint> {
  return sprintView(context.graph, entity);
}

function ownedByOther({ id }: Entity<SprintProps>, owner: SprintOwner): DomainError {
  const session = owner.session === undefined ? "" : ` in session "${owner.session}"`;
  return new DomainError("CLAIM_HELD", `Cannot act on sprint "${id}": "${owner.agent}"${session} owns it`, {
    hint: "If it is yours, give the same name and session. Otherwise choose another sprint, ask the owner to release it, or take it over by naming them.",
    context: { sprint: id, holder: owner.agent, session: owner.session, claimedAt: owner.claimedAt },
  });
}

function notOwned({ id }: Entity<SprintProps>): DomainError {
  return new DomainError("INVALID_TRANSITION", `Cannot release sprint "${id}": nobody owns it`, {
    hint: "Nothing has to be done.",
    context: { sprint: id },
  });
}

function invalidMove({ id, props }: Entity<SprintProps>, to: string): DomainError {
  const ways = nextStatuses[props.status].join(", ");
  return new DomainError("INVALID_TRANSITION", `Cannot move sprint "${id}" to ${to}: it is ${props.status}`, {
    hint: `From ${props.status} it goes to: ${ways}.`,
    context: { sprint: id, status: props.status },
  });
}

function tasksOpen(id: string, unfinished: readonly string[]): DomainError {
  const shown = unfinished.slice(0, 5).join(", ");
  return new DomainError(
    "CHILDREN_OPEN",
    `Cannot complete sprint "${id}": ${unfinished.length} of its tasks are not finished`,
    {
      hint: `Finish ${shown}${unfinished.length > 5 ? " …" : ""}, carry them over to another sprint, or say that they stay open.`,
      context: { sprint: id, children: unfinished.slice(0, 20).join(",") },
    },
  );
}
