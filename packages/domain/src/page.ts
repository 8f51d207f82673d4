/** Lists a part at a time: how many items, whether there is more, and where it goes on. */
import type { Entity } from "@knotwork/graph";
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

const limitDefault = 50;
const limitMax = 10_000;

/** The page of an ordered stream after the item `after` names; reads one item further than it gives. */
export async function pageOf<Props extends object, Item>(
  stream: AsyncIterable<Entity<Props>>,
  options: PageOptions,
  view: (entity: Entity<Props>) => Item,
  passes: (entity: Entity<Props>) => boolean = () => true,
): Promise<Page<Item>> {
  const limit = checkLimit(options.limit ?? limitDefault);
  const items: Item[] = [];
  let lastId: string | undefined;
  let skipping = options.after !== undefined;
  for await (const entity of stream) {
    if (skipping) {
      skipping = entity.id !== options.after;
      continue;
    }
    if (!passes(entity)) continue;
    if (items.length === limit) return { items, truncated: true, ...(lastId === undefined ? {} : { next: lastId }) };
    items.push(view(entity));
    lastId = entity.id;
  }
  if (skipping) throw unknownCursor(options.after);
  return { items, truncated: false };
}

function unknownCursor(after: string | undefined): DomainError {
  return new DomainError("INVALID_VALUE", `Cannot go on after "${after}": it is not in this list any more`, {
    hint: "Begin the list again.",
    context: { after },
  });
}

/** @throws DomainError INVALID_VALUE */
function checkLimit(limit: number): number {
  if (Number.isSafeInteger(limit) && limit >= 0 && limit <= limitMax) return limit;
  throw new DomainError("INVALID_VALUE", `Cannot list ${limit} items: it is not between 0 and ${limitMax}`, {
    hint: "Give a limit in that range, and go on with the cursor of the page.",
    context: { limit },
  });
}
