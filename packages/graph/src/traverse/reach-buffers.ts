/**
 * Memory for searches that end before anything else runs, kept from one to the next so that a search allocates nothing
 * but its answer.
 *
 * Invariants:
 * - Between two searches every mark is 0: whoever marks a node clears its word.
 */

const lengthMin = 1024;

export class ReachBuffers {
  /** One bit a node: of a hundred thousand nodes they fit into the fastest cache. */
  marks: Uint32Array = new Uint32Array(lengthMin);
  /** The nodes met, in their order. */
  met: Uint32Array = new Uint32Array(lengthMin);
  /** The lists that the nodes of one level lead to: where their cells begin and end. */
  starts: Uint32Array = new Uint32Array(lengthMin);
  ends: Uint32Array = new Uint32Array(lengthMin);

  /** Room to mark so many nodes. */
  fitMarks(nodeCount: number): Uint32Array {
    if (32 * this.marks.length < nodeCount) this.marks = new Uint32Array(2 * Math.ceil(nodeCount / 32));
    return this.marks;
  }

  /** Room for so many nodes met; what is there stays. */
  fitMet(count: number): Uint32Array {
    if (this.met.length < count) this.met = grown(this.met, count);
    return this.met;
  }

  /** Room for the lists of one level. */
  fitLists(count: number): void {
    if (this.starts.length >= count) return;
    this.starts = grown(this.starts, count);
    this.ends = new Uint32Array(this.starts.length);
  }
}

function grown(cells: Uint32Array, count: number): Uint32Array {
  const larger = new Uint32Array(2 * count);
  larger.set(cells);
  return larger;
}
