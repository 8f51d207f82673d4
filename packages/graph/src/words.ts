/**
 * Words: how texts are taken apart, which words an entity is found by, and how much each counts. The text index holds
 * what `weightedWords` gives, and queries judge entities by it, so a change here is a change of format.
 *
 * Invariant: a word has no character that is neither letter, digit nor mark; it is in lower case and in NFKC.
 */
import type { IndexPart } from "./engine.ts";
import { fieldValue } from "./field-value.ts";
import type { JsonObject, JsonValue } from "./json.ts";

/** An entity is found by so many different words of its texts, those of the heaviest fields first. */
export const wordsPerEntityMax = 1000;
/** Longer words are told apart by their first so many UTF-16 units. */
export const wordUnitsMax = 64;
export const wordWeightMax = 9;
export const searchedWordsMax = 16;

/** A word that is looked for; with `begins`, any word that begins so. */
export interface SearchedWord {
  readonly word: string;
  readonly begins: boolean;
}

const ascii = /^[\0-\x7f]*$/;
const asciiWords = /[a-z0-9]+/g;
const anyWords = /[\p{L}\p{N}\p{M}]+/gu;

/**
 * The words of a text, in its order, as often as they are there. Which lower case a capital sigma has depends on what follows,
 * and what follows in a text does not follow in what is asked for: both become one.
 */
export function wordsOf(text: string): readonly string[] {
  const words = ascii.test(text)
    ? text.toLowerCase().match(asciiWords)
    : text.normalize("NFKC").toLowerCase().replaceAll("ς", "σ").normalize("NFKC").match(anyWords);
  return words?.map(shortened) ?? [];
}

/**
 * The words that are asked for, each once: parted as texts are, so that `torn-record` is two; the last one before a `*`
 * is a beginning.
 * @throws TypeError when there is no word; RangeError when there are more than 16
 */
export function searchedWords(text: string): readonly SearchedWord[] {
  if (typeof text !== "string") throw new TypeError("Cannot search: the words are no text");
  const found = new Map<string, SearchedWord>();
  for (const [chunk, star] of splitAtStars(text)) {
    const words = wordsOf(chunk);
    for (const [at, word] of words.entries()) {
      const begins = star && at === words.length - 1;
      found.set(`${word}${begins ? "*" : ""}`, { word, begins });
    }
  }
  if (found.size === 0) throw new TypeError(`Cannot search ${JSON.stringify(text)}: there is no word in it`);
  if (found.size > searchedWordsMax) {
    throw new RangeError(`Cannot search ${found.size} words: at most ${searchedWordsMax} can be looked for together`);
  }
  return [...found.values()];
}

/** The words an entity is found by, and for each the weight of the heaviest field it is in. */
export function weightedWords(props: JsonObject, parts: readonly IndexPart[]): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  // Parts come heaviest first, so the first weight of a word is its greatest.
  for (const { field, weight = 1 } of parts) {
    for (const text of textsIn(fieldValue(props, field))) {
      for (const word of wordsOf(text)) {
        if (weights.has(word)) continue;
        if (weights.size >= wordsPerEntityMax) return weights;
        weights.set(word, weight);
      }
    }
  }
  return weights;
}

/** The sum of the weights of the words looked for; `undefined` when one of them is not there. */
export function rankOf(
  props: JsonObject,
  parts: readonly IndexPart[],
  words: readonly SearchedWord[],
): number | undefined {
  const weights = weightedWords(props, parts);
  let rank = 0;
  for (const { word, begins } of words) {
    const weight = begins ? heaviest(weights, word) : weights.get(word);
    if (weight === undefined) return undefined;
    rank += weight;
  }
  return rank;
}

function heaviest(weights: ReadonlyMap<string, number>, beginning: string): number | undefined {
  let best: number | undefined;
  for (const [word, weight] of weights) {
    if (word.startsWith(beginning) && (best === undefined || weight > best)) best = weight;
  }
  return best;
}

/** Each part that ends with a star, and the rest behind the last one, which has none. */
function* splitAtStars(text: string): Generator<readonly [chunk: string, star: boolean]> {
  for (const chunk of text.split(/\s+/)) {
    const parts = chunk.split("*");
    for (const [at, part] of parts.entries()) yield [part, at < parts.length - 1];
  }
}

function* textsIn(value: JsonValue | undefined): Generator<string> {
  if (typeof value === "string") yield value;
  else if (typeof value === "object" && value !== null) {
    for (const child of Object.values(value)) yield* textsIn(child);
  }
}

function shortened(word: string): string {
  if (word.length <= wordUnitsMax) return word;
  const last = word.charCodeAt(wordUnitsMax - 1);
  return word.slice(0, last >= 0xd800 && last <= 0xdbff ? wordUnitsMax - 1 : wordUnitsMax);
}
