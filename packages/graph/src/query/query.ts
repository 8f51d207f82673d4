/**
 * A query over the nodes or edges of one type. Immutable: each call gives a new query, so a half-built one can be kept and
 * used again. Nothing is read before a call that answers (`all`, `first`, `count`, `ids`, iteration, `explain`); each such
 * call reads one state of the store.
 */
import type { Entity } from "../entity.ts";
import { GraphError } from "../graph-error.ts";
import type { ReadSource } from "../graph-reads.ts";
import type { JsonObject, JsonValue } from "../json.ts";
import type { Condition, Operator, Order } from "./condition.ts";
import { planOf, runQuery } from "./run-query.ts";
import type { QueryCost, QuerySpec } from "./run-query.ts";

/** How a query is, or was, answered. */
export interface QueryExplanation {
  /** The index that is read; `type` means a scan of all entities of the type. */
  readonly index: string;
  /** Intervals of it that are read. */
  readonly intervals: number;
  /** The index gives the order; otherwise the rows are sorted in memory. */
  readonly ordered: boolean;
  readonly entriesVisited: number;
  readonly rowsRead: number;
  readonly rowsGiven: number;
}

const OPERATORS: ReadonlySet<string> = new Set<Operator>([
  "=",
  "!=",
  "<",
  "<=",
  ">",
  ">=",
  "in",
  "contains",
  "startsWith",
  "isNull",
]);

export class Query<Props extends object = JsonObject> implements AsyncIterable<Entity<Props>> {
  readonly #source: ReadSource;
  readonly #spec: QuerySpec;

  constructor(source: ReadSource, spec: Partial<QuerySpec> & Pick<QuerySpec, "type">) {
    this.#source = source;
    this.#spec = { conditions: [], orders: [], limit: undefined, offset: 0, ...spec };
  }

  /**
   * Only entities whose field compares so; several conditions all hold. `field` is a property (dotted to reach into
   * objects) or one of id, version, createdAt, updatedAt, author. Enums compare as declared. `isNull` takes true or
   * false, `in` a list, the others a scalar.
   * @throws GraphError INVALID_QUERY
   */
  where(field: string, operator: Operator, value: JsonValue): Query<Props> {
    assertCondition({ field, operator, value });
    return this.#with({ conditions: [...this.#spec.conditions, { field, operator, value }] });
  }

  /** Sorts by this field, after those named before; at last by id. Enums sort as declared, absence comes first. */
  orderBy(field: string, direction: Order["direction"] = "asc"): Query<Props> {
    if (direction !== "asc" && direction !== "desc")
      throw invalidQuery(`the direction is ${JSON.stringify(direction)}`);
    return this.#with({ orders: [...this.#spec.orders, { field, direction }] });
  }

  limit(count: number): Query<Props> {
    assertCount("limit", count);
    return this.#with({ limit: count });
  }

  offset(count: number): Query<Props> {
    assertCount("offset", count);
    return this.#with({ offset: count });
  }

  async all(): Promise<readonly Entity<Props>[]> {
    return await this.#source.run(async (reader) => {
      const entities: Entity<Props>[] = [];
      for await (const entity of runQuery(reader, this.#spec)) entities.push(entity as Entity<Props>);
      return entities;
    });
  }

  async first(): Promise<Entity<Props> | undefined> {
    return (await this.limit(1).all())[0];
  }

  async ids(): Promise<readonly string[]> {
    return (await this.all()).map((entity) => entity.id);
  }

  async count(): Promise<number> {
    return await this.#source.run(async (reader) => {
      let count = 0;
      for await (const _ of runQuery(reader, { ...this.#spec, orders: [] })) count += 1;
      return count;
    });
  }

  /** Answers the query and tells how. */
  async explain(): Promise<QueryExplanation> {
    return await this.#source.run(async (reader) => {
      const cost: QueryCost = { entriesVisited: 0, rowsRead: 0 };
      const { index, intervals, ordered } = planOf(reader, this.#spec);
      let rowsGiven = 0;
      for await (const _ of runQuery(reader, this.#spec, cost)) rowsGiven += 1;
      return { index, intervals: intervals.length, ordered, ...cost, rowsGiven };
    });
  }

  /** The entities one by one, all of one state of the store, however long the consumer takes. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Entity<Props>> {
    const opened = await this.#source.open();
    try {
      for await (const entity of runQuery(opened.reader, this.#spec)) yield entity as Entity<Props>;
    } finally {
      opened.release();
    }
  }

  #with(change: Partial<QuerySpec>): Query<Props> {
    return new Query<Props>(this.#source, { ...this.#spec, ...change });
  }
}

function assertCondition({ field, operator, value }: Condition): void {
  if (typeof field !== "string" || field === "") throw invalidQuery(`the field is ${JSON.stringify(field)}`);
  if (!OPERATORS.has(operator)) throw invalidQuery(`there is no operator ${JSON.stringify(operator)}`);
  if (value === undefined) throw invalidQuery(`"${field}" is compared with undefined`);
  if (operator === "in" && !Array.isArray(value)) throw invalidQuery(`"${field}" in takes a list`);
  if (operator === "isNull" && typeof value !== "boolean") throw invalidQuery(`"${field}" isNull takes true or false`);
}

function assertCount(name: string, count: number): void {
  if (!Number.isSafeInteger(count) || count < 0) throw invalidQuery(`the ${name} is ${String(count)}`);
}

function invalidQuery(why: string): GraphError {
  return new GraphError("INVALID_QUERY", `Cannot query: ${why}`, { hint: `Operators: ${[...OPERATORS].join(" ")}.` });
}
