/** A sum rounded once, at its end: the same in whatever order its numbers came (Shewchuk 1997). */
export class ExactSum {
  /** Their sum is exact; they do not overlap. */
  #partials: number[] = [];
  /** Beyond the largest number only this is known. */
  #overflowed = 0;

  add(addend: number): void {
    const partials: number[] = [];
    let high = addend;
    for (const partial of this.#partials) {
      const [large, small] = Math.abs(high) < Math.abs(partial) ? [partial, high] : [high, partial];
      high = large + small;
      const low = small - (high - large);
      if (low !== 0) partials.push(low);
    }
    if (Number.isFinite(high)) this.#partials = [...partials, high];
    else this.#overflowed += addend;
  }

  /** The nearest number; the largest there is for a sum beyond it, because JSON has no infinity. */
  value(): number {
    if (this.#overflowed !== 0) return Math.sign(this.#overflowed) * Number.MAX_VALUE;
    const partials = [...this.#partials];
    let high = partials.pop() ?? 0;
    let low = 0;
    while (partials.length > 0 && low === 0) {
      const before = high;
      const next = partials.pop() ?? 0;
      high = before + next;
      low = next - (high - before);
    }
    // A half is rounded by what comes after it.
    const after = partials.at(-1) ?? 0;
    if (low !== 0 && after !== 0 && low < 0 === after < 0) {
      const doubled = 2 * low;
      const rounded = high + doubled;
      if (doubled === rounded - high) high = rounded;
    }
    return high + 0;
  }
}
