import { isDeepStrictEqual } from "node:util";
import { MemoryDisk } from "@knotwork/disk/testing";
import {
  type Condition,
  defineType,
  type Edge,
  edgeId,
  type Entity,
  type Graph,
  type JsonObject,
  openGraph,
  type Pattern,
  type TypeList,
} from "@knotwork/graph";
import { MemoryEngine } from "@knotwork/graph/testing";
import { expect, test } from "vitest";
import { STORE, World } from "../engine/engine-world.ts";
import { type ModelMatch, type ModelPattern, type ModelStep, naiveMatches } from "./pattern-evaluator.ts";
import {
  type ModelEntity,
  type ModelGrouping,
  modelPriorities,
  type ModelQuery,
  naiveGroups,
  naiveRows,
  valueOf,
  compareValues,
} from "./query-evaluator.ts";
import {
  type Change,
  changedState,
  Dice,
  type PatternQuestion,
  randomCommits,
  randomGrouping,
  randomPattern,
  randomQuery,
} from "./random-questions.ts";

/** KNOT_LONG=1 runs ten times as many, from other seeds. */
const isLong = process.env["KNOT_LONG"] === "1";
const cases = isLong ? 100_000 : 10_000;
const firstSeed = isLong ? 1_000_000 : 1;
const questionsPerStore = 25;
/** One store in so many is a local one, with a checkpoint between its commits. */
const localEvery = 40;

const anySchema = {
  "~standard": { version: 1, vendor: "test", validate: (value: unknown) => ({ value: value as JsonObject }) },
} as const;
const enums = { p: modelPriorities };
const types = {
  indexed: [
    defineType("item", {
      fields: anySchema,
      enums,
      indexes: [["s", "p"], ["p"], ["n", "s"], ["t"], ["o.k"]],
    }),
    defineType("other", { fields: anySchema, enums, indexes: [["s"], ["n"], ["t", "p"]] }),
    defineType("TO", { fields: anySchema, edge: true, indexes: [["w"]] }),
  ],
  plain: [
    defineType("item", { fields: anySchema, enums }),
    defineType("other", { fields: anySchema, enums }),
    defineType("TO", { fields: anySchema, edge: true }),
  ],
} as const;

interface Subject {
  readonly graphs: readonly Graph[];
  /** The seq of the first state in each graph: where definitions of indexes are a commit, they come before it. */
  readonly bases: readonly number[];
  /** By seq, from the base on. */
  readonly states: readonly ReadonlyMap<string, ModelEntity>[];
}

test(
  `[Q7] [Q4] ${cases.toLocaleString("en")} random queries, groupings and patterns give what a naive evaluator gives: with indexes and without, now and asOf`,
  { timeout: isLong ? 1_200_000 : 300_000 },
  async () => {
    const asked = { rows: 0, groups: 0, matches: 0, notEmpty: 0 };
    for (let seed = firstSeed; asked.rows + asked.groups + asked.matches < cases; seed++) {
      const dice = new Dice(seed);
      const subject = await openSubject(dice, { isLocal: seed % localEvery === 0 });
      for (let i = 0; i < questionsPerStore; i++) {
        await ask(subject, dice, { asked, where: `seed ${seed}, question ${i}` });
      }
      for (const graph of subject.graphs) {
        expect((await graph.check()).problems).toEqual([]);
        await graph.close();
      }
    }
    expect(Math.min(asked.rows, asked.groups, asked.matches)).toBeGreaterThan(cases / 10);
    // Cases that find nothing prove little.
    expect(asked.notEmpty).toBeGreaterThan(0.4 * cases);
  },
);

interface Tally {
  rows: number;
  groups: number;
  matches: number;
  notEmpty: number;
}

/** One case: a question to both graphs, now and as of a commit. */
async function ask(
  { graphs, bases, states }: Subject,
  dice: Dice,
  { asked, where }: { readonly asked: Tally; readonly where: string },
): Promise<void> {
  const past = dice.below(states.length);
  const kind = dice.next();
  const query = randomQuery(dice);
  const grouping = kind < 0.45 ? undefined : kind < 0.65 ? randomGrouping(dice) : undefined;
  const pattern =
    kind < 0.65 ? undefined : randomPattern(dice, [...(states.at(-1)?.values() ?? [])].filter(isNode).length);
  asked[pattern !== undefined ? "matches" : grouping !== undefined ? "groups" : "rows"]++;
  const pageSize = dice.chance(0.4) ? 1 + dice.below(5) : undefined;
  let isEmpty = true;
  for (const seq of [states.length - 1, past]) {
    const entities = [...(states[seq]?.values() ?? [])];
    const text = `${where}, seq ${seq}: ${JSON.stringify(pattern ?? { query, grouping })}`;
    const all = graphs.map((graph, i) => (seq === states.length - 1 ? graph : graph.asOf((bases[i] ?? 0) + seq)));
    const found =
      pattern !== undefined
        ? await checkPattern(all, entities, { pattern, text })
        : grouping !== undefined
          ? await checkGroups(all, entities, { query, grouping, text })
          : await checkRows(all, entities, { query, text, pageSize });
    isEmpty &&= found === 0;
  }
  if (!isEmpty) asked.notEmpty++;
}

