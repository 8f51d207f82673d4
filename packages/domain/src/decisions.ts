/**
 * Decisions: what was chosen and why, and what it affects. A decision that no longer holds is kept: superseded by another
 * and linked to it, or retired with a reason.
 */
import type { Entity } from "@knotwork/graph";
import { type ChangeOptions, commitWrite, type WriteOptions } from "./commit-write.ts";
import { decisionsBehind, type Reason } from "./decision-reasons.ts";
import { DomainError, notFound } from "./domain-error.ts";
import { linkEdge } from "./edge-node.ts";
import { instant, type KnotContext } from "./knot-context.ts";
import { assertOwnId, assertTitle } from "./names.ts";
import { type Page, pageOfQuery, type PageOptions } from "./page.ts";
import type { Reader } from "./reader.ts";
import type { DecisionProps, DecisionStatus } from "./types/decision.ts";
import { type View, viewOf } from "./view.ts";
import type { KnotTransaction } from "./types/knot-types.ts";
import { ofType, updateNode } from "./typed-entity.ts";

export type Decision = View<DecisionProps> & {
  /** Ids of the tasks, epics … it affects. */
  readonly affects: readonly string[];
};

export interface NewDecision {
  readonly id?: string;
  readonly title: string;
  readonly context?: string;
  readonly rationale?: string;
  readonly alternatives?: readonly string[];
  readonly consequences?: readonly string[];
  readonly tags?: readonly string[];
  /** Ids of the tasks, epics … it affects. */
  readonly affects?: readonly string[];
  /** Default "accepted". */
  readonly status?: "proposed" | "accepted";
}

export interface DecisionFilter extends PageOptions {
  readonly status?: DecisionStatus;
}

/** A decision behind something, and how it came to count. */
export interface DecisionReason {
  readonly decision: Decision;
  /** What it affects: the thing asked about, something that contains it, or a decision behind it. */
  readonly affects: string;
  /** For a decision that took the place of another: that one's id. */
  readonly supersedes?: string;
}

/** Every call with `ifVersion` may throw CONFLICT. */
export interface Decisions {
  /** Logs a decision with what it affects, all or nothing. @throws NOT_FOUND, ALREADY_EXISTS, INVALID_VALUE */
  log(decision: NewDecision, options?: WriteOptions): Promise<Decision>;
  get(id: string): Promise<Decision | undefined>;
  /** By status as declared, oldest first. */
  list(filter?: DecisionFilter): Promise<Page<Decision>>;
  /** A proposed decision holds from now on. @throws NOT_FOUND, INVALID_TRANSITION */
  accept(id: string, options?: ChangeOptions): Promise<Decision>;
  /**
   * Logs the decision that takes the place of `id`; both stay, linked. What the old one affects the new one affects, too,
   * unless it says otherwise. Gives the new one.
   *
   * @throws NOT_FOUND, INVALID_TRANSITION when it was superseded or retired before
   */
  supersede(id: string, by: NewDecision, options?: ChangeOptions): Promise<Decision>;
  /** It does not hold any more, and nothing takes its place. @throws NOT_FOUND, INVALID_TRANSITION */
  retire(id: string, reason: string, options?: ChangeOptions): Promise<Decision>;
  /** The decisions behind a task: on it, on what contains it, what took their place, and what they follow from. */
  why(id: string): Promise<readonly DecisionReason[]>;
}

export function openDecisions(context: KnotContext): Decisions {
  return {
    log: (decision, options) => logDecision(context, decision, options),
    get: (id) => getDecision(context.graph, id),
    list: (filter) => listDecisions(context, filter),
    accept: (id, options) => settle(context, id, { from: ["proposed"], changes: { status: "accepted" } }, options),
    supersede: (id, by, options) => supersedeDecision(context, id, by, options),
    retire: (id, reason, options) =>
      settle(
        context,
        id,
        { from: ["proposed", "accepted"], changes: { status: "retired", retiredReason: reason } },
        options,
      ),
    why: (id) => explain(context.graph, id),
  };
}

async function logDecision(context: KnotContext, input: NewDecision, options: WriteOptions = {}): Promise<Decision> {
  assertTitle(input.title);
  const request = { operation: "decision log", args: input, options };
  const written = await commitWrite<DecisionProps>(context, request, async (tx) => {
    return { entity: await createDecision(context, tx, input, input.affects ?? []), result: {} };
  });
  return decisionView(context.graph, written.entity);
}

