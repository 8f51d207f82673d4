/**
 * Neighbours as numbers: every node met has a number, and the neighbours of a node, for one direction and one edge type
 * (or all), are a run of numbers in one typed array, in the order of the index: by edge type, then by id.
 *
 * Invariants:
 * - Cells once written never change: a list that changes is written anew, and tidying up makes new arrays. A `NodeList`
 *   stays what it was for whoever holds it.
 * - `stamps[node]` is a seq since which the list is known to be what it is, 0 when the list is not known: it answers for
 *   snapshots from there on, until `apply` is told of a change.
 */
import type { CommitChange } from "../engine.ts";
import type { Step } from "./edge-choice.ts";

/** The neighbours of a node: `others[start]` … `others[end - 1]`, and the numbers of the types of the edges to them. */
export interface NodeList {
  readonly others: Uint32Array;
  readonly types: Uint32Array;
  readonly start: number;
  readonly end: number;
}

/** The lists of one direction and one edge type, or of all types, by node. */
export interface Plane {
  readonly step: Step;
  starts: Uint32Array;
  lengths: Uint32Array;
  stamps: Float64Array;
}

const cellsMin = 256;
const nodesMin = 64;
/** A longer list is read anew instead of copied at each change. */
const patchedLengthMax = 65_536;
/** What a node takes besides its lists, roughly: its id twice referred to, and an entry of a map. */
const nodeBytes = 120;

export class AdjacencyLists {
  others: Uint32Array = new Uint32Array(cellsMin);
  types: Uint32Array = new Uint32Array(cellsMin);
  /** By number. */
  readonly ids: string[] = [];
  readonly typeNames: string[] = [];
  /** Replaced by others: changes are no longer followed, so lists say nothing; numbers and ids still do. */
  isRetired = false;
  readonly #numberById = new Map<string, number>();
  readonly #numberByType = new Map<string, number>();
  readonly #planes: Plane[] = [];
  #end = 0;
  #garbage = 0;

  /** Bytes this takes, roughly. */
  get bytes(): number {
    const planes = this.#planes.reduce((sum, plane) => sum + 16 * plane.starts.length, 0);
    return 8 * this.others.length + planes + nodeBytes * this.ids.length;
  }

  /** The number of a node that has one. */
  find(id: string): number | undefined {
    return this.#numberById.get(id);
  }

  /** The number of a node, a new one if need be. */
  numberOf(id: string): number {
    return this.#numberById.get(id) ?? number(copied(id), this.#numberById, this.ids);
  }

  numberOfType(type: string): number {
    return this.#numberByType.get(type) ?? number(copied(type), this.#numberByType, this.typeNames);
  }

  /** The plane of a step, if lists were ever asked for with it. */
  findPlane(direction: Step["direction"], type: string | undefined): Plane | undefined {
    for (const plane of this.#planes) {
      if (plane.step.type === type && plane.step.direction === direction) return plane;
    }
    return undefined;
  }

  plane(step: Step): Plane {
    const found = this.findPlane(step.direction, step.type);
    if (found !== undefined) return found;
    const starts = new Uint32Array(nodesMin);
    const plane = { step, starts, lengths: new Uint32Array(nodesMin), stamps: new Float64Array(nodesMin) };
    this.#planes.push(plane);
    return plane;
  }

  /** The list of a node, if it is known to hold at `seq`. */
  at(plane: Plane, node: number, seq: number): NodeList | undefined {
    const stamp = node < plane.stamps.length ? (plane.stamps[node] as number) : 0;
    if (stamp === 0 || stamp > seq || this.isRetired) return undefined;
    const start = plane.starts[node] as number;
    return { others: this.others, types: this.types, start, end: start + (plane.lengths[node] as number) };
  }

  /** Keeps a list as read at `seq`, at which every change applied so far is part of it. */
  keep(plane: Plane, node: number, { others, types, seq }: KeptList): void {
    if (node >= plane.starts.length) growPlane(plane, node + 1);
    if (plane.stamps[node] !== 0) this.#garbage += plane.lengths[node] as number;
    plane.stamps[node] = 0;
    const start = this.#reserve(others.length);
    this.others.set(others, start);
    this.types.set(types, start);
    plane.starts[node] = start;
    plane.lengths[node] = others.length;
    plane.stamps[node] = Math.max(1, seq);
  }

