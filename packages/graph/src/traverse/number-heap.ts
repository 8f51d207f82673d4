/** Numbers of nodes, the one with the least weight first; of equal weights the one added first. */

export class NumberHeap {
  readonly #weights: number[] = [];
  readonly #nodes: number[] = [];
  readonly #turns: number[] = [];
  #added = 0;

  get size(): number {
    return this.#nodes.length;
  }

  add(node: number, weight: number): void {
    let at = this.#nodes.length;
    const turn = this.#added++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((this.#weights[parent] as number) <= weight) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#put(at, { node, weight, turn });
  }

  /** Takes the first. Only while `size` > 0. */
  take(): { readonly node: number; readonly weight: number } {
    const first = { node: this.#nodes[0] as number, weight: this.#weights[0] as number };
    const last = {
      node: this.#nodes.pop() as number,
      weight: this.#weights.pop() as number,
      turn: this.#turns.pop() as number,
    };
    if (this.size > 0) this.#sink(last);
    return first;
  }

  #sink(item: HeapItem): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.size) break;
      if (child + 1 < this.size && this.#isBefore(child + 1, this.#item(child))) child += 1;
      if (!this.#isBefore(child, item)) break;
      this.#move(child, at);
      at = child;
    }
    this.#put(at, item);
  }

  #isBefore(at: number, { weight, turn }: HeapItem): boolean {
    const difference = (this.#weights[at] as number) - weight;
    return difference < 0 || (difference === 0 && (this.#turns[at] as number) < turn);
  }

  #item(at: number): HeapItem {
    return {
      node: this.#nodes[at] as number,
      weight: this.#weights[at] as number,
      turn: this.#turns[at] as number,
    };
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#item(from));
  }

  #put(at: number, { node, weight, turn }: HeapItem): void {
    this.#nodes[at] = node;
    this.#weights[at] = weight;
    this.#turns[at] = turn;
  }
}

interface HeapItem {
  readonly node: number;
  readonly weight: number;
  readonly turn: number;
}
