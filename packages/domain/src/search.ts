/**
 * Finds entities by words: all of them must be there, in any case, in any of the texts of one entity. The
 * graph gives what holds them; how many these were is told, and a search that had to stop early says so.
 */
import type { Entity, JsonObject, JsonValue } from "@knotwork/graph";
import { DomainError } from "./domain-error.ts";
import type { KnotContext } from "./knot-context.ts";
import { type Page, pageOfList, type PageOptions } from "./page.ts";

/** The types that hold words, in no order of importance. */
export const searchedTypes = ["task", "epic", "sprint", "decision", "handoff", "note", "document", "layer"] as const;
export type SearchedType = (typeof searchedTypes)[number];

export interface SearchOptions extends PageOptions {
  /** Default: all of them. */
  readonly types?: readonly SearchedType[];
  /** Rank at most so many entities that hold the words. Default 200,000. */
  readonly scannedMax?: number;
}

export interface SearchHit {
  readonly id: string;
  readonly type: SearchedType;
  /** For what has none, the beginning of its text. */
  readonly title: string;
  readonly status?: string;
  /** For a note: what it is about. */
  readonly about?: string;
  readonly score: number;
  /** The field of the best match that is not the title, and the words around it. */
  readonly field?: string;
  readonly snippet?: string;
}

export interface SearchResult extends Page<SearchHit> {
  /** How many entities that hold the words were looked at, in any of their texts. */
  readonly scanned: number;
  /** False: there may be more hits in those that were not looked at. */
  readonly complete: boolean;
}

/** How much a match counts, by field; other texts of an entity are not looked at. */
const weights: Readonly<Record<string, number>> = {
  title: 8,
  tags: 5,
  category: 4,
  path: 4,
  description: 3,
  purpose: 3,
  rationale: 3,
  instructions: 3,
  text: 3,
  context: 2,
  alternatives: 2,
  consequences: 2,
  retrospective: 2,
  blockedReason: 2,
  done: 2,
  remaining: 2,
  decisions: 2,
  uncertain: 2,
  questions: 2,
  goals: 2,
  notes: 2,
  content: 2,
};

const weightedFields = Object.entries(weights);
const idWeight = 20;
const scannedMaxDefault = 200_000;
const snippetReach = 40;
const titleLengthMax = 80;

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

/** What is kept of every hit until it is known which are shown. */
interface RankedHit {
  readonly id: string;
  readonly type: SearchedType;
  readonly score: number;
  readonly updatedAt: string;
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

/** The place of a term in a text of an entity. */
interface TermMatch {
  readonly field: string;
  readonly text: string;
  readonly at: number;
  readonly worth: number;
}

/** 0 when a term is in none of its texts. */
function scoreOf(entity: Entity, terms: readonly string[]): number {
  const fields = textsOf(entity);
  let score = 0;
  for (const term of terms) {
    const found = Math.max(idWorth(entity.id, term), ...matchesOf(term, fields).map(({ worth }) => worth));
    if (found === 0) return 0;
    score += found;
  }
  return score;
}

function hitOf(
  { id, type, score }: RankedHit,
  entity: Entity | undefined,
  terms: readonly string[],
): SearchHit | undefined {
  if (entity === undefined) return undefined;
  const matches = terms.flatMap((term) => matchesOf(term, textsOf(entity))).filter(({ field }) => field !== "title");
  const [best] = matches.toSorted((a, b) => b.worth - a.worth);
  const { status, about } = entity.props;
  return {
    id,
    type,
    title: titleOf(entity),
    ...(typeof status === "string" ? { status } : {}),
    ...(typeof about === "string" ? { about } : {}),
    score,
    ...(best === undefined ? {} : { field: best.field, snippet: snippetOf(best.text, best.at) }),
  };
}

interface SearchedText {
  readonly field: string;
  readonly text: string;
  readonly lower: string;
  readonly weight: number;
}

function textsOf({ props }: Entity): readonly SearchedText[] {
  const texts: SearchedText[] = [];
  for (const [field, weight] of weightedFields) {
    const value = props[field];
    const text = value === undefined ? "" : textOf(value);
    if (text !== "") texts.push({ field, text, lower: text.toLowerCase(), weight });
  }
  return texts;
}

function matchesOf(term: string, texts: readonly SearchedText[]): readonly TermMatch[] {
  const matches: TermMatch[] = [];
  for (const { field, text, lower, weight } of texts) {
    const at = lower.indexOf(term);
    if (at !== -1) matches.push({ field, text, at, worth: isWholeWord(lower, term, at) ? 4 * weight : weight });
  }
  return matches;
}

function idWorth(id: string, term: string): number {
  const lower = id.toLowerCase();
  return lower === term || (term.length >= 6 && lower.endsWith(term)) ? idWeight : 0;
}

/** Whether the term, of which `first` is the first place in the text, is a word by itself there or later. */
function isWholeWord(text: string, term: string, first: number): boolean {
  for (let at = first; at !== -1; at = text.indexOf(term, at + 1)) {
    const [before, after] = [text[at - 1], text[at + term.length]];
    if (!isWordPart(before) && !isWordPart(after)) return true;
  }
  return false;
}

function isWordPart(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}_]/u.test(character);
}

function textOf(value: JsonValue | undefined): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(textOf).join("\n");
  if (typeof value === "object" && value !== null)
    return Object.values(value as JsonObject)
      .map(textOf)
      .join("\n");
  return "";
}

function titleOf({ props, id }: Entity): string {
  const words = [props["title"], props["path"], props["text"], props["instructions"]].find(
    (each) => typeof each === "string",
  );
  const line = (words ?? id).split("\n", 1)[0] ?? "";
  return line.length > titleLengthMax ? `${line.slice(0, titleLengthMax - 1)}…` : line;
}

function snippetOf(text: string, at: number): string {
  const [start, end] = [Math.max(0, at - snippetReach), Math.min(text.length, at + 2 * snippetReach)];
  const part = text.slice(start, end).replaceAll(/\s+/g, " ").trim();
  return `${start > 0 ? "…" : ""}${part}${end < text.length ? "…" : ""}`;
}

/** Digits that grow as the hit sinks. */
function cursorOf({ id, score, updatedAt }: RankedHit): string {
  const sinking = String(1_000_000 - Math.min(score, 999_999)).padStart(7, "0");
  const age = String(Number.MAX_SAFE_INTEGER - Date.parse(updatedAt)).padStart(16, "0");
  return `${sinking}.${age}.${id}`;
}
