/**
 * The lists of neighbours of the current state, shared by all reads of a graph. A list is read from the index when a read
 * first asks for it, and follows every commit the engine reports from then on, own or foreign, so that a look-up in a
 * fresh process builds nothing and a repeated traversal reads nothing.
 *
 * Invariants (ENGINE V3):
 * - A list is kept only when it was read at a snapshot that no reported commit is newer than.
 * - When the engine skipped records ("everything"), all lists are dropped; who still holds them learns it by `isRetired`.
 */
import type { AppliedChanges, Engine } from "../engine.ts";
import { AdjacencyLists } from "./adjacency-lists.ts";
import { ReachBuffers } from "./reach-buffers.ts";

export interface AdjacencyCacheOptions {
  /** Past this many bytes (roughly) no list is added; the next traversal starts with none. 0 keeps nothing. */
  readonly bytesMax: number;
}

export interface AdjacencyStats {
  readonly nodes: number;
  readonly bytes: number;
  readonly bytesMax: number;
}

export class AdjacencyCache {
  readonly bytesMax: number;
  /** For reads that end before anything else runs. */
  readonly buffers: ReachBuffers = new ReachBuffers();
  readonly #engine: Pick<Engine, "head" | "onApplied">;
  readonly #unsubscribe: () => void;
  #isClosed = false;
  #lists = new AdjacencyLists();
  #appliedSeq = 0;

  constructor(engine: Pick<Engine, "head" | "onApplied">, { bytesMax }: AdjacencyCacheOptions) {
    if (!Number.isSafeInteger(bytesMax) || bytesMax < 0) {
      throw new RangeError(`Cannot use ${bytesMax} as adjacencyBytesMax`);
    }
    this.#engine = engine;
    this.bytesMax = bytesMax;
    this.#unsubscribe = engine.onApplied((changes) => this.#follow(changes));
  }

  /** The lists as they are; another object after they were dropped. */
  get lists(): AdjacencyLists {
    return this.#lists;
  }

  /**
   * The lists with the seq of the newest state, every commit acknowledged before the call being part of it; `undefined` when
   * the engine has to be waited for.
   */
  now(): { readonly cache: AdjacencyCache; readonly seq: number } | undefined {
    if (this.#isClosed) return undefined;
    // Asking for the head makes the engine report what others committed; only then do lists count.
    const seq = this.#engine.head();
    return typeof seq === "number" ? { cache: this, seq } : undefined;
  }

  /** The lists for a traversal that is about to begin: fresh ones when these have outgrown their bound. */
  begin(): AdjacencyLists {
    if (this.#lists.bytes > this.bytesMax) this.#drop();
    return this.#lists;
  }

  /** Whether a list read at `seq` may be kept: nothing newer was reported, and there is room. */
  mayKeep(lists: AdjacencyLists, seq: number): boolean {
    return !lists.isRetired && seq >= this.#appliedSeq && lists.bytes <= this.bytesMax;
  }

  stats(): AdjacencyStats {
    return { nodes: this.#lists.ids.length, bytes: this.#lists.bytes, bytesMax: this.bytesMax };
  }

  /** Stops listening to the engine and drops every list. */
  close(): void {
    this.#isClosed = true;
    this.#unsubscribe();
    this.#drop();
  }

  #follow(applied: AppliedChanges): void {
    this.#appliedSeq = Math.max(this.#appliedSeq, applied.seq);
    if (applied.ids === "everything") return this.#drop();
    if (this.#lists.ids.length === 0) return;
    for (const change of applied.changes) {
      if (change.from !== undefined) this.#lists.apply(change, applied.seq);
    }
    // Lists grow with the graph too, not only by what reads add.
    if (this.#lists.bytes > 2 * this.bytesMax) this.#drop();
  }

  #drop(): void {
    this.#lists.isRetired = true;
    this.#lists = new AdjacencyLists();
  }
}
