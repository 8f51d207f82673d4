/** Random stores of a few versions, and random questions to them, from a seed. */
import type { JsonObject, JsonValue } from "@knotwork/graph";
import type { ModelPattern, ModelStep } from "./pattern-evaluator.ts";
import {
  type ModelCondition,
  type ModelEntity,
  type ModelGrouping,
  type ModelOrder,
  modelPriorities,
  type ModelQuery,
} from "./query-evaluator.ts";

export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** In [0, 1). mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }

  list<T>(countMax: number, make: () => T): readonly T[] {
    return Array.from({ length: this.below(countMax + 1) }, make);
  }
}

export type Change =
  | { readonly kind: "put"; readonly id: string; readonly type: string; readonly props: JsonObject }
  | { readonly kind: "delete"; readonly id: string }
  | {
      readonly kind: "link";
      readonly from: string;
      readonly type: string;
      readonly to: string;
      readonly props: JsonObject;
    };

const edgeTypes = ["TO", "NEXT"] as const;
const texts = ["a", "ab", "b", "high", "", "😀", "\uffff"];

/** The changes of each commit of a store with at most 60 nodes. */
export function randomCommits(dice: Dice): readonly (readonly Change[])[] {
  const nodeCount = Math.floor(1 + 60 * dice.next() ** 1.8);
  const ids = Array.from({ length: nodeCount }, (_, i) => `n${String(i).padStart(2, "0")}`);
  const links = dice.list(Math.ceil(nodeCount * 1.3), () => 0);
  const link = (): Change => ({
    kind: "link",
    from: dice.pick(ids),
    type: dice.pick(edgeTypes),
    to: dice.pick(ids),
    props: { w: dice.below(5) },
  });
  const put = (id: string): Change => ({
    kind: "put",
    id,
    type: dice.chance(0.8) ? "item" : "other",
    props: randomProps(dice),
  });
  const later = (): readonly Change[] =>
    nodeCount === 0
      ? []
      : dice.list(6, () => {
          const id = dice.pick(ids);
          return dice.chance(0.25) ? { kind: "delete", id } : dice.chance(0.5) ? put(id) : link();
        });
  return [[...ids.map(put), ...(nodeCount === 0 ? [] : links.map(link))], later(), later()];
}

export function randomQuery(dice: Dice): ModelQuery {
  return {
    type: dice.pick(["item", "item", "item", "item", "item", "other", "TO"]),
    conditions: dice.chance(0.25) ? [] : [randomCondition(dice, 2), ...dice.list(1, () => randomCondition(dice, 1))],
    order: randomOrder(dice, ["s", "p", "n", "o.k", "id", "version"]),
    limit: dice.chance(0.4) ? dice.below(8) : undefined,
    offset: dice.chance(0.2) ? dice.below(4) : 0,
  };
}

export function randomGrouping(dice: Dice): ModelGrouping {
  const field = (): string => dice.pick(["s", "p", "n", "o.k"]);
  const by = [...new Set(dice.list(2, field))];
  const compared = (): ModelCondition => ({ field: "n_rows", op: dice.pick([">", "<=", "="]), value: dice.below(4) });
  return {
    by,
    aggregates: {
      n_rows: { op: "count" },
      filled: { op: "count", field: field(), distinct: dice.chance(0.5) },
      total: { op: "sum", field: "n" },
      mean: { op: "avg", field: "n" },
      least: { op: "min", field: field() },
      most: { op: "max", field: field() },
      all: { op: "collect", field: dice.pick(["id", "t", "s"]), distinct: dice.chance(0.5) },
    },
    having: dice.chance(0.3) ? [compared()] : [],
    order: dice.chance(0.4)
      ? [{ field: dice.pick(["n_rows", "total", "least"]), direction: dice.pick(["asc", "desc"]) }]
      : [],
    limit: dice.chance(0.2) ? dice.below(4) : undefined,
  };
}

export interface PatternQuestion {
  readonly pattern: ModelPattern;
  readonly order: readonly ModelOrder[];
  readonly limit: number | undefined;
}

/** On bigger stores patterns begin at one node, or are of one step: else there are too many matches to list. */
export function randomPattern(dice: Dice, nodeCount: number): PatternQuestion {
  const isBig = nodeCount > 12;
  const nodesByName: Record<string, { type?: string; conditions: readonly ModelCondition[] }> = {};
  const node = (): { type?: string; conditions: readonly ModelCondition[] } => ({
    ...(dice.chance(0.3) ? { type: dice.pick(["item", "item", "item", "other"]) } : {}),
    conditions: dice.chance(0.12) ? [randomCondition(dice, 1)] : [],
  });
  const start = { ...node() };
  if (isBig)
    start.conditions = [
      ...start.conditions,
      { field: "id", op: "=", value: `n${String(dice.below(nodeCount)).padStart(2, "0")}` },
    ];
  nodesByName["v0"] = start;
  const names = ["v0"];
  let edges = 0;
  const step = (): ModelStep => {
    const from = dice.pick(names);
    const back = dice.chance(0.15);
    const to = back ? dice.pick(names) : `v${names.length}`;
    if (!back) {
      names.push(to);
      nodesByName[to] = node();
    }
    const max = 1 + dice.below(isBig ? 2 : 3);
    return {
      from,
      to,
      way: dice.pick(["out", "out", "in", "both"]),
      types: dice.pick([[], [], ["TO"], ["NEXT"], ["TO", "NEXT"]]),
      ...(dice.chance(0.5) ? { edge: `e${edges++}` } : {}),
      conditions: dice.chance(0.2) ? [{ field: "w", op: dice.pick(["<", ">=", "="]), value: dice.below(5) }] : [],
      ...(dice.chance(0.3)
        ? { path: { min: dice.below(Math.min(3, max + 1)), max, cycles: dice.pick(["trail", "simple", "walk"]) } }
        : {}),
    };
  };
  const required = Array.from({ length: dice.below(3) }, step);
  const groups = dice.chance(0.35)
    ? Array.from({ length: 1 + dice.below(2) }, () => Array.from({ length: 1 + dice.below(2) }, step))
    : [];
  const pattern = {
    start: "v0",
    nodesByName,
    steps: required,
    optional: groups,
    injectivity: dice.pick(["edges", "edges", "nodes", "none"] as const),
  };
  const order = dice.chance(0.4)
    ? [{ field: `${dice.pick(names)}.${dice.pick(["s", "n", "id"])}`, direction: dice.pick(["asc", "desc"] as const) }]
    : [];
  return { pattern, order, limit: dice.chance(0.25) ? dice.below(6) : undefined };
}

