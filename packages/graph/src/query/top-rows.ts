/** Keeps the first `count` rows of an order, in memory for about twice as many. */
export class TopRows<Row> {
  readonly #count: number;
  readonly #compare: (a: Row, b: Row) => number;
  readonly #rows: Row[] = [];
  /** Once `count` rows are kept: no row after this one can be among the first. */
  #last: Row | undefined;

  constructor(count: number, compare: (a: Row, b: Row) => number) {
    this.#count = count;
    this.#compare = compare;
  }

  add(row: Row): void {
    if (this.#last !== undefined && this.#compare(row, this.#last) >= 0) return;
    this.#rows.push(row);
    if (this.#rows.length >= 2 * this.#count + 64) this.#cut();
  }

  /** The rows kept, in order. */
  take(): readonly Row[] {
    this.#cut();
    return this.#rows;
  }

  #cut(): void {
    this.#rows.sort(this.#compare);
    if (this.#rows.length > this.#count) this.#rows.length = this.#count;
    if (this.#rows.length === this.#count) this.#last = this.#rows.at(-1);
  }
}
