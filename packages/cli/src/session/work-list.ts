/**
 * Chooses what a session works on: open tasks that can be completed by going from blocker to blocker, and, where they
 * are too few, closed ones to reopen. Pure: it sees the graph as statuses and waiting edges, and says what to do.
 */

/** What can have a status, and what it waits for: blockers before it starts, children before it closes. */
export interface WorkNode {
  readonly id: string;
  readonly isTask: boolean;
  /** `undefined`: has none, so nothing waits for it. */
  readonly status: string | undefined;
  readonly blockers: readonly string[];
  readonly children: readonly string[];
}

export interface WorkPlan {
  /** How many tasks the agents are to complete. */
  readonly taskCount: number;
  /** Tasks somebody left in progress, to be opened for everybody. */
  readonly leftInProgress: readonly string[];
  /** Completed tasks to reopen, in this order: a parent before its children. */
  readonly reopened: readonly string[];
  /** Parents that shall wait for their open children, so that nobody takes one that cannot be completed yet. */
  readonly parentsToWait: readonly { readonly parent: string; readonly children: readonly string[] }[];
}

export function planWork(nodes: readonly WorkNode[], taskCountMax: number): WorkPlan {
  const graph = new WorkGraph(nodes);
  const leftInProgress = nodes.filter((node) => node.isTask && node.status === "in_progress").map((node) => node.id);
  const completable = graph.completableTasks();
  const reopened = completable.size < taskCountMax ? graph.reopen(completable, taskCountMax) : [];
  const opened = new Set(reopened);
  const statusById = new Map(nodes.map((node) => [node.id, node.status]));
  const parentsToWait = nodes
    .filter((node) => node.isTask && (isOpen(node.status) || opened.has(node.id)))
    .map(({ id, children }) => ({
      parent: id,
      children: children.filter((child) => opened.has(child) || !isFinished(statusById.get(child))),
    }))
    .filter(({ children }) => children.length > 0);
  return { taskCount: Math.min(taskCountMax, completable.size), leftInProgress, reopened, parentsToWait };
}

class WorkGraph {
  readonly #nodes: readonly WorkNode[];
  readonly #nodeById: ReadonlyMap<string, WorkNode>;
  readonly #parentsById: ReadonlyMap<string, readonly string[]>;

  constructor(nodes: readonly WorkNode[]) {
    this.#nodes = nodes;
    this.#nodeById = new Map(nodes.map((node) => [node.id, node]));
    const parentsById = new Map<string, string[]>();
    for (const { id, children } of nodes) {
      for (const child of children) parentsById.set(child, [...(parentsById.get(child) ?? []), id]);
    }
    this.#parentsById = parentsById;
  }

  /** Open tasks all of whose blockers and children are finished or completable themselves. */
  completableTasks(): Set<string> {
    const completable = new Set<string>();
    const open = this.#nodes.filter((node) => node.isTask && isOpen(node.status));
    for (let before = -1; before < completable.size;) {
      before = completable.size;
      for (const node of open) if (this.#waitsForNothingBut(node, completable)) completable.add(node.id);
    }
    return completable;
  }

  /** Adds completed tasks to `completable` until it has `count`, as far as there are any; gives them in an order that works. */
  reopen(completable: Set<string>, count: number): readonly string[] {
    const reopened: string[] = [];
    const completed = this.#nodes.filter((node) => node.isTask && node.status === "completed");
    for (let before = -1; before < reopened.length;) {
      before = reopened.length;
      for (const node of completed) {
        if (completable.size >= count) return reopened;
        if (completable.has(node.id) || !this.#mayReopen(node, completable)) continue;
        completable.add(node.id);
        reopened.push(node.id);
      }
    }
    return reopened;
  }

  /** A task cannot be open under a closed parent, and must be completable when it is open again. */
  #mayReopen(node: WorkNode, completable: ReadonlySet<string>): boolean {
    const parents = this.#parentsById.get(node.id) ?? [];
    const isUnderClosed = parents.some((id) => isClosed(this.#nodeById.get(id)?.status) && !completable.has(id));
    return !isUnderClosed && this.#waitsForNothingBut(node, completable);
  }

  #waitsForNothingBut({ blockers, children }: WorkNode, completable: ReadonlySet<string>): boolean {
    return [...blockers, ...children].every((id) => completable.has(id) || isFinished(this.#nodeById.get(id)?.status));
  }
}

function isOpen(status: string | undefined): boolean {
  return status === "pending" || status === "in_progress";
}

function isClosed(status: string | undefined): boolean {
  return status === "completed" || status === "cancelled";
}

function isFinished(status: string | undefined): boolean {
  return status === undefined || isClosed(status);
}