function randomOrder(dice: Dice, fields: readonly string[]): readonly ModelOrder[] {
  const order = dice.list(2, (): ModelOrder => ({ field: dice.pick(fields), direction: dice.pick(["asc", "desc"]) }));
  return order.filter(({ field }, i) => order.findIndex((each) => each.field === field) === i);
}

function randomCondition(dice: Dice, depth: number): ModelCondition {
  const roll = depth === 0 ? 1 : dice.next();
  const parts = (): readonly ModelCondition[] => dice.list(3, () => randomCondition(dice, depth - 1));
  if (roll < 0.22) return { any: parts() };
  if (roll < 0.32) return { all: parts() };
  if (roll < 0.45) return { not: randomCondition(dice, depth - 1) };
  const field = dice.pick(["s", "p", "n", "t", "o.k", "id", "n", "p"]);
  switch (dice.below(7)) {
    case 0:
      return { field, op: dice.pick(["=", "!="]), value: randomValue(dice, field) };
    case 1:
      return { field, op: dice.pick(["<", "<=", ">", ">="]), value: randomValue(dice, field) ?? 0 };
    case 2:
      return { field, op: "in", value: dice.list(4, () => randomValue(dice, field)) };
    case 3:
      return { field: "t", op: "contains", value: dice.pick(texts) };
    case 4:
      return { field, op: "startsWith", value: dice.pick(["", "a", "n0", "n1", "😀"]) };
    case 5:
      return { field, op: "isNull", value: dice.chance(0.5) };
    default:
      return { field, op: "=", value: randomValue(dice, field) };
  }
}

function randomProps(dice: Dice): JsonObject {
  const props: Record<string, JsonValue> = {};
  for (const field of ["s", "p", "n"]) if (dice.chance(0.85)) props[field] = randomValue(dice, field);
  if (dice.chance(0.7)) props["t"] = dice.list(3, () => dice.pick(texts));
  if (dice.chance(0.6)) props["o"] = dice.chance(0.8) ? { k: randomValue(dice, "o.k") } : dice.below(3);
  return props;
}

function randomValue(dice: Dice, field: string): JsonValue {
  if (field === "id") return `n${String(dice.below(60)).padStart(2, "0")}`;
  if (field === "n") return dice.chance(0.9) ? dice.below(5) - 1 : dice.pick([0.5, true, "a", null]);
  if (field === "p")
    return dice.chance(0.8) ? dice.pick(modelPriorities) : dice.pick<JsonValue>(["other", 5, null, true]);
  return dice.chance(0.7) ? dice.pick(texts) : dice.pick<JsonValue>([0, 1, 2.5, true, false, null]);
}

/** The state after a commit. `versions`: the last version of each id, deleted ones included; brought up to date. */
export function changedState(
  before: ReadonlyMap<string, ModelEntity>,
  versions: Map<string, number>,
  {
    changes,
    edgeIdOf,
  }: { readonly changes: readonly Change[]; readonly edgeIdOf: (from: string, type: string, to: string) => string },
): ReadonlyMap<string, ModelEntity> {
  const after = new Map(before);
  const touched = new Set<string>();
  const removed = new Set<string>();
  const write = (entity: Omit<ModelEntity, "version">): void => {
    touched.add(entity.id);
    after.set(entity.id, { ...entity, version: 0 });
  };
  for (const change of changes) {
    if (change.kind === "put") {
      const existing = after.get(change.id);
      write({ id: change.id, type: existing?.type ?? change.type, props: { ...existing?.props, ...change.props } });
    } else if (change.kind === "delete") {
      for (const [id, entity] of after) {
        if (id !== change.id && entity.from !== change.id && entity.to !== change.id) continue;
        after.delete(id);
        touched.add(id);
        removed.add(id);
      }
    } else if (after.has(change.from) && after.has(change.to)) {
      const { from, type, to, props } = change;
      const id = edgeIdOf(from, type, to);
      write({ id, type, from, to, props: { ...after.get(id)?.props, ...props } });
    }
  }
  for (const id of touched) {
    const [old, entity] = [before.get(id), after.get(id)];
    if (entity === undefined && old === undefined) continue;
    // What is deleted and made anew is a new version, whatever it holds.
    const isSame =
      !removed.has(id) &&
      entity !== undefined &&
      old !== undefined &&
      JSON.stringify({ ...old, version: 0 }) === JSON.stringify(entity);
    if (!isSame) versions.set(id, (versions.get(id) ?? 0) + 1);
    if (entity !== undefined) after.set(id, { ...entity, version: versions.get(id) ?? 1 });
  }
  return after;
}
