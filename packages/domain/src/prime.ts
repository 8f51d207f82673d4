/**
 * What an agent should know when it begins: who it is, what it holds, what it was given, what it could do, what was
 * decided, what changed. A read: nothing is written, so that reading twice gives the same.
 *
 * Invariant: the JSON of a `Prime` takes at most the tokens asked for, a token being four bytes. What did not fit is named
 * in `cut`.
 */
import { findAgent } from "./agents.ts";
import { openDecisions } from "./decisions.ts";
import { DomainError } from "./domain-error.ts";
import { contextOverSnapshot } from "./graph-over.ts";
import { openHandoffs } from "./handoffs.ts";
import type { KnotContext } from "./knot-context.ts";
import { changesSince } from "./prime-changes.ts";
import { fitSections, type Section } from "./prime-budget.ts";
import { openSettings } from "./settings.ts";
import { openTasks } from "./tasks.ts";
import type { Priority } from "./types/task.ts";

export interface PrimeOptions {
  /** How long the answer may be; a token is four bytes of its JSON. Default: the setting `prime.tokens`, 2,000 at first; at least 200. */
  readonly tokens?: number;
  /** The `cursor` of an earlier answer: adds what changed since. */
  readonly since?: string;
}

export interface PrimeTask {
  readonly id: string;
  readonly title: string;
  readonly priority: Priority;
}

export interface PrimeClaim extends PrimeTask {
  readonly fence: number;
  readonly expiresAt: string;
  /** The lease ran out: somebody else may take it. */
  readonly expired?: true;
}

export interface PrimeHandoff {
  readonly id: string;
  readonly task: string;
  readonly from: string;
  readonly to: string;
  readonly instructions?: string;
  readonly remaining?: readonly string[];
}

export interface PrimeDecision {
  readonly id: string;
  readonly title: string;
  readonly affects?: readonly string[];
}

/** An entity that changed, and what became of it in the last commit that touched it. */
export interface PrimeChange {
  readonly id: string;
  readonly type: string;
  readonly by: string;
  readonly seq: number;
  readonly deleted?: true;
}

export interface PrimeCut {
  readonly section: PrimeSection;
  readonly shown: number;
  /** How many more there are; `null` when they were not counted. */
  readonly more: number | null;
}

export type PrimeSection = "claims" | "handoffs" | "ready" | "blocked" | "decisions" | "changes";

export interface Prime {
  /** `null` when the caller gave no name: then there are no claims and no handoffs. */
  readonly me: { readonly name: string; readonly roles: readonly string[] } | null;
  /** Give it as `since` next time. */
  readonly cursor: string;
  /** What the caller works on. */
  readonly claims: readonly PrimeClaim[];
  /** Offers to the caller, or to a role it has, that nobody took yet. */
  readonly handoffs: readonly PrimeHandoff[];
  /** What can be worked on now, most urgent first. */
  readonly ready: readonly PrimeTask[];
  readonly blocked: readonly (PrimeTask & { readonly reason?: string })[];
  /** Accepted ones, newest first. */
  readonly decisions: readonly PrimeDecision[];
  /** What changed after `since`, newest first; empty without it. */
  readonly changes: readonly PrimeChange[];
  readonly cut: readonly PrimeCut[];
}

const tokensMin = 200;
const tokensMax = 1_000_000;
const bytesPerToken = 4;
/** How many of a section are looked at, whatever the budget. */
const lookedAtMax = 200;
const textLengthMax = 240;