type Reads = Pick<Graph, "query" | "match">;

async function checkRows(
  graphs: readonly Reads[],
  entities: readonly ModelEntity[],
  {
    query,
    text,
    pageSize,
  }: { readonly query: ModelQuery; readonly text: string; readonly pageSize: number | undefined },
): Promise<number> {
  const expected = naiveRows(entities, query).map(({ id }) => id);
  for (const reads of graphs) {
    const built = build(reads, query);
    expectSame(await built.ids(), expected, text);
    const count = await built.count();
    if (count !== expected.length || (await built.exists()) !== expected.length > 0)
      expectSame([count], [expected.length], text);
    if (pageSize !== undefined && query.limit === undefined && query.offset === 0) {
      const ids: string[] = [];
      let next: string | undefined;
      do {
        const page = await (next === undefined ? built : built.after(next)).limit(pageSize).page();
        ids.push(...page.items.map(({ id }) => id));
        ({ next } = page);
      } while (next !== undefined);
      expectSame(ids, expected, `pages of ${text}`);
    }
  }
  return expected.length;
}

async function checkGroups(
  graphs: readonly Reads[],
  entities: readonly ModelEntity[],
  { query, grouping, text }: { readonly query: ModelQuery; readonly grouping: ModelGrouping; readonly text: string },
): Promise<number> {
  const expected = naiveGroups(naiveRows(entities, query), grouping);
  for (const reads of graphs) {
    let groups = build(reads, query)
      .groupBy(...grouping.by)
      .aggregate(() => grouping.aggregates as never);
    for (const each of grouping.having) groups = groups.having(each as Condition);
    for (const { field, direction } of grouping.order) groups = groups.orderBy(field, direction);
    if (grouping.limit !== undefined) groups = groups.limit(grouping.limit);
    expectSame(await groups.all(), expected, text);
  }
  return expected.length;
}

async function checkPattern(
  graphs: readonly Reads[],
  entities: readonly ModelEntity[],
  { pattern: { pattern, order, limit }, text }: { readonly pattern: PatternQuestion; readonly text: string },
): Promise<number> {
  const expected = naiveMatches(entities, pattern);
  for (const reads of graphs) {
    let built = buildPattern(reads, pattern);
    for (const { field, direction } of order) built = built.orderBy(field, direction);
    const rows = (await built.all()).map(toMatch);
    expectSame(sortedTexts(rows), sortedTexts(expected), text);
    const byId = new Map(entities.map((entity) => [entity.id, entity]));
    for (const { field: reference, direction } of order) {
      const [name = "", field = ""] = reference.split(".");
      const values = rows.map((row) => {
        const entity = byId.get(row[name] ?? "");
        return entity === undefined ? null : valueOf(entity, field);
      });
      const misplaced = values.findIndex((value, i) => {
        const sign = i === 0 ? 0 : compareValues(values[i - 1] ?? null, value, field);
        return direction === "asc" ? sign > 0 : sign < 0;
      });
      if (misplaced >= 0) expectSame(values, `in order, unlike row ${misplaced}`, text);
    }
    if (limit !== undefined) {
      const limited = (await built.limit(limit).all()).map(toMatch);
      const whole = order.length === 0 ? sortedTexts(rows) : rows.slice(0, limit).map(matchText);
      if (order.length > 0) expectSame(limited.map(matchText), whole, `limit ${limit} of ${text}`);
      else if (
        limited.length !== Math.min(limit, rows.length) ||
        !limited.every((row) => whole.includes(matchText(row)))
      )
        expectSame(limited.map(matchText), whole, `limit ${limit} of ${text}`);
    }
  }
  return expected.length;
}

