/**
 * The newest versions of entities, in memory, bounded by bytes, in front of an engine.
 *
 * Invariants (ENGINE V2, V3):
 * - An entry is the newest version of its entity as of the last change the engine reported: every reported change drops
 *   the entries of the ids it names, "everything" drops all.
 * - An entry answers for a snapshot only if the version is not newer than the snapshot.
 * - A fill is kept only if no change of that entity newer than the snapshot it read was reported in the meantime.
 * - Fills of one entity run one at a time, under a mutex; whoever waited looks in the cache again.
 * - Values are frozen; no caller can change what another one gets.
 */
import type { Clock } from "@knotwork/disk";
import { LRUCache } from "lru-cache";
import { isPromise } from "./awaitable.ts";
import { CacheEntry, entryBytes, NO_VERSION } from "./cache-entry.ts";
import type { AppliedChanges, Awaitable, Engine, EngineSnapshot } from "./engine.ts";
import type { Entity, StoredVersion } from "./entity.ts";
import { assertId } from "./index-keys.ts";
import { KeyMutex } from "./key-mutex.ts";

export interface CacheOptions {
  /** 0 keeps nothing. */
  readonly bytesMax: number;
  /** How long an entry may stay; default: no limit. Entries are never stale, whatever their age. */
  readonly ttlMs?: number;
}

export interface CacheStats {
  readonly entries: number;
  readonly bytes: number;
  readonly bytesMax: number;
  readonly hits: number;
  /** Reads that asked the engine. What is missing a transaction asks for once, and counts once. */
  readonly misses: number;
  /** Fills not kept because they read, or came to be, an older state. */
  readonly discardedFills: number;
}

interface FillOptions {
  /** Whether a missing id is remembered, as by default. Not for a transaction, which most often asks because it is about to make it. */
  readonly keepsMissing?: boolean;
}

/** A fill that waits for the engine. */
interface PendingFill extends FillOptions {
  /** Whether the snapshot it reads was the newest reported state when it began. */
  readonly isCurrent: boolean;
  readonly snapshotSeq: number;
  readonly stored: Promise<StoredVersion | undefined>;
}

interface Fill {
  /** The newest change of its entity reported since it began. */
  changedAtSeq: number;
}

const CHANGED_IDS_MAX = 1000;

export class EntityCache {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #mutex = new KeyMutex();
  readonly #fillsById = new Map<string, Set<Fill>>();
  readonly #unsubscribe: () => void;
  #entries: LRUCache<string, CacheEntry> | undefined;
  #appliedSeq = 0;
  /** What was reported of late, in order: of all callers of a batch, at least. */
  #changes: { readonly seq: number; readonly ids: readonly string[] }[] = [];
  #changedIdCount = 0;
  #bytesMax = 0;
  #hits = 0;
  #misses = 0;
  #discardedFills = 0;

  constructor(engine: Engine, clock: Clock, options: CacheOptions) {
    this.#engine = engine;
    this.#clock = clock;
    this.configure(options);
    this.#unsubscribe = engine.onApplied((changes) => this.#forget(changes));
  }

  /**
   * The entity now: sees every commit acknowledged before the call, whoever made it. Where the engine tells its head without
   * waiting all hits give one promise.
   * @throws GraphError INVALID_ID
   */
  get(id: string): Promise<Entity | undefined> {
    try {
      // Asking for the head makes the engine report what others committed; only then does an entry count.
      const head = this.#engine.head();
      const entry = typeof head === "number" ? this.#entries?.get(id) : undefined;
      if (entry === undefined) return this.#getAfter(head, id);
      this.#hits++;
      return entry.answer;
    } catch (error) {
      return rejectWith(error);
    }
  }

  /** The live entities with these ids, if all are in the cache; as of the newest state reported. */
  getCached(ids: readonly string[]): readonly Entity[] | undefined {
    const entities: Entity[] = [];
    for (const id of ids) {
      const entity = this.#entries?.get(id)?.entity;
      if (entity === undefined) return undefined;
      entities.push(entity);
    }
    this.#hits += ids.length;
    return entities;
  }

  /** As `getAt`; all hits give one promise. @throws GraphError INVALID_ID */
  getOf(snapshot: EngineSnapshot, id: string): Promise<Entity | undefined> {
    try {
      const entry = this.#entries?.get(id);
      if (entry !== undefined && entry.seq <= snapshot.seq) {
        this.#hits++;
        return entry.answer;
      }
      assertId(id);
      return answerOf(this.getAt(snapshot, id));
    } catch (error) {
      return rejectWith(error);
    }
  }

  /** What a snapshot holds for an id. The snapshot was the engine's head when it was taken, after this cache was made. */
  getAt(snapshot: EngineSnapshot, id: string, { keepsMissing = true }: FillOptions = {}): Awaitable<CacheEntry> {
    const entry = this.#entries?.get(id);
    if (entry !== undefined && entry.seq <= snapshot.seq) {
      this.#hits++;
      return entry;
    }
    this.#misses++;
    const isCurrent = snapshot.seq >= this.#appliedSeq;
    const stored = snapshot.get(id);
    return isPromise(stored)
      ? this.#fill(id, { isCurrent, snapshotSeq: snapshot.seq, stored, keepsMissing })
      : this.#keep(id, stored, { isCurrent, keepsMissing });
  }

