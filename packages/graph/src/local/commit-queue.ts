/**
 * Turns the commit requests of this process into batches: one lock, one append, one sync for all that wait (group commit).
 * Each request keeps its own outcome.
 *
 * Invariants:
 * - A request is decided under the lock, at the end of the log, after the accepted ones before it in the batch (I1, I3).
 * - An outcome is given only when it holds at the durability asked for (D2, D3).
 */
import { unreachable } from "@knotwork/disk";
import type { Clock } from "@knotwork/disk";
import { jsonText } from "@knotwork/wal";
import type { AppendPlan, AppendResult, Log } from "@knotwork/wal";
import type { CommitOutcome, CommitRequest } from "../engine.ts";
import { decideBatch, needsLookUp, StaleLookUpError } from "./commit-decisions.ts";
import type { Candidate, Decision, LookUp } from "./commit-decisions.ts";
import type { KnownCommit } from "./known-commits.ts";
import type { Overlay } from "./overlay.ts";

export interface CommitQueueOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly overlay: () => Overlay;
  /** Looks a key or a transaction id up in the runs; what it says holds for commits up to the `seq` it gives. */
  readonly lookUp: (request: CommitRequest) => LookUp;
  /** The same in the tail of the log. */
  readonly lookUpTail: (request: CommitRequest) => KnownCommit | undefined;
  /** Makes the log readable again after its next segment was dropped by a checkpoint. */
  readonly recover: () => void;
  readonly isGap: (error: unknown) => boolean;
}

