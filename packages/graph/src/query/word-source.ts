/**
 * The ids of the entities that have all of some words, best rank first, from an index of words. Nothing but index keys is
 * read, and of these only what the rows asked for need.
 *
 * The index has, for each word and each weight, the ids of the entities in which it counts so much, in order. A rank is a
 * sum of weights, so the ids of one rank are those common to the lists of one choice of weights, or another choice with the
 * same sum: ranks are gone through from the greatest down, the choices of each together.
 */
import { encodeKeyPart } from "@knotwork/indexer";
import type { ByteString } from "@knotwork/indexer";
import type { IndexDefinition, IndexHit, IndexInterval } from "../engine.ts";
import { wordPrefix } from "../index-keys.ts";
import { prefixInterval } from "../index-intervals.ts";
import type { BoundsGuard } from "../query-bounds.ts";
import type { IndexCursor, Reader } from "../reader.ts";
import type { SearchedWord } from "../words.ts";

export interface RankedId {
  readonly id: string;
  readonly rank: number;
}

export interface WordRequest {
  readonly index: IndexDefinition;
  /** None of them a beginning. */
  readonly words: readonly SearchedWord[];
  readonly counts: { keysRead: number };
  /** Ids that one word has and another has not are visited too. */
  readonly guard: BoundsGuard;
  /** Goes on behind this place. */
  readonly after?: RankedId;
}

/** More choices of weights than these are not gone through. */
const choicesMax = 256;
const firstPage = 16;
const lastPage = 256;

/** The words of which all ids can be told in the order of rank: as many as give few choices of weights. */
export function rankableWords({ parts }: IndexDefinition, words: readonly SearchedWord[]): readonly SearchedWord[] {
  const weights = new Set(parts.map(({ weight = 1 }) => weight)).size;
  const whole = words.filter(({ begins }) => !begins);
  return whole.slice(0, weights === 1 ? whole.length : Math.floor(Math.log(choicesMax) / Math.log(weights)));
}

/** By rank descending, of equal rank by id descending. */
export async function* rankedIds(reader: Reader, request: WordRequest): AsyncGenerator<RankedId, void, undefined> {
  const { after } = request;
  for (const [rank, choices] of choicesByRank(request)) {
    if (after !== undefined && rank > after.rank) continue;
    const before = after?.rank === rank ? after.id : undefined;
    const streams = choices.map((prefixes) =>
      commonIds(
        prefixes.map((prefix) => new IdList(reader, request, { prefix, before })),
        request.guard,
      ),
    );
    for await (const id of lastFirst(streams)) yield { id, rank };
  }
}

/** Choices of one weight for each word, by their sum, greatest first; each as the prefixes of its lists. */
function choicesByRank({ index, words }: WordRequest): readonly (readonly [number, ByteString[][]])[] {
  const weights = [...new Set(index.parts.map(({ weight = 1 }) => weight))];
  let choices: { readonly rank: number; readonly prefixes: ByteString[] }[] = [{ rank: 0, prefixes: [] }];
  for (const { word } of words) {
    choices = choices.flatMap(({ rank, prefixes }) =>
      weights.map((weight) => ({ rank: rank + weight, prefixes: [...prefixes, wordPrefix(word, weight)] })),
    );
  }
  const byRank = new Map<number, ByteString[][]>();
  for (const { rank, prefixes } of choices) byRank.set(rank, [...(byRank.get(rank) ?? []), prefixes]);
  return [...byRank].sort(([a], [b]) => b - a);
}

/** The ids under one prefix, the last one first. */
class IdList {
  readonly #reader: Reader;
  readonly #request: WordRequest;
  readonly #interval: IndexInterval;
  #cursor: IndexCursor;
  #page: readonly IndexHit[] = [];
  #at = 0;
  #pageSize = firstPage;

  constructor(
    reader: Reader,
    request: WordRequest,
    { prefix, before }: { readonly prefix: ByteString; readonly before: string | undefined },
  ) {
    this.#reader = reader;
    this.#request = request;
    const whole = prefixInterval(request.index.name, prefix);
    this.#interval = before === undefined ? whole : { ...whole, upper: prefix + encodeKeyPart(before) };
    this.#cursor = reader.scan(this.#interval, { reverse: true });
  }

  /** The last id that is not behind `limit`; without one the very last. `undefined` when there is none. Limits only go down. */
  async atMost(limit?: string): Promise<string | undefined> {
    return await this.#find((id) => limit === undefined || id <= limit, limit);
  }

  /** The last id before this one. */
  async before(id: string): Promise<string | undefined> {
    return await this.#find((each) => each < id, id);
  }

  async #find(fits: (id: string) => boolean, limit: string | undefined): Promise<string | undefined> {
    for (;;) {
      while (this.#at < this.#page.length) {
        const id = this.#page[this.#at]?.id ?? "";
        if (fits(id)) return id;
        this.#at += 1;
      }
      // Another page costs as much as to look the limit up: what is between is not read.
      const last = this.#page.at(-1)?.id;
      if (last !== undefined && limit !== undefined && last > limit) this.#seek(limit);
      this.#page = await this.#cursor.next(this.#pageSize);
      this.#at = 0;
      if (this.#page.length === 0) return undefined;
      const { counts, guard } = this.#request;
      counts.keysRead += this.#page.length;
      guard.look();
      const pause = guard.pause();
      if (pause !== undefined) await pause;
      this.#pageSize = Math.min(2 * this.#pageSize, lastPage);
    }
  }

  #seek(limit: string): void {
    const { index, lower, upper: end } = this.#interval;
    const upper = `${lower}${encodeKeyPart(limit)}\0`;
    if (end === undefined || upper < end) this.#cursor = this.#reader.scan({ index, lower, upper }, { reverse: true });
  }
}

/** The ids that all lists have, the last one first. */
async function* commonIds(lists: readonly IdList[], guard: BoundsGuard): AsyncGenerator<string, void, undefined> {
  const [first, ...others] = lists;
  if (first === undefined) return;
  for (let id = await first.atMost(); id !== undefined;) {
    let lowest: string = id;
    for (const list of others) {
      const found = await list.atMost(lowest);
      if (found === undefined) return;
      lowest = found;
    }
    if (lowest === id) yield id;
    else guard.visit();
    id = lowest === id ? await first.before(id) : await first.atMost(lowest);
  }
}

/** Several streams of ids as one, each id of which is in one of them only. */
async function* lastFirst(streams: readonly AsyncGenerator<string, void, undefined>[]): AsyncGenerator<string> {
  const heads: { id: string; readonly rest: AsyncGenerator<string, void, undefined> }[] = [];
  for (const rest of streams) {
    const first = await rest.next();
    if (first.done !== true) heads.push({ id: first.value, rest });
  }
  for (;;) {
    let [last] = heads;
    if (last === undefined) return;
    for (const head of heads) if (head.id > last.id) last = head;
    yield last.id;
    const next = await last.rest.next();
    if (next.done === true) heads.splice(heads.indexOf(last), 1);
    else last.id = next.value;
  }
}