/** @throws DomainError INVALID_VALUE when the budget is too small, or `since` is no cursor of this store */
export async function prime(opened: KnotContext, options: PrimeOptions = {}): Promise<Prime> {
  const tokens = options.tokens ?? (await openSettings(opened).number("prime.tokens"));
  if (!Number.isSafeInteger(tokens) || tokens < tokensMin || tokens > tokensMax) {
    throw new DomainError(
      "INVALID_VALUE",
      `Cannot answer in ${tokens} tokens: it is not between ${tokensMin} and ${tokensMax}`,
      {
        hint: "Ask for some thousand.",
        context: { tokens },
      },
    );
  }
  return await opened.graph.read(async (snapshot) => {
    const context = contextOverSnapshot(opened, snapshot);
    const me = await whoAmI(context);
    const cursor = String(snapshot.seq);
    const sections: readonly Section<PrimeSection>[] = [
      { name: "claims", ...(await claimsOf(context)) },
      { name: "handoffs", ...(await offersTo(context, me)) },
      { name: "ready", ...(await readyTasks(context)) },
      { name: "blocked", ...(await blockedTasks(context)) },
      { name: "decisions", ...(await newestDecisions(context)) },
      { name: "changes", ...(await changesSince(opened, options.since, snapshot.seq)) },
    ];
    const { kept, cut } = fitSections(sections, { frame: { me, cursor }, bytesMax: tokens * bytesPerToken });
    return { me, cursor, ...kept, cut } as unknown as Prime;
  });
}

type Found = Omit<Section<PrimeSection>, "name">;

async function whoAmI({ graph, agent }: KnotContext): Promise<Prime["me"]> {
  if (agent === undefined) return null;
  return { name: agent, roles: (await findAgent(graph, agent))?.props.roles ?? [] };
}

async function claimsOf(context: KnotContext): Promise<Found> {
  const tasks = openTasks(context);
  const items: PrimeClaim[] = [];
  for (const { task: id, agent, fence, expiresAt, expired } of await tasks.claims()) {
    const task = agent === context.agent ? await tasks.get(id) : undefined;
    if (task !== undefined) items.push({ ...brief(task), fence, expiresAt, ...(expired ? { expired } : {}) });
  }
  return { items, more: 0 };
}

async function offersTo(context: KnotContext, me: Prime["me"]): Promise<Found> {
  const items: PrimeHandoff[] = [];
  let truncated = false;
  for (const to of me === null ? [] : [me.name, ...me.roles]) {
    const page = await openHandoffs(context).list({ to, status: "initiated", limit: lookedAtMax });
    truncated ||= page.truncated;
    for (const { id, task, from, instructions, remaining } of page.items) {
      items.push({
        id,
        task,
        from,
        to,
        ...(instructions === undefined ? {} : { instructions: clip(instructions) }),
        ...(remaining === undefined ? {} : { remaining: remaining.slice(0, 3).map(clip) }),
      });
    }
  }
  return { items, more: truncated ? null : 0 };
}

async function readyTasks(context: KnotContext): Promise<Found> {
  const page = await openTasks(context).ready({ limit: lookedAtMax });
  return { items: page.items.map(brief), more: page.truncated ? null : 0 };
}

async function blockedTasks(context: KnotContext): Promise<Found> {
  const page = await openTasks(context).list({ status: ["blocked"], limit: lookedAtMax });
  const items = page.items.map((task) => ({
    ...brief(task),
    ...(task.blockedReason === undefined ? {} : { reason: clip(task.blockedReason) }),
  }));
  return { items, more: page.truncated ? null : 0 };
}

async function newestDecisions(context: KnotContext): Promise<Found> {
  const accepted = context.graph.query("decision").where("status", "=", "accepted").orderBy("filedAt", "desc");
  const newest = await accepted.limit(lookedAtMax).all();
  const decisions = openDecisions(context);
  const items: PrimeDecision[] = [];
  for (const { id } of newest.slice(0, 20)) {
    const decision = await decisions.get(id);
    if (decision === undefined) continue;
    const { title, affects } = decision;
    items.push({ id, title: clip(title), ...(affects.length === 0 ? {} : { affects: affects.slice(0, 5) }) });
  }
  return { items, more: newest.length === lookedAtMax ? null : newest.length - items.length };
}

function brief({ id, title, priority }: PrimeTask): PrimeTask {
  return { id, title: clip(title), priority };
}

/** Never between the two halves of a character. */
function clip(text: string): string {
  if (text.length <= textLengthMax) return text;
  return `${text.slice(0, textLengthMax - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