async function openSubject(dice: Dice, { isLocal }: { readonly isLocal: boolean }): Promise<Subject> {
  const graphs = [await openOn(isLocal, types.indexed), await openOn(isLocal, types.plain)];
  const bases = await Promise.all(graphs.map((graph) => graph.head()));
  const states: ReadonlyMap<string, ModelEntity>[] = [new Map()];
  const versions = new Map<string, number>();
  for (const changes of randomCommits(dice)) {
    const state = changedState(states.at(-1) ?? new Map(), versions, { changes, edgeIdOf: edgeId });
    for (const graph of graphs) {
      await commit(graph, changes);
      if (isLocal) await graph.checkpoint();
    }
    // What changes nothing is no commit.
    if ((await graphs[0]?.head()) === (bases[0] ?? 0) + states.length) states.push(state);
  }
  return { graphs, bases, states };
}

async function openOn(isLocal: boolean, declared: (typeof types)["indexed" | "plain"]): Promise<Graph> {
  if (!isLocal) return (await openGraph({ engine: new MemoryEngine(), types: [...declared] })) as Graph;
  const memory = new MemoryDisk();
  return await new World(memory).graph("query", { dir: STORE, types: [...declared] });
}

async function commit(graph: Graph, changes: readonly Change[]): Promise<void> {
  await graph.transact(async (tx) => {
    for (const change of changes) {
      if (change.kind === "link") {
        const ends = await tx.getMany([change.from, change.to]);
        if (!ends.includes(undefined)) await tx.link(change.from, change.type, change.to, change.props);
        continue;
      }
      const exists = (await tx.get(change.id)) !== undefined;
      if (change.kind === "delete") {
        if (exists) await tx.delete(change.id);
      } else if (exists) await tx.update(change.id, change.props);
      else await tx.create(change.type, change.props, { id: change.id });
    }
  });
}

function build(reads: Reads, { type, conditions, order, limit, offset }: ModelQuery): ReturnType<Graph["query"]> {
  let query = reads.query(type);
  for (const each of conditions) query = query.where(each as Condition);
  for (const { field, direction } of order) query = query.orderBy(field, direction);
  if (limit !== undefined) query = query.limit(limit);
  return offset === 0 ? query : query.offset(offset);
}

type AnyPattern = Pattern<TypeList, Readonly<Record<string, Entity | readonly Edge[] | undefined>>>;

function buildPattern(reads: Reads, { start, nodesByName, steps, optional, injectivity }: ModelPattern): AnyPattern {
  const seen = new Set([start]);
  const nodeOf = (name: string): object => {
    if (seen.size === seen.add(name).size) return {};
    const { type, conditions } = nodesByName[name] ?? { conditions: [] };
    return { ...(type === undefined ? {} : { type }), where: { all: conditions } };
  };
  const add = (pattern: AnyPattern, step: ModelStep): AnyPattern => {
    const { from, to, way, types: edgeTypes, edge, conditions, path } = step;
    const options = {
      to,
      ...nodeOf(to),
      ...(edge === undefined ? {} : { edge }),
      edgeWhere: { all: conditions },
      ...(path === undefined ? {} : { path }),
    };
    return pattern.from(from)[way](edgeTypes, options as never) as unknown as AnyPattern;
  };
  const { type, conditions } = nodesByName[start] ?? { conditions: [] };
  let pattern = reads.match(start, type, { all: conditions } as Condition) as unknown as AnyPattern;
  for (const step of steps) pattern = add(pattern, step);
  for (const group of optional) {
    pattern = pattern.optional((part) => group.reduce(add, part));
  }
  return pattern.injective(injectivity);
}

function toMatch(row: Readonly<Record<string, Entity | readonly Edge[] | undefined>>): ModelMatch {
  const idOf = (bound: Entity | readonly Edge[] | undefined): string =>
    bound === undefined ? "" : "id" in bound ? bound.id : bound.map(({ id }) => id).join(" ");
  return Object.fromEntries(Object.entries(row).map(([name, bound]) => [name, idOf(bound)]));
}

function matchText(match: ModelMatch): string {
  return Object.keys(match)
    .sort()
    .map((name) => `${name}=${match[name]}`)
    .join(" ");
}

function sortedTexts(matches: readonly ModelMatch[]): readonly string[] {
  return matches.map(matchText).sort();
}

function isNode({ from }: ModelEntity): boolean {
  return from === undefined;
}

/** As `toEqual`, at a fraction of its cost where nothing is wrong; the message has what repeats the case. */
function expectSame(actual: unknown, expected: unknown, message: string): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual, message).toEqual(expected);
}