interface Waiting extends Candidate {
  readonly bytes: number;
  readonly resolve: (outcome: CommitOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** A request whose outcome is known, and what must be durable before it is told. */
interface Pending {
  readonly waiting: Waiting;
  readonly outcome?: CommitOutcome;
  readonly durableSeq?: number;
  /** It was appended in this batch. */
  readonly isNew?: boolean;
  readonly error?: unknown;
}

const BATCH_BYTES_MAX = 1024 * 1024;
const ATTEMPTS_MAX = 10;
/** Commits that never wait for the disk give the event loop a turn so often. */
const TURN_EVERY_MS = 2;

export class CommitQueue {
  readonly #options: CommitQueueOptions;
  readonly #waiting: Waiting[] = [];
  readonly #acknowledging = new Set<Promise<void>>();
  #running: Promise<void> | undefined;
  #conflictCount = 0;
  #turnMs = -Infinity;

  constructor(options: CommitQueueOptions) {
    this.#options = options;
  }

  /** How many requests were refused because something they had read had changed. */
  get conflictCount(): number {
    return this.#conflictCount;
  }

  async commit(request: CommitRequest): Promise<CommitOutcome> {
    request.signal?.throwIfAborted();
    if (request.writes.length === 0 && request.idempotency === undefined) return this.#read(request);
    const bodies = request.writes.map((write) => (write.op === "delete" ? "null" : jsonText(write.props)));
    let bytes = 0;
    for (const body of bodies) bytes += body.length;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, bodies, bytes, resolve, reject });
      if (this.#running === undefined) void this.#run();
    });
  }

  /** Appends what is no transaction. @throws as `Log.append` */
  async append(plan: AppendPlan): Promise<AppendResult> {
    return this.#retryWhenStale(async () => this.#options.log.append(plan));
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#running !== undefined || this.#acknowledging.size > 0) {
      await this.#running;
      await Promise.all(this.#acknowledging);
    }
  }

  /** Read-only work takes no lock and waits for no writer: only for the sync of what it has read (D3). */
  async #read({ snapshotSeq: seq, durability }: CommitRequest): Promise<CommitOutcome> {
    if (durability !== "relaxed") {
      const durable = this.#options.log.waitDurable(seq).finally(() => this.#acknowledging.delete(durable));
      this.#acknowledging.add(durable);
      await durable;
    }
    return { status: "committed", seq, time: "" };
  }

  /** Never rejects: each request is told its own outcome. */
  async #run(): Promise<void> {
    let end = (): void => undefined;
    this.#running = new Promise((resolve) => (end = resolve));
    await this.#gather();
    while (this.#waiting.length > 0) {
      const batch = this.#takeBatch();
      try {
        await this.#commitBatch(batch);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#running = undefined;
    end();
  }

  /**
   * Lets all callers that are ready join the batch: ticks come after all that needs no turn of the event loop. Such a turn
   * costs more than a commit, so there is one only every few milliseconds.
   */
  async #gather(): Promise<void> {
    const { clock } = this.#options;
    if (clock.monotonicMs() - this.#turnMs < TURN_EVERY_MS) {
      await new Promise<void>((resolve) => process.nextTick(resolve));
      return;
    }
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#turnMs = clock.monotonicMs();
  }

  #takeBatch(): readonly Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const waiting of this.#waiting) {
      bytes += waiting.bytes;
      if (count > 0 && bytes > BATCH_BYTES_MAX) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #commitBatch(batch: readonly Waiting[]): Promise<void> {
    const { log, overlay, lookUp, lookUpTail } = this.#options;
    const syncInside = batch.some(({ request }) => request.durability === "paranoid");
    let decisions: readonly Decision[] = [];
    const { records, noSpace } = await this.#retryWhenStale(async () => {
      const known = batch.map(({ request }) => (needsLookUp(request) ? lookUp(request) : undefined));
      return log.append(
        (end) => {
          decisions = decideBatch(batch, { known, overlay: overlay(), lookUpTail, endSeq: end.seq });
          return decisions.flatMap((decision) => (decision.kind === "append" ? [decision.draft] : []));
        },
        { syncInside },
      );
    });
    const acknowledged = this.#acknowledge(batch, decisions, records, noSpace).finally(() =>
      this.#acknowledging.delete(acknowledged),
    );
    this.#acknowledging.add(acknowledged);
  }

  async #retryWhenStale<T>(attempt: () => Promise<T>): Promise<T> {
    for (let count = 1; ; count += 1) {
      try {
        return await attempt();
      } catch (error) {
        const isGap = this.#options.isGap(error);
        if (count >= ATTEMPTS_MAX || !(isGap || error instanceof StaleLookUpError)) throw error;
        if (isGap) this.#options.recover();
      }
    }
  }

  async #acknowledge(
    batch: readonly Waiting[],
    decisions: readonly Decision[],
    records: readonly { readonly seq: number; readonly time: string }[],
    noSpace: unknown,
  ): Promise<void> {
    let position = 0;
    const waits: Promise<void>[] = [];
    const pending = batch.map((waiting, index): Pending => {
      const decision = decisions[index] ?? { kind: "error", error: noSpace };
      switch (decision.kind) {
        case "append": {
          const record = records[position];
          position += 1;
          return record === undefined
            ? { waiting, error: noSpace }
            : { waiting, durableSeq: record.seq, isNew: true, outcome: { status: "committed", ...record } };
        }
        case "known": {
          const { seq, time, result } = decision.known;
          return { waiting, durableSeq: seq, outcome: { status: "duplicate", seq, time, result } };
        }
        case "read":
          return { waiting, durableSeq: decision.seq, outcome: { status: "committed", seq: decision.seq, time: "" } };
        case "conflict":
          this.#conflictCount += 1;
          return { waiting, outcome: { status: "conflict", conflicts: decision.conflicts } };
        case "error":
          return { waiting, error: decision.error };
        default:
          return unreachable(decision);
      }
    });
    for (const { waiting, outcome, durableSeq = 0, isNew = false, error } of pending) {
      if (outcome === undefined) waiting.reject(error);
      else if (outcome.status === "conflict" || waiting.request.durability === "relaxed") waiting.resolve(outcome);
      else waits.push(this.#acknowledgeDurable(waiting, outcome, { seq: durableSeq, isNew }));
    }
    if (waits.length > 0) await Promise.all(waits);
  }

  async #acknowledgeDurable(
    waiting: Waiting,
    outcome: CommitOutcome,
    { seq, isNew }: { readonly seq: number; readonly isNew: boolean },
  ): Promise<void> {
    try {
      await this.#options.log.waitDurable(seq, { isNew });
      waiting.resolve(outcome);
    } catch (error) {
      waiting.reject(error);
    }
  }
}
