/**
 * Neighbours as numbers: every node met has a number, and the neighbours of a node, for one direction and one edge type
 * (or all), are a run of numbers in one typed array, in the order of the index: by edge type, then by id.
 *
 * Invariants:
 * - Cells once written never change: a list that changes is written anew, and tidying up makes new arrays. A `NodeList`
 *   stays what it was for whoever holds it.
 * - A list's stamp stands for a seq (`stampOf`) since which it is known to be what it is; it is 0 when the list is not known: it answers for snapshots
 *   from there on, until `apply` is told of a change.
 * - What a step of a traversal looks at lies together (a traversal is as fast as memory answers): the stamp of a list beside
 *   its place, its length before its cells.
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
  /** For node n the stamp of its list at 2n, and at 2n + 1 where in `others` its length stands, with the cells behind. */
  places: Uint32Array;
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
    const planes = this.#planes.reduce((sum, plane) => sum + plane.places.byteLength, 0);
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
    const plane = { step, places: new Uint32Array(2 * nodesMin) };
    this.#planes.push(plane);
    return plane;
  }

  /** Lists with a greater stamp were changed after `seq`. Counted from the first seq that was read, so that 32 bits do. */
  stampOf(seq: number): number {
    return seq - (this.#firstSeq ?? Infinity) + 1;
  }

  /** The list of a node, if it is known to hold at `seq`. */
  at(plane: Plane, node: number, seq: number): NodeList | undefined {
    const { places } = plane;
    const stamp = 2 * node < places.length ? (places[2 * node] as number) : 0;
    if (stamp === 0 || stamp > this.stampOf(seq) || this.isRetired) return undefined;
    return this.#listAt(places[2 * node + 1] as number);
  }

  /** Keeps a list as read at `seq`, at which every change applied so far is part of it. */
  keep(plane: Plane, node: number, { others, types, seq }: KeptList): NodeList {
    if (2 * node >= plane.places.length) growPlane(plane, node + 1);
    this.#forget(plane, node);
    const place = this.#reserve(others.length);
    this.others.set(others, place + 1);
    this.types.set(types, place + 1);
    if (this.#firstSeq === undefined) this.#firstSeq = seq;
    plane.places[2 * node] = this.#newStamp(seq);
    plane.places[2 * node + 1] = place;
    return this.#listAt(place);
  }

  /** An edge came, went or was changed at `seq`: lists that are known follow. */
  apply({ op, type, from, to }: CommitChange, seq: number): void {
    if (from === undefined || to === undefined) return;
    for (const plane of this.#planes) {
      if (plane.step.type !== undefined && plane.step.type !== type) continue;
      const [id, other] = plane.step.direction === "out" ? [from, to] : [to, from];
      const node = this.#numberById.get(id);
      if (node === undefined || !(2 * node < plane.places.length) || plane.places[2 * node] === 0) continue;
      this.#patch(plane, node, { op, type, other, seq });
    }
  }

  #patch(
    plane: Plane,
    node: number,
    change: { readonly op: string; readonly type: string; readonly other: string; readonly seq: number },
  ): void {
    const before = this.#listAt(plane.places[2 * node + 1] as number);
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
      cells.set(old.subarray(before.start, before.start + at), place + 1);
      cells.set(old.subarray(rest, before.end), place + 1 + newLength - (before.end - rest));
    }
    if (!isThere) {
      this.others[place + 1 + at] = other;
      this.types[place + 1 + at] = type;
    }
    this.#forget(plane, node);
    plane.places[2 * node] = this.#newStamp(change.seq);
    plane.places[2 * node + 1] = place;
  }

  #listAt(place: number): NodeList {
    const { others, types } = this;
    return { others, types, start: place + 1, end: place + 1 + (others[place] as number) };
  }

  /** Known before the first seq is known from there on; past 32 bits it is not known. */
  #newStamp(seq: number): number {
    const stamp = Math.max(1, this.stampOf(seq));
    return stamp <= stampMax ? stamp : 0;
  }

  #forget(plane: Plane, node: number): void {
    if (plane.places[2 * node] === 0) return;
    this.#garbage += 1 + (this.others[plane.places[2 * node + 1] as number] as number);
    plane.places[2 * node] = 0;
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

  /** Room for a list of this length, which is written down; its place. */
  #reserve(length: number): number {
    const count = length + 1;
    if (this.#end + count > this.others.length) {
      if (2 * this.#garbage > this.#end) this.#tidy(count);
      else this.#replaceCells(Math.max(2 * this.others.length, this.#end + count), this.#end);
    }
    const place = this.#end;
    this.#end += count;
    this.others[place] = length;
    return place;
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
      for (let at = 0; at < places.length; at += 2) {
        if (places[at] === 0) continue;
        const place = places[at + 1] as number;
        const count = 1 + (others[place] as number);
        this.others.set(others.subarray(place, place + count), end);
        this.types.set(types.subarray(place, place + count), end);
        places[at + 1] = end;
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
  const places = new Uint32Array(Math.max(2 * nodesNeeded, 2 * plane.places.length));
  places.set(plane.places);
  plane.places = places;
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
