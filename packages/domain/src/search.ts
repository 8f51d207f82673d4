/**
 * Finds entities by words: all of them must be there, in any case, in any of the texts of one entity. The
 * graph gives what holds them; how many these were is told, and a search that had to stop early says so.
 */
import type { Entity } from "@knotwork/graph";
import { DomainError } from "./domain-error.ts";
import type { KnotContext } from "./knot-context.ts";
import { type Page, pageOfList, type PageOptions } from "./page.ts";
import { hitOf, type RankedHit, type SearchedType, searchedTypes, type SearchHit, scoreOf } from "./search-hit.ts";
import { searchWholeWords } from "./search-words.ts";

export interface SearchOptions extends PageOptions {
  /** Default: all of them. */
  readonly types?: readonly SearchedType[];
  /**
   * Only whole words count, `recover*` being every word that begins so; phrases and ids are not looked for. An index of words
   * answers: for whole words, up to three, the time does not depend on how many entities there are, or have the words.
   */
  readonly wholeWords?: boolean;
  /** Rank at most so many entities that hold the words. Default 200,000. */
  readonly scannedMax?: number;
}

export interface SearchResult extends Page<SearchHit> {
  /** How many entities that hold the words were looked at, in any of their texts. */
  readonly scanned: number;
  /** False: there may be more hits in those that were not looked at. */
  readonly complete: boolean;
}

const scannedMaxDefault = 200_000;

/**
 * Hits, best first; equal ones newest first.
 *
 * @param words separated by spaces; "several words" in double quotes are one
 * @throws DomainError INVALID_VALUE when there are no words
 */
export async function searchEntities(
  context: KnotContext,
  words: string,
  options: SearchOptions = {},
): Promise<SearchResult> {
  if (options.wholeWords === true) return await searchWholeWords(context, words, options);
  const terms = termsOf(words);
  const scannedMax = options.scannedMax ?? scannedMaxDefault;
  const ranked: RankedHit[] = [];
  let scanned = 0;
  const snapshot = await context.graph.snapshot();
  try {
    for (const type of options.types ?? searchedTypes) {
      if (scanned >= scannedMax) break;
      const holders = terms.reduce((query, term) => query.mentions(term), snapshot.query(type));
      for await (const entity of holders.limit(scannedMax - scanned) as AsyncIterable<Entity>) {
        scanned += 1;
        const score = scoreOf(entity, terms);
        if (score > 0) ranked.push({ id: entity.id, type, score, updatedAt: entity.updatedAt });
      }
    }
    ranked.sort(byRank);
    const page = pageOfList(ranked, options, cursorOf);
    const entities = await snapshot.getMany(page.items.map(({ id }) => id));
    const items = page.items.flatMap((hit, at) => hitOf(hit, entities[at], terms) ?? []);
    return { ...page, items, scanned, complete: scanned < scannedMax };
  } finally {
    snapshot.release();
  }
}

/** Best score, then newest, then id. */
function byRank(a: RankedHit, b: RankedHit): number {
  if (a.score !== b.score) return b.score - a.score;
  if (a.updatedAt !== b.updatedAt) return a.updatedAt > b.updatedAt ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

function termsOf(words: string): readonly string[] {
  const terms = [...words.matchAll(/"([^"]+)"|(\S+)/g)].map(([, phrase, word]) => (phrase ?? word ?? "").toLowerCase());
  const present = terms.filter((term) => term.trim() !== "");
  if (present.length > 0) return present;
  throw new DomainError("INVALID_VALUE", "Cannot search: no words were given", {
    hint: "Give one or more words; all of them must be found.",
  });
}

/** Digits that grow as the hit sinks. */
function cursorOf({ id, score, updatedAt }: RankedHit): string {
  const sinking = String(1_000_000 - Math.min(score, 999_999)).padStart(7, "0");
  const age = String(Number.MAX_SAFE_INTEGER - Date.parse(updatedAt)).padStart(16, "0");
  return `${sinking}.${age}.${id}`;
}
