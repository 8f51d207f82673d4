/**
 * Which task an agent takes next: the most urgent ready one, without all agents wanting the same.
 *
 * The choice is not part of the transaction that claims: it is made at a snapshot, and the claim checks again, by recorded
 * reads, everything it depends on. So two agents conflict only when they choose the same task, and for that they spread: the
 * more others hold claims at this moment, the more of the most urgent tasks a choice is made from. An agent alone gets the
 * first. Who loses the race for one task takes another.
 */
import { ConflictError, type Entity } from "@knotwork/graph";
import { type Claimed, type ClaimOptions, claimTerms, commitClaim } from "./claims.ts";
import { commitWrite, type WriteRequest } from "./commit-write.ts";
import { isDomainError } from "./domain-error.ts";
import { type KnotContext, requireAgent } from "./knot-context.ts";
import type { Reader } from "./reader.ts";
import { freeTasks, heldClaims, type ReadyFilter } from "./ready.ts";
import { isWaiting } from "./waiting.ts";
import { taskView } from "./task-view.ts";
import type { TaskProps } from "./types/task.ts";

export interface ClaimNextOptions extends ClaimOptions {
  readonly filter?: ReadyFilter;
}

/**
 * Claims the most urgent ready task, the oldest first among equals when nobody else is at work.
 *
 * @returns undefined when nothing is ready
 */
export async function claimNext(context: KnotContext, options: ClaimNextOptions = {}): Promise<Claimed | undefined> {
  const agent = requireAgent(context, "claim a task");
  const { filter = {}, ...claimOptions } = options;
  const { ttlMs, token, fingerprint, writeOptions } = claimTerms(context, claimOptions);
  const request = { operation: "claim next", args: [filter, agent, ...fingerprint], options: writeOptions };
  const refused = new Set<string>();
  for (let attempt = 0; ; attempt += 1) {
    const candidate = await chooseCandidate(context, { filter, refused, attempt });
    if (candidate === undefined) return earlierClaim(context, request, token);
    try {
      return await commitClaim(context, request, { taskId: candidate, agent, ttlMs, token });
    } catch (error) {
      // Taken by somebody else, or no candidate any more. After a bare conflict it may still be one.
      if (isDomainError(error, "CLAIM_HELD", "NOT_READY", "INVALID_TRANSITION", "NOT_FOUND")) refused.add(candidate);
      else if (!(error instanceof ConflictError)) throw error;
    }
  }
}

interface Choice {
  readonly filter: ReadyFilter;
  /** Candidates whose claim was refused. */
  readonly refused: ReadonlySet<string>;
  /** How many candidates were lost already: a sign of others at work. */
  readonly attempt: number;
}

const windowMax = 32;

async function chooseCandidate(context: KnotContext, choice: Choice): Promise<string | undefined> {
  return await context.graph.read(async (snapshot) => {
    const held = await heldClaims(snapshot);
    const width = Math.min(windowMax, 1 + 2 * (held.length + choice.attempt));
    let window: Entity<TaskProps>[] = [];
    for await (const task of freeTasks(context, snapshot, { filter: choice.filter, held })) {
      if (choice.refused.has(task.id)) continue;
      if (window.length >= width || (window[0] !== undefined && window[0].props.priority !== task.props.priority)) {
        const ready = await anyReady(context, snapshot, window);
        if (ready !== undefined) return ready;
        window = [];
      }
      window.push(task);
    }
    return await anyReady(context, snapshot, window);
  });
}

/** One of the tasks that waits for nothing, each as likely as the others. */
async function anyReady(
  context: KnotContext,
  reader: Reader,
  tasks: readonly Entity<TaskProps>[],
): Promise<string | undefined> {
  const left = [...tasks];
  while (left.length > 0) {
    const [task] = left.splice(Math.floor(context.random() * left.length), 1);
    if (task !== undefined && !(await isWaiting(reader, task.id))) return task.id;
  }
  return undefined;
}

/** Nothing is ready: but a call under this idempotency key may have won a task before. */
async function earlierClaim(context: KnotContext, request: WriteRequest, token: string): Promise<Claimed | undefined> {
  if (request.options.idempotencyKey === undefined) return undefined;
  try {
    const earlier = await commitWrite<TaskProps, { readonly fence: number; readonly expiresAt: string }>(
      context,
      request,
      async () => {
        throw new NothingReady();
      },
    );
    return { task: taskView(earlier.entity), token, seq: earlier.seq, ...earlier.result };
  } catch (error) {
    if (error instanceof NothingReady) return undefined;
    throw error;
  }
}

/** Ends a transaction that has nothing to claim; never leaves this file. */
class NothingReady extends Error {}