async function supersedeDecision(
  context: KnotContext,
  id: string,
  input: NewDecision,
  options: ChangeOptions = {},
): Promise<Decision> {
  assertTitle(input.title);
  const request = { operation: "decision supersede", args: [id, input], options, about: id };
  const written = await commitWrite<DecisionProps>(context, request, async (tx) => {
    const old = await requireDecision(tx, id);
    assertStanding(old, ["proposed", "accepted"]);
    const created = await createDecision(context, tx, input, input.affects ?? (await affectedBy(tx, id)));
    await updateNode(tx, old, { status: "superseded", supersededBy: created.id });
    await tx.link(created.id, "SUPERSEDES", id);
    return { entity: created, result: {} };
  });
  return decisionView(context.graph, written.entity);
}

async function createDecision(
  context: KnotContext,
  tx: KnotTransaction,
  input: NewDecision,
  affects: readonly string[],
): Promise<Entity<DecisionProps>> {
  const { id, affects: _affects, status = "accepted", ...fields } = input;
  if (id !== undefined) assertOwnId(id);
  const props: DecisionProps = {
    ...fields,
    status,
    filedAt: instant(context),
    ...(context.agent === undefined ? {} : { filedBy: context.agent }),
  };
  const created = await tx.create("decision", props, id === undefined ? {} : { id });
  for (const affected of affects) {
    if ((await tx.get(affected)) === undefined) throw notFound("entity", affected);
    await linkEdge(tx, { from: created.id, type: "JUSTIFIES", to: affected });
  }
  return created;
}

interface Settlement {
  readonly from: readonly DecisionStatus[];
  readonly changes: Partial<DecisionProps>;
}

async function settle(
  context: KnotContext,
  id: string,
  { from, changes }: Settlement,
  options: ChangeOptions = {},
): Promise<Decision> {
  const request = { operation: "decision settle", args: [id, changes], options, about: id };
  const written = await commitWrite<DecisionProps>(context, request, async (tx) => {
    const decision = await requireDecision(tx, id);
    assertStanding(decision, from);
    return { entity: await updateNode(tx, decision, changes), result: {} };
  });
  return decisionView(context.graph, written.entity);
}

function assertStanding(decision: Entity<DecisionProps>, allowed: readonly DecisionStatus[]): void {
  const { status, supersededBy } = decision.props;
  if (allowed.includes(status)) return;
  throw new DomainError("INVALID_TRANSITION", `Cannot change decision "${decision.id}": it is ${status}`, {
    hint: supersededBy === undefined ? "Log a new decision instead." : `"${supersededBy}" took its place: look there.`,
    context: { decision: decision.id, status, supersededBy },
  });
}

async function getDecision(reader: Reader, id: string): Promise<Decision | undefined> {
  const entity = ofType(await reader.get(id), "decision");
  return entity === undefined ? undefined : decisionView(reader, entity);
}

async function listDecisions(context: KnotContext, filter: DecisionFilter = {}): Promise<Page<Decision>> {
  let query = context.graph.query("decision");
  if (filter.status !== undefined) query = query.where("status", "=", filter.status);
  const ordered = query.orderBy("status").orderBy("filedAt");
  const page = await pageOfQuery(ordered, filter, (entity: Entity<DecisionProps>) => entity);
  const items = await Promise.all(page.items.map((entity) => decisionView(context.graph, entity)));
  return { ...page, items };
}

async function explain(reader: Reader, id: string): Promise<readonly DecisionReason[]> {
  if ((await reader.get(id)) === undefined) throw notFound("entity", id);
  const reasons = await decisionsBehind(reader, id);
  return Promise.all(
    reasons.map(async ({ decision, ...how }: Reason) => ({ decision: await decisionView(reader, decision), ...how })),
  );
}

async function decisionView(reader: Reader, entity: Entity<DecisionProps>): Promise<Decision> {
  return Object.freeze({ ...viewOf(entity), affects: await affectedBy(reader, entity.id) });
}

async function affectedBy(reader: Reader, id: string): Promise<readonly string[]> {
  return (await reader.edges({ from: id, type: "JUSTIFIES" })).map((edge) => edge.to);
}

async function requireDecision(reader: Reader, id: string): Promise<Entity<DecisionProps>> {
  const entity = ofType(await reader.get(id), "decision");
  if (entity === undefined) throw notFound("decision", id);
  return entity;
}
