/** A page of a list that the domain gives whole: `--limit` and `--after` as every list has them. */
import type { EnvelopePage } from "../envelope.ts";
import { invalid } from "../parsing/values.ts";

export interface ItemPage<Item> {
  readonly items: readonly Item[];
  readonly page: EnvelopePage;
}

/** `nameOf` gives what `next` names an item by: its id, or what else is its own in the list. */
export function pageOfItems<Item>(
  list: readonly Item[],
  { limit, after }: { readonly limit: number; readonly after: string | undefined },
  nameOf: (item: Item) => string,
): ItemPage<Item> {
  const start = after === undefined ? 0 : list.findIndex((item) => nameOf(item) === after) + 1;
  if (after !== undefined && start === 0) {
    throw invalid("--after", after, "it is not in this list", "Begin the list again.");
  }
  const items = list.slice(start, start + limit);
  const last = items.at(-1);
  const truncated = list.length > start + items.length;
  return { items, page: { truncated, next: truncated && last !== undefined ? nameOf(last) : null } };
}
