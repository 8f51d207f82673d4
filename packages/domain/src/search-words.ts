/** Finds entities by whole words, in the indexes of words: reads what it gives of each type, and of beginnings all that have one. */
import { type Entity, rankOf, searchedWords, type SearchedWord } from "@knotwork/graph";
import { DomainError } from "./domain-error.ts";
import type { KnotContext } from "./knot-context.ts";
import { checkLimit, limitDefault, type PageOptions } from "./page.ts";
import type { SearchResult } from "./search.ts";
import { hitOf, type RankedHit, type SearchedType, searchedTypes } from "./search-hit.ts";
import { knotTypes } from "./types/knot-types.ts";

interface RankedEntity {
  readonly entity: Entity;
  readonly hit: RankedHit;
}

/**
 * Hits by rank; of equal rank the last id first, which for ids made here is the newest.
 * @throws DomainError INVALID_VALUE when there are no words, or too many; GraphError INVALID_CURSOR
 */
export async function searchWholeWords(
  context: KnotContext,
  text: string,
  options: PageOptions & { readonly types?: readonly SearchedType[] },
): Promise<SearchResult> {
  const { types = searchedTypes, after } = options;
  const limit = checkLimit(options.limit ?? limitDefault);
  const words = parseWords(text);
  const terms = words.map(({ word }) => word);
  const snapshot = await context.graph.snapshot();
  try {
    const found: RankedEntity[] = [];
    for (const type of types) {
      const query = snapshot.query(type).search(text);
      // A place is that of a rank and an id, whatever the type.
      const rest = after === undefined ? query : query.after(after);
      const parts = knotTypes.find(({ name }) => name === type)?.text?.parts ?? [];
      for (const entity of (await rest.limit(limit + 1).all()) as unknown as readonly Entity[]) {
        const { id, updatedAt } = entity;
        found.push({ entity, hit: { id, type, updatedAt, score: rankOf(entity.props, parts, words) ?? 0 } });
      }
    }
    found.sort((a, b) => b.hit.score - a.hit.score || (a.hit.id < b.hit.id ? 1 : -1));
    const shown = found.slice(0, limit);
    const items = shown.flatMap(({ entity, hit }) => hitOf(hit, entity, terms) ?? []);
    const last = shown.at(-1);
    const truncated = found.length > limit && last !== undefined;
    const next = truncated
      ? await snapshot
          .query(last.hit.type)
          .search(text)
          .cursorAfter(last.entity as never)
      : undefined;
    return { items, truncated, ...(next === undefined ? {} : { next }), scanned: found.length, complete: true };
  } finally {
    snapshot.release();
  }
}

function parseWords(text: string): readonly SearchedWord[] {
  try {
    return searchedWords(text);
  } catch (cause) {
    throw new DomainError("INVALID_VALUE", (cause as Error).message, {
      hint: "Give 1 to 16 words of letters and digits; all of them must be found.",
      cause,
    });
  }
}
