/** Texts that rows must mention, and where the rows that may do so are found. */
import type { Entity } from "../entity.ts";
import { isPromise } from "../awaitable.ts";
import type { JsonValue } from "../json.ts";
import type { Reader } from "../reader.ts";
import { planQuery, type Plan } from "./plan.ts";
import type { QuerySpec } from "./query-spec.ts";

/** Where the rows of a query are looked for: in what the plan leads to, or else among these ids. */
export interface RowSource {
  readonly type: string;
  readonly plan: Plan;
  /** All rows are among these entities; others need not be read. */
  readonly only?: ReadonlySet<string>;
  /** The plan leads nowhere: all rows are among these, perhaps of other types. */
  readonly ids?: readonly string[];
}

/** So many entities are rather read and sorted than found again in the order of an index. */
const directMax = 2_000;

/** Plans a query and, if it asks for texts, has the engine say which entities may mention them. */
export async function findRowSource(reader: Reader, spec: QuerySpec): Promise<RowSource> {
  const { type, mentions = [] } = spec;
  const plan = planQuery(spec, reader);
  const told = mentions.length === 0 ? undefined : reader.mentioning?.(mentions);
  const only = isPromise(told) ? await told : told;
  if (only === undefined) return { type, plan };
  if (only.size > directMax) return { type, plan, only };
  const direct: Plan = { ...plan, index: "text", access: "seek", intervals: [], ordered: false };
  return { type, plan: direct, ids: [...only] };
}

/** Whether the text, which is in lower case, stands in the id or in a string of the props. */
export function isMentioned(entity: Entity, text: string): boolean {
  return entity.id.toLowerCase().includes(text) || Object.values(entity.props).some((value) => holds(value, text));
}

function holds(value: JsonValue | undefined, text: string): boolean {
  if (typeof value === "string") return value.toLowerCase().includes(text);
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some((child) => holds(child, text));
}
