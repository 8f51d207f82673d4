/** A set of node numbers, one bit each: of a hundred thousand nodes it fits into the fastest cache. Whoever adds deletes. */

const wordsMin = 64;

export class NodeMarks {
  #words = new Uint32Array(wordsMin);

  /** True when it was not there before. */
  add(node: number): boolean {
    const at = node >>> 5;
    const bit = 1 << (node & 31);
    if (at >= this.#words.length) this.#grow(at + 1);
    const word = this.#words[at] as number;
    if ((word & bit) !== 0) return false;
    this.#words[at] = word | bit;
    return true;
  }

  delete(node: number): void {
    const at = node >>> 5;
    this.#words[at] = (this.#words[at] as number) & ~(1 << (node & 31));
  }

  #grow(wordsNeeded: number): void {
    const words = new Uint32Array(Math.max(wordsNeeded, 2 * this.#words.length));
    words.set(this.#words);
    this.#words = words;
  }
}