  /** An edge came, went or was changed at `seq`: lists that are known follow. */
  apply({ op, type, from, to }: CommitChange, seq: number): void {
    if (from === undefined || to === undefined) return;
    for (const plane of this.#planes) {
      if (plane.step.type !== undefined && plane.step.type !== type) continue;
      const [id, other] = plane.step.direction === "out" ? [from, to] : [to, from];
      const node = this.#numberById.get(id);
      if (node === undefined || !(node < plane.stamps.length) || plane.stamps[node] === 0) continue;
      this.#patch(plane, node, { op, type, other, seq });
    }
  }

  #patch(
    plane: Plane,
    node: number,
    change: { readonly op: string; readonly type: string; readonly other: string; readonly seq: number },
  ): void {
    const length = plane.lengths[node] as number;
    if (length > patchedLengthMax) {
      plane.stamps[node] = 0;
      this.#garbage += length;
      return;
    }
    const type = this.numberOfType(change.type);
    const other = this.numberOf(change.other);
    const at = this.#search(plane.starts[node] as number, length, change);
    const old = (plane.starts[node] as number) + at;
    const isThere = at < length && this.others[old] === other && this.types[old] === type;
    if (isThere === (change.op === "put")) return;

    const newLength = isThere ? length - 1 : length + 1;
    const start = this.#reserve(newLength);
    // Reserving may have moved the list.
    const from = plane.starts[node] as number;
    const rest = isThere ? at + 1 : at;
    for (const cells of [this.others, this.types]) {
      cells.copyWithin(start, from, from + at);
      cells.copyWithin(start + newLength - (length - rest), from + rest, from + length);
    }
    if (!isThere) {
      this.others[start + at] = other;
      this.types[start + at] = type;
    }
    plane.starts[node] = start;
    plane.lengths[node] = newLength;
    plane.stamps[node] = change.seq;
    this.#garbage += length;
  }

  /** Where in a list an edge stands, or would: lists are ordered by type, then by id. */
  #search(start: number, length: number, { type, other }: { readonly type: string; readonly other: string }): number {
    let low = 0;
    let high = length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const typeThere = this.typeNames[this.types[start + middle] as number] as string;
      const before = typeThere < type || (typeThere === type && this.#id(start + middle) < other);
      if (before) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #id(cell: number): string {
    return this.ids[this.others[cell] as number] as string;
  }

  /** Room for so many cells; the place of the first. */
  #reserve(count: number): number {
    if (this.#end + count > this.others.length) {
      if (2 * this.#garbage > this.#end) this.#tidy(count);
      else this.#replaceCells(Math.max(2 * this.others.length, this.#end + count), this.#end);
    }
    const start = this.#end;
    this.#end += count;
    return start;
  }

  #replaceCells(size: number, used: number): void {
    const others = new Uint32Array(size);
    const types = new Uint32Array(size);
    others.set(this.others.subarray(0, used));
    types.set(this.types.subarray(0, used));
    this.others = others;
    this.types = types;
  }

  /** Writes the lists that are known one after the other into new cells. */
  #tidy(countNeeded: number): void {
    const { others, types } = this;
    const liveMax = this.#end - this.#garbage + countNeeded;
    this.#replaceCells(Math.max(cellsMin, 2 * liveMax), 0);
    let end = 0;
    for (const plane of this.#planes) {
      for (let node = 0; node < plane.starts.length; node += 1) {
        if (plane.stamps[node] === 0) continue;
        const start = plane.starts[node] as number;
        const length = plane.lengths[node] as number;
        this.others.set(others.subarray(start, start + length), end);
        this.types.set(types.subarray(start, start + length), end);
        plane.starts[node] = end;
        end += length;
      }
    }
    this.#end = end;
    this.#garbage = 0;
  }
}

export interface KeptList {
  readonly others: readonly number[];
  readonly types: readonly number[];
  readonly seq: number;
}

function growPlane(plane: Plane, sizeNeeded: number): void {
  const size = Math.max(sizeNeeded, 2 * plane.starts.length);
  const starts = new Uint32Array(size);
  const lengths = new Uint32Array(size);
  const stamps = new Float64Array(size);
  starts.set(plane.starts);
  lengths.set(plane.lengths);
  stamps.set(plane.stamps);
  Object.assign(plane, { starts, lengths, stamps });
}

function number(name: string, numbers: Map<string, number>, names: string[]): number {
  const next = names.length;
  numbers.set(name, next);
  names.push(name);
  return next;
}

/** A string of its own: what is cut out of a key would keep the whole key in memory. Ids and type names are ASCII. */
function copied(name: string): string {
  return Buffer.from(name, "latin1").toString("latin1");
}
