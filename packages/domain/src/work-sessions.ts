/** Work sessions: which agents are at work on a task, how each stands, and how it came to that. */
import type { Entity } from "@knotwork/graph";
import { type ChangeOptions, commitWrite, type WriteOptions } from "./commit-write.ts";
import { DomainError, notFound } from "./domain-error.ts";
import { instant, type KnotContext, requireAgent } from "./knot-context.ts";
import { type Page, pageOfQuery, type PageOptions } from "./page.ts";
import type { Reader } from "./reader.ts";
import { requireTask } from "./task-view.ts";
import { ofType, updateNode } from "./typed-entity.ts";
import type { WorkSessionProps, WorkStatus } from "./types/work-session.ts";
import { type View, viewOf } from "./view.ts";

export type WorkSession = View<WorkSessionProps>;

/** How a session stood from a moment on. */
export interface WorkStatusChange {
  readonly status: WorkStatus;
  readonly message?: string;
  readonly at: string;
  readonly seq: number;
}

export interface WorkFilter extends PageOptions {
  readonly task?: string;
  readonly agent?: string;
  readonly status?: WorkStatus;
}

export interface ReportOptions extends ChangeOptions {
  readonly message?: string;
}

export interface WorkSessions {
  /** Begins a session of the caller on a task; one that goes on already is given back. @throws NOT_FOUND, IDENTITY_REQUIRED */
  attach(taskId: string, options?: WriteOptions): Promise<WorkSession>;
  /**
   * Says how it stands; the same again writes nothing.
   *
   * @throws NOT_FOUND, WRONG_AGENT, IDENTITY_REQUIRED, INVALID_TRANSITION when the session is over
   */
  report(id: string, status: WorkStatus, options?: ReportOptions): Promise<WorkSession>;
  get(id: string): Promise<WorkSession | undefined>;
  /** By status as declared; those that ended last. */
  list(filter?: WorkFilter): Promise<Page<WorkSession>>;
  /** Every status it had, oldest first. @throws NOT_FOUND */
  history(id: string): Promise<readonly WorkStatusChange[]>;
}

export function openWorkSessions(context: KnotContext): WorkSessions {
  return {
    attach: (taskId, options) => attach(context, taskId, options),
    report: (id, status, options) => report(context, id, status, options),
    async get(id) {
      const session = ofType(await context.graph.get(id), "work_session");
      return session === undefined ? undefined : viewOf(session);
    },
    list: (filter) => listSessions(context, filter),
    history: (id) => statusHistory(context, id),
  };
}

async function attach(context: KnotContext, taskId: string, options: WriteOptions = {}): Promise<WorkSession> {
  const agent = requireAgent(context, "work on a task");
  const request = { operation: "work attach", args: [taskId, agent], options };
  const written = await commitWrite<WorkSessionProps>(context, request, async (tx) => {
    await requireTask(tx, taskId);
    const before = await tx.query("work_session").where("task", "=", taskId).where("agent", "=", agent).all();
    const live = before.find(({ props }) => props.status !== "ended");
    if (live !== undefined) return { entity: live, result: {} };
    const filed = { filedAt: instant(context), filedBy: agent };
    return { entity: await tx.create("work_session", { task: taskId, agent, status: "active", ...filed }), result: {} };
  });
  return viewOf(written.entity);
}

async function report(
  context: KnotContext,
  id: string,
  status: WorkStatus,
  options: ReportOptions = {},
): Promise<WorkSession> {
  const agent = requireAgent(context, "report on work");
  const { message, ...writeOptions } = options;
  const request = {
    operation: "work report",
    args: [id, agent, status, message ?? null],
    options: writeOptions,
    about: id,
  };
  const written = await commitWrite<WorkSessionProps>(context, request, async (tx) => {
    const session = await requireSession(tx, id);
    if (session.props.agent !== agent) throw notYours(session, agent);
    if (session.props.status === status && session.props.message === message) return { entity: session, result: {} };
    if (session.props.status === "ended") throw isOver(session);
    const changes = { status, ...(message === undefined ? {} : { message }) };
    const unset = message === undefined && session.props.message !== undefined ? (["message"] as const) : [];
    return { entity: await updateNode(tx, session, changes, unset), result: {} };
  });
  return viewOf(written.entity);
}

async function listSessions(context: KnotContext, filter: WorkFilter = {}): Promise<Page<WorkSession>> {
  let query = context.graph.query("work_session");
  if (filter.task !== undefined) query = query.where("task", "=", filter.task);
  if (filter.agent !== undefined) query = query.where("agent", "=", filter.agent);
  if (filter.status !== undefined) query = query.where("status", "=", filter.status);
  return pageOfQuery(query.orderBy("status").orderBy("filedAt"), filter, viewOf);
}

async function statusHistory(context: KnotContext, id: string): Promise<readonly WorkStatusChange[]> {
  await requireSession(context.graph, id);
  return (await context.graph.history(id)).map(({ props, updatedAt, seq }) => {
    const { status, message } = props as unknown as WorkSessionProps;
    return { status, ...(message === undefined ? {} : { message }), at: updatedAt, seq };
  });
}

async function requireSession(reader: Reader, id: string): Promise<Entity<WorkSessionProps>> {
  const session = ofType(await reader.get(id), "work_session");
  if (session === undefined) throw notFound("work session", id);
  return session;
}

function notYours({ id, props }: Entity<WorkSessionProps>, agent: string): DomainError {
  return new DomainError(
    "WRONG_AGENT",
    `Cannot report on work session "${id}" as "${agent}": it is of "${props.agent}"`,
    {
      hint: "Attach to the task yourself, and report on that session.",
      context: { session: id, agent, expected: props.agent },
    },
  );
}

function isOver({ id, props }: Entity<WorkSessionProps>): DomainError {
  return new DomainError("INVALID_TRANSITION", `Cannot report on work session "${id}": it has ended`, {
    hint: "Attach to the task again for a new session.",
    context: { session: id, task: props.task },
  });
}
