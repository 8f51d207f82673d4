/**
 * What queries and walks read from: the state at one snapshot, or that state with a transaction's own writes over it.
 * Answers come at once where the engine gives them at once; callers await only promises (`isPromise`).
 */
import type { ByteString } from "@knotwork/indexer";
import type { Awaitable, EngineSnapshot, IndexHit, IndexInterval } from "./engine.ts";
import { isPromise } from "./awaitable.ts";
import type { EntityCache } from "./entity-cache.ts";
import type { Entity, StoredVersion } from "./entity.ts";
import { versionToEntity } from "./entity-view.ts";
import type { AdjacencyCache } from "./traverse/adjacency-cache.ts";
import type { TypeRegistry } from "./type-registry.ts";

export interface Reader {
  /** The graph's lists of neighbours, and the seq of the state that is read; for readers that share them. */
  readonly adjacency?: { readonly cache: AdjacencyCache; readonly seq: number };
  /** The seq of the state that is read; for readers of one snapshot alone. */
  readonly seq?: number;
  /** As the engine's. */
  readonly fileReads?: number | undefined;
  readonly types: TypeRegistry;
  hasIndex(index: string): boolean;
  /** The live entity, or `undefined`. */
  get(id: string): Awaitable<Entity | undefined>;
  /** The same for many, in their order, and without driving others out of the cache; for readers of one snapshot alone. */
  getMany?(ids: readonly string[]): Awaitable<readonly (Entity | undefined)[]>;
  /** Whether an index of words may be asked now; for readers of one snapshot alone: the heads of records tell no words. */
  hasWords?(index: string): boolean;
  /** As the engine's; for readers of one snapshot alone. */
  mentioning?(texts: readonly string[]): Awaitable<ReadonlySet<string> | undefined>;
  /** Opens a scan. Nothing is read before the first `next`. */
  scan(interval: IndexInterval, options?: { readonly reverse?: boolean }): IndexCursor;
}

/** A place in an interval of an index. */
export interface IndexCursor {
  /**
   * Up to `count` further hits, in order; none means the end, and only that. All hits given count as read. One call at
   * a time.
   */
  next(count: number): Awaitable<readonly IndexHit[]>;
}

/** Reads one snapshot; through the cache, if there is one. */
export class SnapshotReader implements Reader {
  readonly adjacency?: { readonly cache: AdjacencyCache; readonly seq: number };
  readonly seq: number;
  readonly types: TypeRegistry;
  readonly #snapshot: EngineSnapshot;
  readonly #cache: EntityCache | undefined;

  constructor(
    snapshot: EngineSnapshot,
    options: {
      readonly types: TypeRegistry;
      readonly cache: EntityCache | undefined;
      readonly adjacency?: AdjacencyCache | undefined;
    },
  ) {
    if (options.adjacency !== undefined) this.adjacency = { cache: options.adjacency, seq: snapshot.seq };
    this.seq = snapshot.seq;
    this.types = options.types;
    this.#snapshot = snapshot;
    this.#cache = options.cache;
  }

  get fileReads(): number | undefined {
    return this.#snapshot.fileReads;
  }

  hasIndex(index: string): boolean {
    return this.#snapshot.hasIndex(index);
  }

  get(id: string): Awaitable<Entity | undefined> {
    if (this.#cache !== undefined) {
      const entry = this.#cache.getAt(this.#snapshot, id);
      return isPromise(entry) ? entry.then(({ entity }) => entity) : entry.entity;
    }
    const stored = this.#snapshot.get(id);
    return isPromise(stored) ? stored.then(liveEntity) : liveEntity(stored);
  }

  getMany(ids: readonly string[]): Awaitable<readonly (Entity | undefined)[]> {
    const cached = ids.map((id) => this.#cache?.peekAt(this.#snapshot, id));
    const others = ids.filter((_, at) => cached[at] === undefined);
    const stored = manyOf(this.#snapshot, others);
    const merge = (versions: readonly (StoredVersion | undefined)[]): readonly (Entity | undefined)[] => {
      const rest = versions.values();
      return cached.map((entry) => (entry === undefined ? liveEntity(rest.next().value) : entry.entity));
    };
    return isPromise(stored) ? stored.then(merge) : merge(stored);
  }

  hasWords(index: string): boolean {
    return this.#snapshot.hasIndex(index);
  }

  mentioning(texts: readonly string[]): Awaitable<ReadonlySet<string> | undefined> {
    return this.#snapshot.mentioning?.(texts);
  }

  scan(interval: IndexInterval, options: { readonly reverse?: boolean } = {}): IndexCursor {
    return new SnapshotCursor(this.#snapshot, interval, options.reverse ?? false);
  }
}

function manyOf(snapshot: EngineSnapshot, ids: readonly string[]): Awaitable<readonly (StoredVersion | undefined)[]> {
  return snapshot.getMany?.(ids) ?? Promise.all(ids.map(async (id) => await snapshot.get(id)));
}

function liveEntity(version: StoredVersion | undefined): Entity | undefined {
  return version === undefined || version.deleted ? undefined : versionToEntity(version);
}

/** Pages through an interval at a snapshot. */
export class SnapshotCursor implements IndexCursor {
  readonly #snapshot: EngineSnapshot;
  readonly #reverse: boolean;
  #rest: IndexInterval;
  #done = false;

  constructor(snapshot: EngineSnapshot, interval: IndexInterval, reverse: boolean) {
    this.#snapshot = snapshot;
    this.#rest = interval;
    this.#reverse = reverse;
    this.#done = isEmptyInterval(interval);
  }

  next(count: number): Awaitable<readonly IndexHit[]> {
    if (this.#done) return [];
    const page = this.#snapshot.scan({ ...this.#rest, reverse: this.#reverse, limit: count });
    return isPromise(page)
      ? page.then(({ hits, done }) => this.#advance(hits, done, count))
      : this.#advance(page.hits, page.done, count);
  }

  #advance(hits: readonly IndexHit[], done: boolean, count: number): Awaitable<readonly IndexHit[]> {
    const last = hits.at(-1);
    this.#done = done;
    if (last === undefined) return done ? hits : this.next(count);
    if (this.#reverse) this.#rest = { ...this.#rest, upper: last.key };
    else this.#rest = { ...this.#rest, lower: keyAfter(last.key) };
    return hits;
  }
}

/** The smallest key greater than `key`. */
export function keyAfter(key: ByteString): ByteString {
  return `${key}\0`;
}

export function isEmptyInterval({ lower, upper }: IndexInterval): boolean {
  return upper !== undefined && lower >= upper;
}
