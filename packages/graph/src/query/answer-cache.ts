/**
 * The answers of queries that are asked again and again (the next tasks, a board): the ids of their rows, until a commit
 * changes an entity of their type. The rows come from the cache of entities, so an answer keeps no entity longer.
 *
 * Invariants (ENGINE V3):
 * - An answer is that of the newest state the engine reported: one is kept only if nothing newer than the snapshot it was read
 *   at was reported, and every reported change drops all answers of its type, "everything" drops all.
 * - An entity whose type changed is reported under the new type only: whoever finds a row of another type drops the answer.
 *   Which other rows an answer has does not depend on entities that left its type without being among them.
 */
import type { AppliedChanges, Engine } from "../engine.ts";
import type { Entity } from "../entity.ts";
import type { EntityCache } from "../entity-cache.ts";
import type { QuerySpec } from "./query-spec.ts";

/** Longer answers are not kept. */
const rowsMax = 100;
/** Nor those of queries that take more text to tell from others: lists of values may be of any length. */
const keyUnitsMax = 1_000;
/** So many ids are kept; when there are more, all are dropped. */
const idsMax = 50_000;

export class AnswerCache {
  readonly #engine: Pick<Engine, "head" | "onApplied">;
  readonly #entities: EntityCache;
  readonly #unsubscribe: () => void;
  readonly #answersByType = new Map<string, Map<string, readonly string[]>>();
  #idCount = 0;
  #appliedSeq = 0;
  #hits = 0;

  constructor(engine: Pick<Engine, "head" | "onApplied">, entities: EntityCache) {
    this.#engine = engine;
    this.#entities = entities;
    this.#unsubscribe = engine.onApplied((changes) => this.#follow(changes));
  }

  /** The rows of a query now, every commit acknowledged before the call being part of it; `undefined` when that must be read. */
  find(type: string, key: string): readonly Entity[] | undefined {
    // Asking for the head makes the engine report what others committed; only then do answers count.
    if (typeof this.#engine.head() !== "number") return undefined;
    const ids = this.#answersByType.get(type)?.get(key);
    const rows = ids === undefined ? undefined : this.#entities.getCached(ids);
    if (rows === undefined) return undefined;
    if (rows.some((row) => row.type !== type)) {
      this.#answersByType.delete(type);
      return undefined;
    }
    this.#hits++;
    return rows;
  }

  /** Keeps the answer that a query had at `seq`. */
  keep(type: string, key: string, { seq, rows }: { readonly seq: number; readonly rows: readonly Entity[] }): void {
    if (seq < this.#appliedSeq || rows.length > rowsMax) return;
    if (this.#idCount > idsMax) this.clear();
    const answers = this.#answersByType.get(type) ?? new Map<string, readonly string[]>();
    this.#answersByType.set(type, answers);
    answers.set(
      key,
      rows.map(({ id }) => id),
    );
    this.#idCount += rows.length + 1;
  }

  stats(): { readonly hits: number } {
    return { hits: this.#hits };
  }

  clear(): void {
    this.#answersByType.clear();
    this.#idCount = 0;
  }

  /** Stops listening to the engine. */
  close(): void {
    this.#unsubscribe();
    this.clear();
  }

  #follow(applied: AppliedChanges): void {
    this.#appliedSeq = Math.max(this.#appliedSeq, applied.seq);
    if (this.#answersByType.size === 0) return;
    if (applied.ids === "everything") return this.clear();
    for (const { type } of applied.changes) this.#answersByType.delete(type);
  }
}

/** What tells a query from others whose answer may differ; `undefined` for those whose answers are not kept. */
export function answerKey(spec: QuerySpec): string | undefined {
  const {
    predicates = [],
    conditions,
    mentions,
    words,
    filters,
    after,
    order = [],
    limit = Infinity,
    offset = 0,
  } = spec;
  // A filter may say something else the next time, and bounds mean this reading.
  if (filters !== undefined || spec.bounds !== undefined || offset > 0 || limit > rowsMax) return undefined;
  // Made at every call of a query that is not held: JSON of the whole takes several times as long.
  let key = `${limit}`;
  for (const { field, direction } of order) key += `;${direction}${counted(field)}`;
  for (const { field, op, value } of predicates)
    key += `;${op}${counted(field)}${typeof value === "string" ? counted(value) : JSON.stringify(value)}`;
  if (conditions !== undefined || mentions !== undefined || words !== undefined || after !== undefined)
    key += `;${JSON.stringify([conditions, mentions, words, after])}`;
  return key.length > keyUnitsMax ? undefined : key;
}

/** Texts told apart from what stands behind them, and from numbers. */
function counted(text: string): string {
  return `"${text.length}:${text}`;
}
