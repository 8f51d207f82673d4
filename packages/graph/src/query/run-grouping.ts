/** Carries out groupings of the rows of a query. */
import type { Entity } from "../entity.ts";
import type { ReadSource } from "../graph-reads.ts";
import { BoundsGuard } from "../query-bounds.ts";
import type { Reader } from "../reader.ts";
import { Aggregation, type GroupSpec } from "./aggregation.ts";
import type { GroupedSource } from "./grouping.ts";
import { propertyName, valueOf } from "./predicate.ts";
import type { QuerySpec } from "./query-spec.ts";
import { RowOrder } from "./row-order.ts";
import { findRowSource } from "./row-source.ts";
import { queryAcceptor, runQuery, visitEntities } from "./run-query.ts";

/** The rows of a query, to be grouped. Its order, limit and offset come before the grouping. */
export function groupedRowsOf(source: ReadSource, spec: QuerySpec): GroupedSource {
  return {
    run: (grouping) => {
      const { type, bounds = {} } = spec;
      const guard = new BoundsGuard(bounds, { clock: source.clock, action: `group ${type}` });
      return source.run(async (reader) => {
        guard.restart();
        const aggregation = new Aggregation(grouping, (field) => reader.types.orderOf(type, propertyName(field)));
        await eachRow(reader, { spec, grouping, guard }, (entity) => {
          aggregation.add((field) => valueOf(entity, field));
        });
        return aggregation.rows();
      });
    },
  };
}

interface RowsRequest {
  readonly spec: QuerySpec;
  readonly grouping: GroupSpec;
  readonly guard: BoundsGuard;
}

async function eachRow(
  reader: Reader,
  { spec, grouping, guard }: RowsRequest,
  add: (entity: Entity) => void,
): Promise<void> {
  const { limit, offset, after } = spec;
  const isCut = limit !== undefined || offset !== undefined || after !== undefined;
  if (isCut || Object.values(grouping.aggregates).some(({ op }) => op === "collect")) {
    for (const entity of (await runQuery(reader, spec, guard)).entities) add(entity);
    return;
  }
  // In whatever order they come, none of them kept.
  guard.look();
  reader.types.assertKnown(spec.type);
  const unordered = { ...spec, order: [] };
  const source = await findRowSource(reader, unordered);
  const accept = queryAcceptor(reader, unordered, { order: new RowOrder(unordered, reader.types), plan: source.plan });
  const visit = (entity: Entity): boolean => {
    if (accept(entity)) add(entity);
    return true;
  };
  await visitEntities(reader, source, { wanted: Infinity, visit, counts: { keysRead: 0 }, guard });
}
