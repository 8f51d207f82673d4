/** Where the rows of a query are looked for: what its conditions lead to, its texts, or its words. */
import { encodeTextPrefix } from "@knotwork/indexer";
import { isPromise } from "../awaitable.ts";
import { prefixInterval } from "../index-intervals.ts";
import type { Reader } from "../reader.ts";
import { planQuery, type Plan } from "./plan.ts";
import { orderOf, type QuerySpec, rankTerm } from "./query-spec.ts";
import { rankableWords, rankedIds, type WordRequest } from "./word-source.ts";

export interface RowSource {
  readonly type: string;
  readonly plan: Plan;
  /** All rows are among these entities; others need not be read. */
  readonly only?: ReadonlySet<string>;
  /** The plan leads nowhere: all rows are among these, perhaps of other types. */
  readonly ids?: readonly string[];
  /** The plan leads nowhere: all rows are among those that have these words. */
  readonly words?: Omit<WordRequest, "counts" | "guard">;
}

/** So many entities are rather read and sorted than found again in the order of an index. */
const directMax = 2_000;

/**
 * Plans a query and, if it asks for texts, has the engine say which entities may mention them.
 * @throws TypeError for words of a type without texts
 */
export async function findRowSource(reader: Reader, spec: QuerySpec): Promise<RowSource> {
  const { type, mentions = [] } = spec;
  const source = wordSource(reader, spec) ?? { type, plan: planQuery(spec, reader) };
  const told = mentions.length === 0 ? undefined : reader.mentioning?.(mentions);
  const only = isPromise(told) ? await told : told;
  if (only === undefined) return source;
  if (source.words !== undefined || only.size > directMax) return { ...source, only };
  const direct: Plan = { ...source.plan, index: "text", access: "seek", intervals: [], ordered: false };
  return { type, plan: direct, ids: [...only] };
}

/** What the words lead to; `undefined` when the index of words cannot be asked. */
function wordSource(reader: Reader, spec: QuerySpec): RowSource | undefined {
  const { type, words, after } = spec;
  if (words === undefined) return undefined;
  const index = reader.types.textIndexOf(type);
  if (reader.hasWords?.(index.name) !== true) return undefined;
  const rankable = rankableWords(index, words);
  const plan = { index: index.name, access: "seek", reverse: false, fields: [], repeats: false } as const;
  if (rankable.length === 0) {
    const [longest = ""] = words.map(({ word }) => word).toSorted((a, b) => b.length - a.length);
    const intervals = [prefixInterval(index.name, encodeTextPrefix(longest))];
    return { type, plan: { ...plan, intervals, ordered: false, repeats: true } };
  }
  const intervals = rankable.map(({ word }) => prefixInterval(index.name, encodeTextPrefix(word)));
  const ordered = orderOf(spec)[0] === rankTerm && rankable.length === words.length;
  const place = ordered && after !== undefined ? { after: { id: after.id, rank: Number(after.sortValues[0]) } } : {};
  return { type, plan: { ...plan, intervals, ordered }, words: { index, words: rankable, ...place } };
}

/** The ids of a source that the plan does not lead to, page by page, the first as long as asked for. */
export async function* idPages(
  reader: Reader,
  { ids, words }: RowSource,
  { first, max, ...reading }: { readonly first: number; readonly max: number } & Pick<WordRequest, "counts" | "guard">,
): AsyncGenerator<readonly string[], void, undefined> {
  if (ids !== undefined) {
    for (let at = 0; at < ids.length; at += max) yield ids.slice(at, at + max);
    return;
  }
  if (words === undefined) return;
  let size = Math.min(first, max);
  let page: string[] = [];
  for await (const { id } of rankedIds(reader, { ...words, ...reading })) {
    page.push(id);
    if (page.length < size) continue;
    yield page;
    page = [];
    size = Math.min(2 * size, max);
  }
  if (page.length > 0) yield page;
}
