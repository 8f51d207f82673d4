/** Finds the place of words in the texts of an entity, how much they count there, and what is shown of it. */
import type { Entity, JsonObject, JsonValue } from "@knotwork/graph";
import { searchedText } from "./types/searched-text.ts";

/** The types that hold words, in no order of importance. */
export const searchedTypes = ["task", "epic", "sprint", "decision", "handoff", "note", "document", "layer"] as const;
export type SearchedType = (typeof searchedTypes)[number];

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

/** What is kept of every hit until it is known which are shown. */
export interface RankedHit {
  readonly id: string;
  readonly type: SearchedType;
  readonly score: number;
  readonly updatedAt: string;
}

const weightedFields = Object.entries(searchedText);
const idWeight = 20;
const snippetReach = 40;
const titleLengthMax = 80;

/** The place of a term in a text of an entity. */
interface TermMatch {
  readonly field: string;
  readonly text: string;
  readonly at: number;
  readonly worth: number;
}

/** 0 when a term is in none of its texts. */
export function scoreOf(entity: Entity, terms: readonly string[]): number {
  const fields = textsOf(entity);
  let score = 0;
  for (const term of terms) {
    const found = Math.max(idWorth(entity.id, term), ...matchesOf(term, fields).map(({ worth }) => worth));
    if (found === 0) return 0;
    score += found;
  }
  return score;
}

export function hitOf(
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
