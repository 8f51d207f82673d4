/**
 * What an agent does all day: accept what is handed to it, else claim the next ready task; note what it thinks, log a
 * decision, and complete the task or hand it to another agent. Every write carries the fence of its claim and an
 * idempotency key; every acknowledged commit is written down outside the store before the next one is tried.
 */
import { randomBytes } from "node:crypto";
import { type Clock, KnotworkError, type Random } from "@knotwork/disk";
import { type Claimed, type Handoff, isDomainError, type Knot } from "@knotwork/domain";
import type { Acknowledgement, AcknowledgementLog } from "./acknowledgements.ts";
import type { AgentJob } from "./agent-messages.ts";
import type { Parent } from "./agent-parent.ts";
import { decisionOf, handoffMessageOf, noteOf, retrospectiveOf } from "./agent-thoughts.ts";

export interface WorkOptions {
  readonly knot: Knot;
  readonly job: AgentJob;
  readonly acknowledgements: AcknowledgementLog;
  readonly parent: Parent;
  readonly clock: Clock;
  readonly random: Random;
}

const handoffShare = 0.15;
const idleMs = 25;
const thoughtMsMin = 1;
const thoughtMsMax = 6;
const busyCodes: readonly string[] = ["LOCK_TIMEOUT", "CONFLICT"];
const attemptCountMax = 10;
/** Longer than any session: who holds still is killed before. */
const holdStillMs = 10 * 60_000;

/** Resolves when the session has no more work. @throws whatever goes wrong but the loss of a claim */
export async function work(options: WorkOptions): Promise<void> {
  await new Agent(options).run();
}

/** A claim being worked on. */
interface Holding {
  readonly claimed: Pick<Claimed, "task" | "fence" | "token">;
  /** The handoff it came by. */
  readonly handoff?: string;
}

class Agent {
  readonly #options: WorkOptions;
  #keyCount = 0;

  constructor(options: WorkOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    const { parent } = this.#options;
    for (;;) {
      const handed = await this.#nextHandoff();
      if (handed !== undefined) {
        await this.#acceptAndWork(handed);
        continue;
      }
      const answer = await parent.ask();
      if (answer.kind === "stop") return;
      if (answer.kind === "wait") await this.#pause(idleMs);
      else await this.#claimAndWork(answer);
    }
  }

