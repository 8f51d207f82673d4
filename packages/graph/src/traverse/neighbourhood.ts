/**
 * The neighbours of nodes as one read sees them, by number. A reader of the current state shares the graph's lists; any
 * other (the past, a transaction, whose every scan is recorded) has lists of its own for as long as the read lasts.
 */
import type { Awaitable, IndexHit } from "../engine.ts";
import { isPromise } from "../awaitable.ts";
import { edgeInterval } from "../index-intervals.ts";
import { otherEndOfKey, typeOfEdgeKey } from "../index-keys.ts";
import type { IndexCursor, Reader } from "../reader.ts";
import type { AdjacencyCache } from "./adjacency-cache.ts";
import { AdjacencyLists, type NodeList, type Plane } from "./adjacency-lists.ts";
import type { Step } from "./edge-choice.ts";

const pageSize = 1024;

export class Neighbourhood {
  readonly reader: Reader;
  readonly lists: AdjacencyLists;
  readonly #cache: AdjacencyCache | undefined;
  /** Lists that hold at this seq answer. */
  readonly #seq: number;

  constructor(reader: Reader) {
    this.reader = reader;
    this.#cache = reader.adjacency?.cache;
    this.#seq = reader.adjacency?.seq ?? Infinity;
    this.lists = this.#cache?.begin() ?? new AdjacencyLists();
  }

  planes(steps: readonly Step[]): readonly Plane[] {
    return steps.map((step) => this.lists.plane(step));
  }

  numberOf(id: string): number {
    return this.lists.numberOf(id);
  }

  idOf(node: number): string {
    return this.lists.ids[node] as string;
  }

  typeNameOf(type: number): string {
    return this.lists.typeNames[type] as string;
  }

  /** The neighbours of a node by one step, in the order of the index. One node may be there by several edge types. */
  list(plane: Plane, node: number): Awaitable<NodeList> {
    return this.lists.at(plane, node, this.#seq) ?? this.#read(plane, node);
  }

  #read(plane: Plane, node: number): Awaitable<NodeList> {
    const { direction, type } = plane.step;
    const cursor = this.reader.scan(edgeInterval(direction, this.idOf(node), type));
    const found: FoundEdges = { others: [], types: [] };
    const page = this.#readPages(cursor, found);
    return isPromise(page) ? page.then(() => this.#keep(plane, node, found)) : this.#keep(plane, node, found);
  }

  #readPages(cursor: IndexCursor, found: FoundEdges): Awaitable<void> {
    for (;;) {
      const page = cursor.next(pageSize);
      if (isPromise(page)) {
        return page.then((hits) => (this.#take(hits, found) ? this.#readPages(cursor, found) : undefined));
      }
      if (!this.#take(page, found)) return undefined;
    }
  }

  /** False at the end. */
  #take(hits: readonly IndexHit[], { others, types }: FoundEdges): boolean {
    for (const { key } of hits) {
      others.push(this.lists.numberOf(otherEndOfKey(key)));
      types.push(this.lists.numberOfType(typeOfEdgeKey(key)));
    }
    return hits.length > 0;
  }

  #keep(plane: Plane, node: number, { others, types }: FoundEdges): NodeList {
    if (this.#cache === undefined) return this.lists.keep(plane, node, { others, types, seq: 1 });
    if (this.#cache.mayKeep(this.lists, this.#seq)) {
      return this.lists.keep(plane, node, { others, types, seq: this.#seq });
    }
    return { others: Uint32Array.from(others), types: Uint32Array.from(types), start: 0, end: others.length };
  }
}

interface FoundEdges {
  readonly others: number[];
  readonly types: number[];
}
