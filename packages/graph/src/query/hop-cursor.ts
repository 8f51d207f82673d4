/** The edges at a node, from the index alone: their ids and the nodes they lead to. */
import { isPromise } from "../awaitable.ts";
import type { Awaitable, IndexHit } from "../engine.ts";
import { edgeInterval } from "../index-intervals.ts";
import { edgeId, idOfKey, otherEndOfKey } from "../index-keys.ts";
import type { BoundsGuard } from "../query-bounds.ts";
import type { IndexCursor, Reader } from "../reader.ts";
import type { Way } from "./pattern-spec.ts";

export interface Hop {
  readonly edgeId: string;
  /** The other end. */
  readonly nodeId: string;
}

export interface HopOptions {
  readonly way: Way;
  /** None: all. */
  readonly types: readonly string[];
  readonly nodeId: string;
  /** Only hops that lead there. */
  readonly farId?: string;
  readonly guard: BoundsGuard;
}

const pageSize = 64;

/** Reads page by page, as far as it is asked. An edge from the node to itself is met once. */
export class HopCursor {
  readonly #reader: Reader;
  readonly #options: HopOptions;
  readonly #scans: { readonly direction: "out" | "in"; readonly type: string | undefined }[];
  #cursor: IndexCursor | undefined;
  #direction: "out" | "in" = "out";
  #hits: readonly IndexHit[] = [];
  #at = 0;

  constructor(reader: Reader, options: HopOptions) {
    this.#reader = reader;
    this.#options = options;
    const types = options.types.length === 0 ? [undefined] : options.types;
    const directions = options.way === "both" ? (["out", "in"] as const) : ([options.way] as const);
    this.#scans = directions.flatMap((direction) => types.map((type) => ({ direction, type })));
  }

  /** The next hop, or `undefined` at the end. */
  next(): Awaitable<Hop | undefined> {
    const { nodeId, farId, way, guard } = this.#options;
    for (;;) {
      const hit = this.#hits[this.#at];
      if (hit === undefined) {
        const page = this.#turnPage();
        if (page === undefined) return undefined;
        if (isPromise(page)) return page.then(() => this.next());
        continue;
      }
      this.#at++;
      guard.visit();
      const other = otherEndOfKey(hit.key);
      if (farId !== undefined && other !== farId) continue;
      if (way === "both" && this.#direction === "in" && other === nodeId) continue;
      return { edgeId: idOfKey(hit.key), nodeId: other };
    }
  }

  /** Reads on; `undefined` when there is nothing more to read. */
  #turnPage(): Awaitable<true> | undefined {
    if (this.#cursor === undefined) {
      const scan = this.#scans.shift();
      if (scan === undefined) return undefined;
      this.#direction = scan.direction;
      this.#cursor = this.#reader.scan(edgeInterval(scan.direction, this.#options.nodeId, scan.type));
    }
    const page = this.#cursor.next(pageSize);
    return isPromise(page) ? page.then((hits) => this.#take(hits)) : this.#take(page);
  }

  #take(hits: readonly IndexHit[]): true {
    this.#hits = hits;
    this.#at = 0;
    if (hits.length === 0) this.#cursor = undefined;
    return true;
  }
}

export interface HopsBetweenOptions {
  readonly way: Way;
  readonly types: readonly string[];
  readonly nearId: string;
  readonly farId: string;
  readonly guard: BoundsGuard;
}

/** The edges of some types between two nodes: their ids are known, so no index is read. */
export function hopsBetween(
  reader: Reader,
  { way, types, nearId, farId, guard }: HopsBetweenOptions,
): { readonly next: () => Promise<Hop | undefined> } {
  const out = way === "in" ? [] : types.map((type) => edgeId(nearId, type, farId));
  const into = way === "out" ? [] : types.map((type) => edgeId(farId, type, nearId));
  const ids = [...new Set([...out, ...into])].values();
  return {
    next: async () => {
      for (const id of ids) {
        guard.visit();
        if ((await reader.get(id)) !== undefined) return { edgeId: id, nodeId: farId };
      }
      return undefined;
    },
  };
}