  async #nextHandoff(): Promise<Handoff | undefined> {
    const { knot, job } = this.#options;
    return (await knot.handoffs.list({ to: job.agent, status: "initiated", limit: 1 })).items[0];
  }

  async #acceptAndWork(handoff: Handoff): Promise<void> {
    const { knot, job } = this.#options;
    const token = newToken();
    const claim = { ttlMs: job.leaseMs, token };
    const accepted = await this.#unlessLost(() =>
      this.#commit("accept", undefined, (idempotencyKey) =>
        knot.handoffs.accept(handoff.id, { ...claim, idempotencyKey }),
      ),
    );
    if (accepted !== undefined) await this.#workOn({ claimed: accepted, handoff: handoff.id });
    // The task went another way while the offer lay here: it is turned down, or it would be offered for ever.
    else await this.#turnDown(handoff);
  }

  async #turnDown(handoff: Handoff): Promise<void> {
    const { knot } = this.#options;
    const reason = "the task went another way meanwhile";
    await this.#unlessLost(() => this.#untilTheStoreIsFree(() => knot.handoffs.reject(handoff.id, reason)));
  }

  async #claimAndWork(answer: { readonly task?: string; readonly holdStill?: boolean }): Promise<void> {
    const { knot, job, parent } = this.#options;
    const claim = { ttlMs: job.leaseMs, token: newToken() };
    const claimed = await this.#unlessLost(() =>
      this.#commit("claim", undefined, async (idempotencyKey) => {
        const options = { ...claim, idempotencyKey };
        return answer.task === undefined ? knot.tasks.claimNext(options) : knot.tasks.claim(answer.task, options);
      }),
    );
    if (claimed === undefined) {
      parent.tell({ kind: "nothing-ready" });
      await this.#pause(idleMs);
      return;
    }
    if (answer.holdStill === true) await this.#holdStill(claimed);
    await this.#workOn({ claimed });
  }

  async #holdStill({ task, fence }: Claimed): Promise<void> {
    this.#options.parent.tell({ kind: "holds", task: task.id, title: task.title, fence, still: true });
    await this.#options.clock.sleepMs(holdStillMs);
  }

  async #workOn(holding: Holding): Promise<void> {
    const { parent } = this.#options;
    const { task, fence } = holding.claimed;
    parent.tell({ kind: "holds", task: task.id, title: task.title, fence, still: false });
    const isDone = await this.#unlessLost(async () => {
      await this.#think(holding);
      const to = holding.handoff === undefined ? this.#someoneElse() : undefined;
      if (to !== undefined) await this.#handOver(holding, to);
      else await this.#complete(holding);
      return true;
    });
    if (isDone === undefined) parent.tell({ kind: "lost", task: task.id });
  }

  /** A note or two and a decision, with some time to think in between. */
  async #think({ claimed: { task, fence, token } }: Holding): Promise<void> {
    const { knot, random } = this.#options;
    const noteCount = 1 + Math.floor(random() * 2);
    for (let index = 0; index < noteCount; index += 1) {
      await this.#pause(thoughtMsMin + random() * (thoughtMsMax - thoughtMsMin));
      await this.#commit("note", { task: task.id, fence }, (idempotencyKey) =>
        knot.tasks.note(task.id, noteOf(task, index), { fence, token, idempotencyKey }),
      );
    }
    await this.#pause(thoughtMsMin + random() * (thoughtMsMax - thoughtMsMin));
    await this.#commit("decision", { task: task.id, fence }, (idempotencyKey) =>
      knot.decisions.log(decisionOf(task, random), { idempotencyKey }),
    );
  }

  async #handOver({ claimed: { task, fence, token } }: Holding, to: string): Promise<void> {
    const { knot, parent } = this.#options;
    await this.#commit("handoff", { task: task.id, fence }, (idempotencyKey) =>
      knot.handoffs.initiate(task.id, { to, ...handoffMessageOf(task) }, { fence, token, idempotencyKey }),
    );
    parent.tell({ kind: "handed-over", task: task.id, to });
  }

  async #complete({ claimed: { task, fence, token }, handoff }: Holding): Promise<void> {
    const { knot, parent } = this.#options;
    if (handoff !== undefined) {
      await this.#commit("finish-handoff", { task: task.id, fence }, (idempotencyKey) =>
        knot.handoffs.complete(handoff, { idempotencyKey }),
      );
    }
    await this.#commit("complete", { task: task.id, fence }, (idempotencyKey) =>
      knot.tasks.complete(task.id, { fence, token, retrospective: retrospectiveOf(task), idempotencyKey }),
    );
    parent.tell({ kind: "completed", task: task.id, fence });
  }

  /** Now and then another agent, whom the task is handed to. */
  #someoneElse(): string | undefined {
    const { job, random } = this.#options;
    const others = job.agents.filter((agent) => agent !== job.agent);
    return random() < handoffShare ? others[Math.floor(random() * others.length)] : undefined;
  }

  /** Runs one write under a key of its own and writes its acknowledgement down. */
  async #commit<Result extends { readonly seq: number } | undefined>(
    kind: Acknowledgement["kind"],
    about: { readonly task: string; readonly fence: number } | undefined,
    write: (idempotencyKey: string) => Promise<Result>,
  ): Promise<Result> {
    const { job, acknowledgements, clock } = this.#options;
    this.#keyCount += 1;
    const key = `${job.run}.${job.agent}.${this.#keyCount}`;
    const startedMs = clock.monotonicMs();
    const result = await this.#untilTheStoreIsFree(() => write(key));
    if (result === undefined) return result;
    const atMs = clock.monotonicMs();
    const latencyMs = atMs - startedMs;
    const { task, fence } = about ?? claimOf(result);
    acknowledgements.append({ agent: job.agent, kind, key, seq: result.seq, task, fence, latencyMs, atMs });
    return result;
  }

  /**
   * Runs a write again when others kept the store busy beyond its patience. The key is the same, so it takes effect once
   * whatever became of the time before.
   */
  async #untilTheStoreIsFree<Result>(write: () => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await write();
      } catch (error) {
        const isBusy = error instanceof KnotworkError && busyCodes.includes(error.code);
        if (!isBusy || attempt === attemptCountMax) throw error;
        await this.#pause(idleMs * attempt);
      }
    }
  }

  /** `undefined` when the claim is over, or went to somebody else: this agent's turn with the task has ended. */
  async #unlessLost<Result>(write: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await write();
    } catch (error) {
      if (isDomainError(error, "CLAIM_HELD", "STALE_FENCE", "NOT_READY", "INVALID_TRANSITION")) return undefined;
      throw error;
    }
  }

  #pause(ms: number): Promise<void> {
    return this.#options.clock.sleepMs(ms);
  }
}

function claimOf(result: object): { readonly task: string; readonly fence: number } {
  const { task, fence } = result as Claimed;
  return { task: task.id, fence };
}

function newToken(): string {
  return randomBytes(16).toString("base64url");
}