  /** What `getAt` would find in the cache. Counts for nothing, and keeps nothing longer. */
  peekAt(snapshot: EngineSnapshot, id: string): CacheEntry | undefined {
    const entry = this.#entries?.peek(id);
    return entry !== undefined && entry.seq <= snapshot.seq ? entry : undefined;
  }

  /**
   * Takes over what the commit `seq` of this process left behind, so that who changes an entity again need not read it again. Not
   * when a newer change of the entity was reported, or it is not known any more whether one was.
   */
  keepCommitted(seq: number, versions: readonly StoredVersion[]): void {
    const own = this.#changes.findLastIndex((change) => change.seq === seq);
    if (own === -1 || versions.length === 0) return;
    const later = this.#changes.slice(own + 1);
    // For one of many callers a set of what the others changed would cost more than it saves.
    const changed = versions.length === 1 ? undefined : new Set(later.flatMap(({ ids }) => ids));
    for (const version of versions) {
      const { id } = version;
      if (!(changed?.has(id) ?? later.some(({ ids }) => ids.includes(id))))
        this.#keep(id, version, { isCurrent: true });
    }
  }

  /** Drops every entry; the statistics stay. */
  clear(): void {
    this.#entries?.clear();
  }

  /** Sets new bounds; drops every entry. */
  configure({ bytesMax, ttlMs }: CacheOptions): void {
    if (!Number.isSafeInteger(bytesMax) || bytesMax < 0)
      throw new RangeError(`Cannot use ${bytesMax} as cacheBytesMax`);
    const clock = this.#clock;
    this.#bytesMax = bytesMax;
    this.#entries =
      bytesMax === 0
        ? undefined
        : new LRUCache<string, CacheEntry>({
            maxSize: bytesMax,
            sizeCalculation: entryBytes,
            ...(ttlMs === undefined ? {} : { ttl: ttlMs, ttlResolution: 0, perf: { now: () => clock.monotonicMs() } }),
          });
  }

  stats(): CacheStats {
    return {
      entries: this.#entries?.size ?? 0,
      bytes: this.#entries?.calculatedSize ?? 0,
      bytesMax: this.#bytesMax,
      hits: this.#hits,
      misses: this.#misses,
      discardedFills: this.#discardedFills,
    };
  }

  /** Stops listening to the engine. */
  close(): void {
    this.#unsubscribe();
    this.clear();
  }

  #getAfter(head: Awaitable<number>, id: string): Promise<Entity | undefined> {
    assertId(id);
    if (isPromise(head) || this.#engine.readNow === undefined) return this.#getWaiting(head, id);
    // Nothing else runs until it ends, so there is no other read of the id to wait for.
    return answerOf(this.#engine.readNow((snapshot) => this.getAt(snapshot, id)));
  }

  async #getWaiting(head: Awaitable<number>, id: string): Promise<Entity | undefined> {
    await head;
    return await this.#mutex.run(id, async () => {
      await this.#engine.head();
      const { entity } = await this.#engine.read((snapshot) => this.getAt(snapshot, id));
      return entity;
    });
  }

  /** Ends a fill that other changes may overtake. */
  async #fill(id: string, { isCurrent, snapshotSeq, stored, ...options }: PendingFill): Promise<CacheEntry> {
    const fill: Fill = { changedAtSeq: 0 };
    const fills = this.#fillsById.get(id) ?? new Set();
    this.#fillsById.set(id, fills.add(fill));
    try {
      const version = await stored;
      return this.#keep(id, version, { isCurrent: isCurrent && fill.changedAtSeq <= snapshotSeq, ...options });
    } finally {
      fills.delete(fill);
      if (fills.size === 0) this.#fillsById.delete(id);
    }
  }

  #keep(
    id: string,
    stored: StoredVersion | undefined,
    { isCurrent, keepsMissing = true }: FillOptions & { readonly isCurrent: boolean },
  ): CacheEntry {
    const entry = stored === undefined ? NO_VERSION : new CacheEntry(stored);
    if (!isCurrent) this.#discardedFills++;
    else if (keepsMissing || stored !== undefined) this.#entries?.set(id, entry);
    return entry;
  }

  #forget({ seq, ids }: AppliedChanges): void {
    this.#appliedSeq = Math.max(this.#appliedSeq, seq);
    if (ids === "everything" || this.#changedIdCount > CHANGED_IDS_MAX) {
      this.#changes = [];
      this.#changedIdCount = 0;
    }
    if (ids === "everything") {
      this.#entries?.clear();
      for (const fills of this.#fillsById.values()) markChanged(fills, seq);
      return;
    }
    this.#changes.push({ seq, ids });
    this.#changedIdCount += ids.length;
    for (const id of ids) {
      this.#entries?.delete(id);
      if (this.#fillsById.size > 0) markChanged(this.#fillsById.get(id) ?? [], seq);
    }
  }
}

function answerOf(entry: Awaitable<CacheEntry>): Promise<Entity | undefined> {
  return isPromise(entry) ? entry.then(({ answer }) => answer) : entry.answer;
}

async function rejectWith(error: unknown): Promise<never> {
  throw error;
}

function markChanged(fills: Iterable<Fill>, seq: number): void {
  for (const fill of fills) fill.changedAtSeq = Math.max(fill.changedAtSeq, seq);
}
