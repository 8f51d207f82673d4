/**
 * The state a transaction sees: its snapshot with its own writes over it. Everything it reads is recorded, because the
 * engine commits a transaction only if all it saw still holds.
 *
 * Invariants (ENGINE I2):
 * - A read of an entity is recorded with its version and seq in the snapshot, also when an own write hides it.
 * - A scan is recorded as the interval visited so far, which grows with every hit given and is the whole interval at the
 *   end; with the ids that the snapshot, not the transaction, has there.
 */
import { chain, isPromise } from "./awaitable.ts";
import { NO_VERSION } from "./cache-entry.ts";
import type { CacheEntry } from "./cache-entry.ts";
import type { Awaitable, EngineSnapshot, IndexHit, IndexInterval, ReadStamp, RecordedRange } from "./engine.ts";
import type { Entity } from "./entity.ts";
import type { EntityCache } from "./entity-cache.ts";
import { type DraftVersion, draftToEntity } from "./entity-view.ts";
import { GraphError } from "./graph-error.ts";
import { idOfKey, indexKeysOf } from "./index-keys.ts";
import { isEmptyInterval, keyAfter, type IndexCursor, type Reader, SnapshotCursor } from "./reader.ts";
import type { TypeRegistry } from "./type-registry.ts";

/** The writes as they stand: the last one of an entity counts. */
type DraftsById = ReadonlyMap<string, DraftVersion>;

/** An interval as visited so far. */
interface VisitedRange {
  readonly index: string;
  lower: string;
  upper: string | undefined;
  readonly ids: Set<string>;
}

export class TransactionReader implements Reader {
  readonly types: TypeRegistry;
  readonly reads: Map<string, ReadStamp> = new Map();
  readonly draftsById: Map<string, DraftVersion> = new Map();
  readonly #snapshot: EngineSnapshot;
  readonly #cache: EntityCache;
  readonly #visited: VisitedRange[] = [];
  #over = false;

  constructor(snapshot: EngineSnapshot, options: { readonly types: TypeRegistry; readonly cache: EntityCache }) {
    this.types = options.types;
    this.#snapshot = snapshot;
    this.#cache = options.cache;
  }

  get snapshotSeq(): number {
    return this.#snapshot.seq;
  }

  /** From now on every call throws TRANSACTION_OVER. */
  end(): void {
    this.#over = true;
  }

  /** @throws GraphError TRANSACTION_OVER */
  assertActive(): void {
    if (!this.#over) return;
    throw new GraphError("TRANSACTION_OVER", "Cannot use the transaction: it is over", {
      hint: "Use tx only inside the function given to transact, and await every call.",
    });
  }

  hasIndex(index: string): boolean {
    return this.#snapshot.hasIndex(index);
  }

  get(id: string): Awaitable<Entity | undefined> {
    return this.#get(id, this.draftsById);
  }

  /**
   * The state as it is now, whatever the transaction writes from now on: for what is read bit by bit. What is read of it is
   * recorded here.
   */
  asItIs(): Reader {
    const draftsById = new Map(this.draftsById);
    return {
      types: this.types,
      hasIndex: (index) => this.hasIndex(index),
      get: (id) => this.#get(id, draftsById),
      scan: (interval, options = {}) => this.#scan(interval, options.reverse ?? false, draftsById),
    };
  }

  /** What the snapshot has, own writes left aside. Recorded. */
  base(id: string): Awaitable<CacheEntry> {
    this.assertActive();
    if (this.reads.get(id)?.seq === 0) return NO_VERSION;
    // What is looked for in vain is most often what the transaction makes: another entry is there soon.
    const entry = this.#cache.getAt(this.#snapshot, id, { keepsMissing: false });
    return chain(entry, (found) => this.#recordRead(id, found));
  }

  scan(interval: IndexInterval, options: { readonly reverse?: boolean } = {}): IndexCursor {
    return this.#scan(interval, options.reverse ?? false, this.draftsById);
  }

  /** The intervals visited. */
  ranges(): readonly RecordedRange[] {
    return this.#visited.filter((range) => !isEmptyInterval(range));
  }

  #get(id: string, draftsById: DraftsById): Awaitable<Entity | undefined> {
    return chain(this.base(id), ({ entity }) => overlay(draftsById.get(id), entity));
  }

  #scan(interval: IndexInterval, reverse: boolean, draftsById: DraftsById): IndexCursor {
    this.assertActive();
    const { index, lower, upper } = interval;
    const range: VisitedRange = { index, lower, upper: lower, ids: new Set() };
    if (isEmptyInterval(interval)) return new SnapshotCursor(this.#snapshot, interval, reverse);
    this.#visited.push(range);
    return new TransactionCursor({
      base: new SnapshotCursor(this.#snapshot, interval, reverse),
      own: this.#ownHits(interval, reverse, draftsById),
      hidden: new Set(draftsById.keys()),
      reverse,
      visit: (key, id) => {
        this.assertActive();
        if (id !== undefined) range.ids.add(id);
        if (reverse) range.lower = key ?? lower;
        range.upper = reverse || key === undefined ? upper : keyAfter(key);
      },
    });
  }

  #recordRead(id: string, entry: CacheEntry): CacheEntry {
    this.reads.set(id, { version: entry.stored?.version ?? 0, seq: entry.seq });
    return entry;
  }

  #ownHits({ index, lower, upper }: IndexInterval, reverse: boolean, draftsById: DraftsById): IndexHit[] {
    const hits: IndexHit[] = [];
    for (const draft of draftsById.values()) {
      if (draft.op === "delete") continue;
      for (const { index: name, key } of indexKeysOf(draft, this.types.keyedIndexesOf(draft.type))) {
        if (name === index && key >= lower && (upper === undefined || key < upper)) hits.push({ key, id: draft.id });
      }
    }
    return hits.sort((a, b) => (a.key < b.key === reverse ? 1 : -1));
  }
}

