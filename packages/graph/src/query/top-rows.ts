import type { Entity } from "../entity.ts";
import type { RowOrder, SortedRow } from "./row-order.ts";

/** Keeps the first `count` rows of an order, in memory for about twice as many. */
export class TopRows {
  readonly #count: number;
  readonly #order: RowOrder;
  readonly #rows: SortedRow[] = [];
  /** Once `count` rows are kept: no row after this one can be among the first. */
  #last: SortedRow | undefined;

  constructor(count: number, order: RowOrder) {
    this.#count = count;
    this.#order = order;
  }

  add(row: SortedRow): void {
    if (this.#last !== undefined && this.#order.compare(row, this.#last) >= 0) return;
    this.#rows.push(row);
    if (this.#rows.length >= 2 * this.#count + 64) this.#cut();
  }

  /** The rows kept, in order. */
  take(): readonly Entity[] {
    this.#cut();
    return this.#rows.map(({ entity }) => entity);
  }

  #cut(): void {
    this.#rows.sort((a, b) => this.#order.compare(a, b));
    if (this.#rows.length > this.#count) this.#rows.length = this.#count;
    if (this.#rows.length === this.#count) this.#last = this.#rows.at(-1);
  }
}
