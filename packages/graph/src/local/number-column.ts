/** A list of numbers in typed arrays that grows by pieces: nothing is copied when it does. */
import { assert } from "@knotwork/disk";

type NumberArray = Int32Array | Float64Array;

/** Small: a process that only looks something up holds several columns, too. */
const PIECE_BITS = 11;
const PIECE_LENGTH = 1 << PIECE_BITS;

export class NumberColumn {
  readonly #type: new (length: number) => NumberArray;
  readonly #pieces: NumberArray[] = [];
  #length = 0;

  constructor(type: new (length: number) => NumberArray) {
    this.#type = type;
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#pieces.length << PIECE_BITS) this.#pieces.push(new this.#type(PIECE_LENGTH));
    this.#length += 1;
    this.set(this.#length - 1, value);
  }

  /** A copy of what stands at `index` and behind. */
  since(index: number): NumberColumn {
    const column = new NumberColumn(this.#type);
    for (let at = index; at < this.#length; at += 1) column.push(this.at(at));
    return column;
  }

  at(index: number): number {
    const value = this.#pieces[index >> PIECE_BITS]?.[index & (PIECE_LENGTH - 1)];
    assert(value !== undefined && index < this.#length, "A column is read inside its length");
    return value;
  }

  set(index: number, value: number): void {
    const piece = this.#pieces[index >> PIECE_BITS];
    assert(piece !== undefined && index < this.#length, "A column is written inside its length");
    piece[index & (PIECE_LENGTH - 1)] = value;
  }
}
