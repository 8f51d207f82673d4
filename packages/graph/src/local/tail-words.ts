/**
 * What the tail of the log adds to the indexes of words. The heads of its records do not tell the words of an entity, and
 * all words of a long tail would take more memory than the tail; so for each word that is asked for, the bodies are looked
 * through once, and only what holds the word is kept.
 */
import { SortedList } from "@knotwork/indexer";
import type { ByteString } from "@knotwork/indexer";
import type { IndexDefinition, IndexInterval } from "../engine.ts";
import { indexKeysOf } from "../index-keys.ts";
import type { JsonObject } from "../json.ts";
import { indexPrefix } from "./index-layout.ts";
import type { OverlayCommit, OverlayVersion } from "./overlay-commit.ts";

export interface Tail {
  readonly base: number;
  readonly head: number;
  commit(seq: number): OverlayCommit | undefined;
  readBody(version: OverlayVersion): Buffer;
}

interface WordList {
  readonly list: SortedList;
  indexed: number;
}

/** So many words (or beginnings of words) are remembered. */
const listsMax = 64;
const wordEnd = "\0\0";
const plainWord = /^[a-z0-9]+$/;
/** A character that may become another one in the word, or is written in another way than it is. */
const strange = /[\x80-\xff]|\\u/;

export class TailWords {
  readonly #tail: Tail;
  readonly #lists = new Map<string, WordList>();

  constructor(tail: Tail) {
    this.#tail = tail;
  }

  /** Entries of an index of words, keyed as in a run: all that fall into the interval, perhaps others. It holds no removes. */
  list(definition: IndexDefinition, interval: IndexInterval): SortedList {
    const start = sharedStart(interval);
    const name = `${definition.name}\0${start}`;
    const known = this.#lists.get(name) ?? { list: new SortedList(), indexed: 0 };
    // The one asked for last is dropped last.
    this.#lists.delete(name);
    this.#lists.set(name, known);
    const [oldest] = this.#lists.keys();
    if (this.#lists.size > listsMax && oldest !== undefined) this.#lists.delete(oldest);
    const { base, head } = this.#tail;
    for (; base + known.indexed < head; known.indexed += 1) {
      for (const version of this.#tail.commit(base + known.indexed + 1)?.versions ?? [])
        this.#add(known.list, { definition, version, start });
    }
    return known.list;
  }

  #add(
    list: SortedList,
    {
      definition,
      version,
      start,
    }: { readonly definition: IndexDefinition; readonly version: OverlayVersion; readonly start: ByteString },
  ): void {
    const { id, type, seq } = version;
    if (version.op === "delete" || type !== definition.type) return;
    const body = this.#tail.readBody(version);
    if (!mayHold(body, start)) return;
    const props = JSON.parse(body.toString("utf8")) as JsonObject;
    const prefix = indexPrefix(definition.name);
    for (const { index, key } of indexKeysOf({ id, type, props }, [definition])) {
      if (index === definition.name && key.startsWith(start))
        list.insert({ key: prefix + key, seq, remove: false, value: "" });
    }
  }
}

/** What all keys of the interval begin with: up to the end of a word, or a part of one. */
function sharedStart({ lower, upper = "" }: IndexInterval): ByteString {
  let length = 0;
  while (length < lower.length && lower.charCodeAt(length) === upper.charCodeAt(length)) length += 1;
  const shared = lower.slice(0, length);
  const end = shared.indexOf(wordEnd);
  return end === -1 ? shared : shared.slice(0, end + wordEnd.length);
}

/** Whether a word of the body may begin so, seen without parsing it. */
function mayHold(body: Buffer, start: ByteString): boolean {
  const word = start.slice(1).replace(wordEnd, "");
  if (!plainWord.test(word)) return true;
  const text = body.toString("latin1");
  return text.toLowerCase().includes(word) || strange.test(text);
}
