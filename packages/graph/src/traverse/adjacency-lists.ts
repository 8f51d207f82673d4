/**
 * Neighbours as numbers: every node met has a number, and the neighbours of a node, for one direction and one edge type
 * (or all), are a run of numbers in one typed array, in the order of the index: by edge type, then by id.
 *
 * Invariants:
 * - Cells once written never change: a list that changes is written anew, and tidying up makes new arrays. A `NodeList`
 *   stays what it was for whoever holds it.
 * - A list's stamp stands for a seq (`stampOf`) since which it is known to be what it is: it answers for snapshots from there
 *   on, until `apply` is told of a change. Its place is 0 when it is not known.
 * - What a step of a traversal looks at is little and lies together (a traversal is as fast as memory answers): a place, and the
 *   length of a list before its cells. Stamps are asked only by who reads a state older than the plane's newest.
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
  /** By node: where in `others` the cells of its list begin, its length in the cell before; 0 when it is not known. */
  places: Uint32Array;
  /** By node: the stamp of its list. */
  stamps: Uint32Array;
  /** No stamp is greater. */
  newestStamp: number;
}

const cellsMin = 256;
const nodesMin = 64;
const stampMax = 0xffff_ffff;
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
  #firstSeq: number | undefined;
  #end = 0;
  #garbage = 0;

  /** Bytes this takes, roughly. */
  get bytes(): number {
    const planes = this.#planes.reduce((sum, plane) => sum + 2 * plane.places.byteLength, 0);
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
    const plane = { step, places: new Uint32Array(nodesMin), stamps: new Uint32Array(nodesMin), newestStamp: 0 };
    this.#planes.push(plane);
    return plane;
  }

  /** Lists with a greater stamp were changed after `seq`. Counted from the first seq that was read, so that 32 bits do. */
  stampOf(seq: number): number {
    return seq - (this.#firstSeq ?? Infinity) + 1;
  }

  /** The list of a node, if it is known to hold at `seq`. */
  at(plane: Plane, node: number, seq: number): NodeList | undefined {
    const { places, stamps } = plane;
    const place = node < places.length ? (places[node] as number) : 0;
    if (place === 0 || (stamps[node] as number) > this.stampOf(seq) || this.isRetired) return undefined;
    return this.#listAt(place);
  }

  /** Keeps a list as read at `seq`, at which every change applied so far is part of it. */
  keep(plane: Plane, node: number, { others, types, seq }: KeptList): NodeList {
    if (node >= plane.places.length) growPlane(plane, node + 1);
    this.#forget(plane, node);
    const place = this.#reserve(others.length);
    this.others.set(others, place);
    this.types.set(types, place);
    if (this.#firstSeq === undefined) this.#firstSeq = seq;
    this.#remember(plane, node, { place, seq });
    return this.#listAt(place);
  }

  /** An edge came, went or was changed at `seq`: lists that are known follow. */
  apply({ op, type, from, to }: CommitChange, seq: number): void {
    if (from === undefined || to === undefined) return;
    for (const plane of this.#planes) {
      if (plane.step.type !== undefined && plane.step.type !== type) continue;
      const [id, other] = plane.step.direction === "out" ? [from, to] : [to, from];
      const node = this.#numberById.get(id);
      if (node === undefined || !(node < plane.places.length) || plane.places[node] === 0) continue;
      this.#patch(plane, node, { op, type, other, seq });
    }
  }

  #patch(
    plane: Plane,
    node: number,
    change: { readonly op: string; readonly type: string; readonly other: string; readonly seq: number },
  ): void {
    const before = this.#listAt(plane.places[node] as number);
    const length = before.end - before.start;
    if (length > patchedLengthMax) return this.#forget(plane, node);
    const type = this.numberOfType(change.type);
    const other = this.numberOf(change.other);
    const at = this.#search(before, change);
    const isThere =
      at < length && before.others[before.start + at] === other && before.types[before.start + at] === type;
    if (isThere === (change.op === "put")) return;

    const newLength = isThere ? length - 1 : length + 1;
    const place = this.#reserve(newLength);
    const rest = before.start + (isThere ? at + 1 : at);
    for (const [cells, old] of [
      [this.others, before.others],
      [this.types, before.types],
    ] as const) {
      cells.set(old.subarray(before.start, before.start + at), place);
      cells.set(old.subarray(rest, before.end), place + newLength - (before.end - rest));
    }
    if (!isThere) {
      this.others[place + at] = other;
      this.types[place + at] = type;
    }
    this.#forget(plane, node);
    this.#remember(plane, node, { place, seq: change.seq });
  }

  #listAt(place: number): NodeList {
    const { others, types } = this;
    return { others, types, start: place, end: place + (others[place - 1] as number) };
  }

  /** A list known before the first seq is known from there on; past 32 bits none is. */
  #remember(plane: Plane, node: number, { place, seq }: { readonly place: number; readonly seq: number }): void {
    const stamp = Math.max(1, this.stampOf(seq));
    plane.places[node] = place;
    plane.stamps[node] = stamp;
    plane.newestStamp = Math.max(plane.newestStamp, stamp);
    if (stamp > stampMax) this.#forget(plane, node);
  }

  #forget(plane: Plane, node: number): void {
    const place = plane.places[node] as number;
    if (place === 0) return;
    this.#garbage += 1 + (this.others[place - 1] as number);
    plane.places[node] = 0;
  }

  /** Where in a list an edge stands, or would: lists are ordered by type, then by id. */
  #search(list: NodeList, { type, other }: { readonly type: string; readonly other: string }): number {
    let low = list.start;
    let high = list.end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const typeThere = this.typeNames[list.types[middle] as number] as string;
      const idThere = this.ids[list.others[middle] as number] as string;
      if (typeThere < type || (typeThere === type && idThere < other)) low = middle + 1;
      else high = middle;
    }
    return low - list.start;
  }

  /** Room for a list of this length, which is written down; where its cells begin. */
  #reserve(length: number): number {
    const count = length + 1;
    if (this.#end + count > this.others.length) {
      if (2 * this.#garbage > this.#end) this.#tidy(count);
      else this.#replaceCells(Math.max(2 * this.others.length, this.#end + count), this.#end);
    }
    this.others[this.#end] = length;
    this.#end += count;
    return this.#end - length;
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
    for (const { places } of this.#planes) {
      for (let node = 0; node < places.length; node += 1) {
        if (places[node] === 0) continue;
        const start = (places[node] as number) - 1;
        const count = 1 + (others[start] as number);
        this.others.set(others.subarray(start, start + count), end);
        this.types.set(types.subarray(start, start + count), end);
        places[node] = end + 1;
        end += count;
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

function growPlane(plane: Plane, nodesNeeded: number): void {
  const length = Math.max(nodesNeeded, 2 * plane.places.length);
  const [places, stamps] = [new Uint32Array(length), new Uint32Array(length)];
  places.set(plane.places);
  stamps.set(plane.stamps);
  plane.places = places;
  plane.stamps = stamps;
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
