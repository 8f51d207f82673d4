/** Reads the matches of a pattern: all, sorted, counted, grouped or one by one. */
import { type ByteString, encodeKeyPart } from "@knotwork/indexer";
import type { Edge, Entity } from "../entity.ts";
import type { ReadSource } from "../graph-reads.ts";
import { indexedScalar } from "../index-keys.ts";
import type { JsonValue } from "../json.ts";
import { BoundsGuard } from "../query-bounds.ts";
import type { Reader } from "../reader.ts";
import type { TypeRegistry } from "../type-registry.ts";
import { Aggregation } from "./aggregation.ts";
import type { GroupedSource } from "./grouping.ts";
import { planPattern } from "./pattern-plan.ts";
import { type PatternSpec, splitReference } from "./pattern-spec.ts";
import { propertyName, valueOf } from "./predicate.ts";
import type { OrderTerm } from "./query-spec.ts";
import { type Bound, findMatches, type MatchRow } from "./run-pattern.ts";
import { TopRows } from "./top-rows.ts";

/** How a pattern was matched. */
export interface PatternReport {
  /** The name of the node it began with. */
  readonly start: string;
  /** The steps in the order they were followed, as `a -> b`; `b <- a` for one followed against its direction. */
  readonly steps: readonly string[];
  /** Nodes and edges looked at. */
  readonly visited: number;
  readonly rows: number;
}

const maxVisitedDefault = 1_000_000;

export async function readMatches(source: ReadSource, spec: PatternSpec): Promise<readonly MatchRow[]> {
  return await run(source, spec, (reader, guard) => collect(reader, spec, guard));
}

export async function countMatches(source: ReadSource, spec: PatternSpec): Promise<number> {
  const { offset = 0, limit = Infinity } = spec;
  return await run(source, spec, async (reader, guard) => {
    let count = 0;
    guard.look();
    if (limit === 0) return 0;
    for await (const _ of find(reader, spec, guard)) if (++count >= offset + limit) break;
    return Math.max(0, count - offset);
  });
}

export async function reportMatches(source: ReadSource, spec: PatternSpec): Promise<PatternReport> {
  return await run(source, spec, async (reader, guard) => {
    const rows = await collect(reader, spec, guard);
    const { start, steps, optional } = planPattern(spec, reader);
    const texts = [...steps, ...optional.flat()].map(({ step, backward }) =>
      backward ? `${step.to} <- ${step.from}` : `${step.from} -> ${step.to}`,
    );
    return { start, steps: texts, visited: guard.visited, rows: rows.length };
  });
}

/** The matches of one state of the store, which is held until the end. */
export async function* iterateMatches(
  source: ReadSource,
  spec: PatternSpec,
): AsyncGenerator<MatchRow, void, undefined> {
  const guard = guardOf(source, spec);
  const opened = await source.open();
  const { reader } = opened;
  try {
    const { offset = 0, limit = Infinity, order = [] } = spec;
    if (order.length > 0) {
      yield* await collect(reader, spec, guard);
      return;
    }
    let at = 0;
    guard.look();
    if (limit === 0) return;
    for await (const row of find(reader, spec, guard)) {
      if (at++ >= offset) yield row;
      if (at >= offset + limit) return;
    }
  } finally {
    opened.release();
  }
}

/** The matches of a pattern, to be grouped. Its order, limit and offset come before the grouping. */
export function groupedMatchesOf(source: ReadSource, spec: PatternSpec): GroupedSource {
  return {
    run: (grouping) =>
      run(source, spec, async (reader, guard) => {
        const aggregation = new Aggregation(grouping, (reference) => orderOf(spec, reader.types, reference));
        for (const row of await collect(reader, spec, guard))
          aggregation.add((reference) => referenced(row, reference));
        return aggregation.rows();
      }),
  };
}

