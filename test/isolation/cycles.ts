/** Cycles of dependencies, each kind named by the least that is wrong: a cycle needs no anti-dependency, one, or several. */
import type { Dependency, DependencyGraph, DependencyKind } from "./dependency-graph.ts";
import type { Anomaly, AnomalyName, RecordedTransaction } from "./history.ts";

/** At most one cycle of each name a component: what follows from the same fault is not listed again. */
export function findCycles(graph: DependencyGraph): readonly Anomaly[] {
  const anomalies: Anomaly[] = [];
  for (const component of stronglyConnected(graph)) {
    const cycle = shortestCycle(graph, component);
    if (cycle === undefined) continue;
    anomalies.push({
      name: nameOf(cycle),
      transactions: cycle.map(({ from }) => from.name),
      why: cycle
        .map(({ from, kind, key, to }) => `${from.name} ${kind}${key === undefined ? "" : ` ${key}`} ${to.name}`)
        .join(", "),
    });
  }
  return anomalies;
}

interface Search {
  /** Kinds every step of the way may have. */
  readonly along: readonly DependencyKind[];
  /** The kind of the one step the search begins with. */
  readonly through: DependencyKind;
}

/** From the gravest to the mildest; without real time before with it. */
const searches: readonly Search[] = [
  { along: ["ww"], through: "ww" },
  { along: ["ww", "wr"], through: "wr" },
  { along: ["ww", "wr"], through: "rw" },
  { along: ["ww", "wr", "rw"], through: "rw" },
  { along: ["ww", "wr", "rt"], through: "rt" },
  { along: ["ww", "wr", "rt"], through: "rw" },
  { along: ["ww", "wr", "rw", "rt"], through: "rw" },
];

function shortestCycle(
  graph: DependencyGraph,
  component: ReadonlySet<RecordedTransaction>,
): readonly Dependency[] | undefined {
  for (const { along, through } of searches) {
    let best: readonly Dependency[] | undefined;
    for (const from of component) {
      for (const first of graph.get(from) ?? []) {
        if (first.kind !== through || !component.has(first.to)) continue;
        const back = shortestWay(graph, { start: first.to, end: from, along, within: component });
        if (back !== undefined && back.length + 1 < (best?.length ?? Infinity)) best = [first, ...back];
      }
    }
    if (best !== undefined) return best;
  }
  return undefined;
}

function shortestWay(
  graph: DependencyGraph,
  {
    start,
    end,
    along,
    within,
  }: {
    readonly start: RecordedTransaction;
    readonly end: RecordedTransaction;
    readonly along: readonly DependencyKind[];
    readonly within: ReadonlySet<RecordedTransaction>;
  },
): readonly Dependency[] | undefined {
  const cameBy = new Map<RecordedTransaction, Dependency | undefined>([[start, undefined]]);
  let frontier = [start];
  while (frontier.length > 0 && !cameBy.has(end)) {
    const next: RecordedTransaction[] = [];
    for (const from of frontier) {
      for (const step of graph.get(from) ?? []) {
        if (!along.includes(step.kind) || !within.has(step.to) || cameBy.has(step.to)) continue;
        cameBy.set(step.to, step);
        next.push(step.to);
      }
    }
    frontier = next;
  }
  if (!cameBy.has(end)) return undefined;
  const way: Dependency[] = [];
  for (let step = cameBy.get(end); step !== undefined; step = cameBy.get(step.from)) way.unshift(step);
  return way;
}

function nameOf(cycle: readonly Dependency[]): AnomalyName {
  const kinds = new Set(cycle.map(({ kind }) => kind));
  const antiDependencies = cycle.filter(({ kind }) => kind === "rw");
  if (kinds.has("rt")) return antiDependencies.length > 0 ? "stale read" : "real-time violation";
  if (antiDependencies.length === 0) return kinds.has("wr") ? "circular information flow" : "dirty write";
  if (antiDependencies.length === 1) return isLostUpdate(cycle) ? "lost update" : "read skew";
  return antiDependencies.every(({ from }) => isReadOnly(from)) ? "long fork" : "write skew";
}

/** Both read the same state of a key, and both appended to it. */
function isLostUpdate(cycle: readonly Dependency[]): boolean {
  const key = cycle.find(({ kind }) => kind === "rw")?.key;
  return cycle.every((step) => step.key === key && (step.kind === "rw" || step.kind === "ww"));
}

function isReadOnly({ operations }: RecordedTransaction): boolean {
  return operations.every(({ kind }) => kind === "read");
}

/** Tarjan (1972) without recursion; components of one transaction are left out. */
function stronglyConnected(graph: DependencyGraph): readonly ReadonlySet<RecordedTransaction>[] {
  const components: ReadonlySet<RecordedTransaction>[] = [];
  const numberOf = new Map<RecordedTransaction, number>();
  const lowOf = new Map<RecordedTransaction, number>();
  const open: RecordedTransaction[] = [];
  const isOpen = new Set<RecordedTransaction>();
  const lower = (one: RecordedTransaction, to: number): void =>
    void lowOf.set(one, Math.min(lowOf.get(one) ?? Infinity, to));
  const enter = (one: RecordedTransaction): { one: RecordedTransaction; next: number } => {
    numberOf.set(one, numberOf.size);
    lower(one, numberOf.size - 1);
    open.push(one);
    isOpen.add(one);
    return { one, next: 0 };
  };
  for (const root of graph.keys()) {
    if (numberOf.has(root)) continue;
    const stack = [enter(root)];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const step = graph.get(top.one)?.[top.next];
      top.next += 1;
      if (step !== undefined) {
        const seen = numberOf.get(step.to);
        if (seen === undefined) stack.push(enter(step.to));
        else if (isOpen.has(step.to)) lower(top.one, seen);
        continue;
      }
      stack.pop();
      const parent = stack.at(-1);
      const low = lowOf.get(top.one) ?? 0;
      if (parent !== undefined) lower(parent.one, low);
      if (low !== numberOf.get(top.one)) continue;
      const component = new Set(open.splice(open.indexOf(top.one)));
      for (const one of component) isOpen.delete(one);
      if (component.size > 1) components.push(component);
    }
  }
  return components;
}