function overlay(own: DraftVersion | undefined, entity: Entity | undefined): Entity | undefined {
  if (own === undefined) return entity;
  return own.op === "delete" ? undefined : draftToEntity(own);
}

interface TransactionCursorOptions {
  readonly base: IndexCursor;
  /** The own writes' hits, in order. */
  readonly own: readonly IndexHit[];
  /** Entities whose keys in the snapshot no longer count. */
  readonly hidden: ReadonlySet<string>;
  readonly reverse: boolean;
  /** Told of every key passed, with the id the snapshot has there; without a key at the end. */
  readonly visit: (key: string | undefined, id: string | undefined) => void;
}

/** Merges the snapshot's hits with the transaction's own. */
class TransactionCursor implements IndexCursor {
  readonly #options: TransactionCursorOptions;
  #baseHits: readonly IndexHit[] = [];
  #baseAt = 0;
  #baseDone = false;
  #ownAt = 0;

  constructor(options: TransactionCursorOptions) {
    this.#options = options;
  }

  next(count: number): Awaitable<readonly IndexHit[]> {
    return this.#fill([], count);
  }

  #fill(hits: IndexHit[], count: number): Awaitable<readonly IndexHit[]> {
    while (hits.length < count) {
      if (this.#baseAt >= this.#baseHits.length && !this.#baseDone) {
        const page = this.#options.base.next(count);
        if (isPromise(page)) {
          return page.then((found) => {
            this.#take(found);
            return this.#fill(hits, count);
          });
        }
        this.#take(page);
        continue;
      }
      if (!this.#step(hits)) break;
    }
    return hits;
  }

  #take(page: readonly IndexHit[]): void {
    this.#baseHits = page;
    this.#baseAt = 0;
    this.#baseDone = page.length === 0;
  }

  /** Passes one key. False at the end. */
  #step(hits: IndexHit[]): boolean {
    const { own, hidden, reverse, visit } = this.#options;
    const base = this.#baseHits[this.#baseAt];
    const mine = own[this.#ownAt];
    if (base === undefined && mine === undefined) {
      visit(undefined, undefined);
      return false;
    }
    // An own hit at the key of a snapshot hit is the same entity: the snapshot's is hidden and passed first.
    if (base !== undefined && (mine === undefined || (reverse ? base.key >= mine.key : base.key <= mine.key))) {
      this.#baseAt++;
      const id = idOfKey(base.key);
      visit(base.key, id);
      if (!hidden.has(id)) hits.push(base);
    } else if (mine !== undefined) {
      this.#ownAt++;
      visit(mine.key, undefined);
      hits.push(mine);
    }
    return true;
  }
}
