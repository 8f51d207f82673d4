/**
 * Lists a part at a time: how many items, whether there is more, and where it goes on. A cursor names a place in the order
 * of the list, not a row: a row that moved, changed or went since neither skips nor repeats the others.
 */
import type { Entity, Query } from "@knotwork/graph";
import { DomainError } from "./domain-error.ts";

export interface PageOptions {
  /** Default 50, at most 10,000. */
  readonly limit?: number;
  /** The `next` of the page before. */
  readonly after?: string;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** There is more than these. */
  readonly truncated: boolean;
  /** Give it as `after` to go on; present when `truncated`. */
  readonly next?: string;
}

export const limitDefault = 50;
const limitMax = 10_000;

/** The page of an ordered query after the cursor. @throws DomainError INVALID_VALUE; GraphError INVALID_CURSOR */
export async function pageOfQuery<Props extends object, Item>(
  query: Query<Props>,
  options: PageOptions,
  view: (entity: Entity<Props>) => Item,
  passes?: (entity: Entity<Props>) => boolean,
): Promise<Page<Item>> {
  const limit = checkLimit(options.limit ?? limitDefault);
  const kept = passes === undefined ? query : query.filter(passes);
  const rest = options.after === undefined ? kept : kept.after(options.after);
  const { items, next } = await rest.limit(limit).page();
  const page = { items: items.map(view), truncated: next !== undefined };
  return next === undefined ? page : { ...page, next };
}

/** The page of an ordered stream that begins after the cursor already; reads one item further than it gives. */
export async function pageOf<Row, Item>(
  stream: AsyncIterable<Row> | Iterable<Row>,
  options: Pick<PageOptions, "limit">,
  view: (row: Row) => Item,
  cursorOf: (row: Row) => string,
): Promise<Page<Item>> {
  const limit = checkLimit(options.limit ?? limitDefault);
  const items: Item[] = [];
  let last: Row | undefined;
  for await (const row of stream) {
    if (items.length === limit)
      return { items, truncated: true, ...(last === undefined ? {} : { next: cursorOf(last) }) };
    items.push(view(row));
    last = row;
  }
  return { items, truncated: false };
}

/**
 * The page of a list that is short enough to be had whole, ordered by `cursorOf`.
 *
 * @throws DomainError INVALID_VALUE for a cursor behind the whole list: a word mistaken for one must not look like its end
 */
export function pageOfList<Item>(
  list: readonly Item[],
  { limit: wanted, after }: PageOptions,
  cursorOf: (item: Item) => string,
): Page<Item> {
  const limit = checkLimit(wanted ?? limitDefault);
  const rest = after === undefined ? list : list.filter((item) => cursorOf(item) > after);
  if (after !== undefined && rest.length === 0 && !list.some((item) => cursorOf(item) === after)) throw noCursor(after);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  if (rest.length <= limit || last === undefined) return { items, truncated: false };
  return { items, truncated: true, next: cursorOf(last) };
}

/** The refusal of a place to go on from that the list never gave. */
export function noCursor(after: string): DomainError {
  return new DomainError("INVALID_VALUE", `Cannot go on after ${JSON.stringify(after)}: it is no cursor of this list`, {
    hint: "Give the `next` of the page before, or begin the list again.",
    context: { after },
  });
}

/** @throws DomainError INVALID_VALUE */
export function checkLimit(limit: number): number {
  if (Number.isSafeInteger(limit) && limit >= 1 && limit <= limitMax) return limit;
  throw new DomainError("INVALID_VALUE", `Cannot list ${limit} items: it is not between 1 and ${limitMax}`, {
    hint: "Give a limit in that range, and go on with the cursor of the page.",
    context: { limit },
  });
}
