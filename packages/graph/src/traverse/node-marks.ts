/** A set of node numbers, each with a value, that is emptied at once however large it was. */

const sizeMin = 64;

export class NodeMarks {
  #rounds = new Uint32Array(sizeMin);
  #values = new Int32Array(sizeMin);
  #round = 1;

  has(node: number): boolean {
    return this.#rounds[node] === this.#round;
  }

  /** The value it was added with; 0 for what was not added. */
  get(node: number): number {
    return this.has(node) ? (this.#values[node] as number) : 0;
  }

  set(node: number, value: number): void {
    if (node >= this.#rounds.length) this.#grow(node + 1);
    this.#rounds[node] = this.#round;
    this.#values[node] = value;
  }

  /** True when it was not there before. */
  add(node: number): boolean {
    if (this.#rounds[node] === this.#round) return false;
    if (node >= this.#rounds.length) this.#grow(node + 1);
    this.#rounds[node] = this.#round;
    return true;
  }

  clear(): void {
    this.#round += 1;
    if (this.#round < 0xffff_ffff) return;
    this.#rounds.fill(0);
    this.#round = 1;
  }

  #grow(sizeNeeded: number): void {
    const size = Math.max(sizeNeeded, 2 * this.#rounds.length);
    const rounds = new Uint32Array(size);
    const values = new Int32Array(size);
    rounds.set(this.#rounds);
    values.set(this.#values);
    this.#rounds = rounds;
    this.#values = values;
  }
}