function run<T>(
  source: ReadSource,
  spec: PatternSpec,
  read: (reader: Reader, guard: BoundsGuard) => Promise<T>,
): Promise<T> {
  const guard = guardOf(source, spec);
  return source.run((reader) => {
    guard.restart();
    return read(reader, guard);
  });
}

function guardOf(source: ReadSource, { start, bounds = {} }: PatternSpec): BoundsGuard {
  return new BoundsGuard(bounds, { clock: source.clock, action: `match from ${start}`, maxVisitedDefault });
}

function find(reader: Reader, spec: PatternSpec, guard: BoundsGuard): AsyncGenerator<MatchRow, void, undefined> {
  return findMatches(reader, { spec, plan: planPattern(spec, reader), guard });
}

async function collect(reader: Reader, spec: PatternSpec, guard: BoundsGuard): Promise<readonly MatchRow[]> {
  const { offset = 0, limit = Infinity, order = [] } = spec;
  guard.look();
  if (limit === 0) return [];
  if (order.length > 0) return await collectSorted(reader, spec, guard);
  const rows: MatchRow[] = [];
  for await (const row of find(reader, spec, guard)) {
    rows.push(row);
    if (rows.length >= offset + limit) break;
  }
  return rows.slice(offset);
}

/** A match with what it is sorted by. */
interface SortedMatch {
  readonly row: MatchRow;
  readonly sortKeys: readonly ByteString[];
  readonly ids: string;
}

async function collectSorted(reader: Reader, spec: PatternSpec, guard: BoundsGuard): Promise<readonly MatchRow[]> {
  const { offset = 0, limit = Infinity, order = [] } = spec;
  const orders = order.map(({ field }) => orderOf(spec, reader.types, field));
  const keyOf = (row: MatchRow, field: string, i: number): ByteString =>
    encodeKeyPart(indexedScalar(referenced(row, field), orders[i]));
  const first = new TopRows<SortedMatch>(offset + limit, (a, b) => compareMatches(a, b, order));
  for await (const row of find(reader, spec, guard)) {
    const sortKeys = order.map(({ field }, i) => keyOf(row, field, i));
    first.add({ row, sortKeys, ids: Object.values(row).map(idsOf).join(",") });
  }
  return first
    .take()
    .map(({ row }) => row)
    .slice(offset);
}

function compareMatches(a: SortedMatch, b: SortedMatch, order: readonly OrderTerm[]): number {
  for (const [i, { direction }] of order.entries()) {
    const [x = "", y = ""] = [a.sortKeys[i], b.sortKeys[i]];
    if (x !== y) return x < y === (direction === "asc") ? -1 : 1;
  }
  return a.ids < b.ids ? -1 : a.ids > b.ids ? 1 : 0;
}

function idsOf(bound: Bound): string {
  if (bound === undefined) return "";
  return isList(bound) ? bound.map(({ id }) => id).join(" ") : bound.id;
}

/** The value of `NAME.FIELD`; of a name alone, its id. */
function referenced(row: MatchRow, reference: string): JsonValue | undefined {
  const { name, field } = splitReference(reference);
  const bound = Object.hasOwn(row, name) ? row[name] : undefined;
  if (bound === undefined || isList(bound)) return undefined;
  return valueOf(bound, field === "" ? "id" : field);
}

/** The declared order of `NAME.FIELD`, if the name is of one type. */
function orderOf(spec: PatternSpec, types: TypeRegistry, reference: string): readonly string[] | undefined {
  const { name, field } = splitReference(reference);
  const steps = [...spec.steps, ...spec.optional.flat()];
  const [edgeType, ...others] = steps.find(({ edge }) => edge === name)?.types ?? [];
  const node = Object.hasOwn(spec.nodesByName, name) ? spec.nodesByName[name] : undefined;
  const type = node?.type ?? (others.length === 0 ? edgeType : undefined);
  return type === undefined ? undefined : types.orderOf(type, propertyName(field));
}

function isList(bound: Entity | Edge | readonly Edge[]): bound is readonly Edge[] {
  return Array.isArray(bound);
}
