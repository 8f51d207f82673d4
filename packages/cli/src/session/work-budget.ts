/**
 * Keeps the session at N tasks: an agent asks before it claims, and is let only while fewer than N tasks are completed
 * or in somebody's hands. What is in whose hands is followed by the agents' messages; the store alone decides who
 * really holds what, so a message that comes late costs a wait, never a wrong completion.
 */
export class WorkBudget {
  readonly #taskCount: number;
  readonly #completed: Set<string> = new Set();
  /** Task to agent: who works on it, or whom it was handed to. */
  readonly #holderByTask: Map<string, string> = new Map();
  /** Agents that were let and have not said yet what they got. */
  readonly #claiming: Set<string> = new Set();
  readonly #dead: Set<string> = new Set();
  /** Tasks in the hands of the dead: one place each is kept until somebody takes them up. */
  readonly #orphans: Set<string> = new Set();

  constructor(taskCount: number) {
    this.#taskCount = taskCount;
  }

  get completedCount(): number {
    return this.#completed.size;
  }

  get isExhausted(): boolean {
    return this.#completed.size >= this.#taskCount;
  }

  /** Whether `agent` may claim now; if it may, it must report what came of it. A task: claim this one and no other. */
  request(agent: string): { readonly task?: string } | undefined {
    const free = this.#taskCount - this.#completed.size - this.#holderByTask.size - this.#claiming.size;
    if (free <= 0) return undefined;
    this.#claiming.add(agent);
    return free <= this.#orphans.size ? { task: this.#nextOrphan() } : {};
  }

  gotNothing(agent: string): void {
    this.#claiming.delete(agent);
  }

  /** `agent` holds `task`: claimed, accepted, or taken over from a dead or slow holder. */
  took(agent: string, task: string): void {
    this.#claiming.delete(agent);
    this.#holderByTask.set(task, agent);
    this.#orphans.delete(task);
  }

  handedOver(task: string, to: string): void {
    if (this.#dead.has(to)) this.#orphan(task);
    else this.#holderByTask.set(task, to);
  }

  completed(task: string): void {
    this.#holderByTask.delete(task);
    this.#completed.add(task);
  }

  /** The claim of `agent` ended without a completion (its lease ran out and somebody else took over). */
  lost(agent: string, task: string): void {
    if (this.#holderByTask.get(task) === agent) this.#holderByTask.delete(task);
  }

  /** `agent` was killed: whatever was in its hands waits for its lease to run out. */
  died(agent: string): void {
    this.#claiming.delete(agent);
    this.#dead.add(agent);
    for (const [task, holder] of this.#holderByTask) {
      if (holder === agent) this.#orphan(task);
    }
  }

  #orphan(task: string): void {
    this.#holderByTask.delete(task);
    this.#orphans.add(task);
  }

  /** Another one each time: one whose lease still runs must not stand in the way of one whose lease is over. */
  #nextOrphan(): string {
    const [task] = this.#orphans;
    if (task === undefined) throw new RangeError("No task waits for a new holder");
    this.#orphans.delete(task);
    this.#orphans.add(task);
    return task;
  }
}
