/** The rows of a query one by one, as they are consumed. */
import type { Entity } from "../entity.ts";
import type { BoundsGuard } from "../query-bounds.ts";
import type { Reader } from "../reader.ts";
import type { QuerySpec } from "./query-spec.ts";
import { RowOrder } from "./row-order.ts";
import { findRowSource } from "./row-source.ts";
import { runQuery } from "./run-query.ts";

const pageSizeMin = 100;
const pageSizeMax = 800;

/** All rows of the one state the reader has. */
export async function* streamQuery(
  reader: Reader,
  spec: QuerySpec,
  guard: BoundsGuard,
): AsyncGenerator<Entity, void, undefined> {
  const order = new RowOrder(spec, reader.types);
  const streams = (await findRowSource(reader, spec)).plan.ordered;
  let rest = spec;
  let pageSize = pageSizeMin;
  for (;;) {
    // Without an index that gives the order, every page would sort everything again.
    const size = streams ? Math.min(pageSize, rest.limit ?? Infinity) : rest.limit;
    pageSize = Math.min(2 * pageSize, pageSizeMax);
    const { entities } = await runQuery(reader, size === undefined ? rest : { ...rest, limit: size }, guard);
    yield* entities;
    const last = entities.at(-1);
    if (size === undefined || last === undefined || entities.length < size) return;
    const limit = rest.limit === undefined ? {} : { limit: rest.limit - entities.length };
    if (limit.limit === 0) return;
    rest = { ...rest, ...limit, offset: 0, after: order.cursorOf(last) };
  }
}
