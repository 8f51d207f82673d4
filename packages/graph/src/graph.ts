/**
 * A graph: entities, transactions, queries over an engine. Every call sees every commit acknowledged before it began,
 * whoever made it. Reads never wait for writers.
 */
import type { Clock, Random } from "@knotwork/disk";
import type { CheckReport, CommitInfo, Durability, Engine } from "./engine.ts";
import type { Edge, Entity } from "./entity.ts";
import { EntityCache } from "./entity-cache.ts";
import type { CacheStats } from "./entity-cache.ts";
import { GraphReads } from "./graph-reads.ts";
import type { ReadSource } from "./graph-reads.ts";
import { assertId } from "./index-keys.ts";
import type { JsonObject } from "./json.ts";
import { KeyMutex } from "./key-mutex.ts";
import { load } from "./load.ts";
import type { LoadItem, LoadOptions, LoadProgress, LoadTarget } from "./load.ts";
import { SnapshotReader } from "./reader.ts";
import { readHistory, Snapshot } from "./snapshot.ts";
import type { HistoryVersion } from "./snapshot.ts";
import { transact } from "./transact.ts";
import type { Committed, TransactContext, TransactOptions } from "./transact.ts";
import type { Transaction } from "./transaction.ts";
import type { TypeList } from "./type-definition.ts";
import type { TypeRegistry } from "./type-registry.ts";

export interface GraphOptions {
  readonly engine: Engine;
  readonly types: TypeRegistry;
  readonly clock: Clock;
  readonly random: Random;
  readonly author: string;
  readonly durability: Durability;
  readonly cacheBytesMax: number;
  readonly newUlid: () => string;
}

export interface CommitListOptions {
  /** Only commits behind this seq. */
  readonly after?: number;
  /** Only commits before this seq. */
  readonly before?: number;
  /** Default 100. */
  readonly limit?: number;
  /** Newest first. */
  readonly reverse?: boolean;
}

const COMMITS_DEFAULT = 100;

export class Graph<Types extends TypeList = TypeList> extends GraphReads<Types> {
  protected override readonly source: ReadSource;
  readonly #options: GraphOptions;
  readonly #cache: EntityCache;
  readonly #context: TransactContext;
  #closed = false;

  /** Use `openGraph`. */
  constructor(options: GraphOptions) {
    super();
    const { engine, clock, cacheBytesMax } = options;
    this.#options = options;
    this.#cache = new EntityCache(engine, clock, { bytesMax: cacheBytesMax });
    this.#context = { ...options, cache: this.#cache, turns: new KeyMutex() };
    this.source = {
      run: (read) => {
        this.#assertOpen();
        return engine.read((snapshot) =>
          read(new SnapshotReader(snapshot, { types: options.types, cache: this.#cache })),
        );
      },
      open: async () => {
        const pinned = await this.#pin();
        return {
          reader: new SnapshotReader(pinned, { types: options.types, cache: this.#cache }),
          release: () => pinned.release(),
        };
      },
    };
  }

  get readOnly(): boolean {
    return this.#options.engine.readOnly;
  }

  override get(id: string): Promise<Entity | Edge | undefined> {
    assertId(id);
    this.#assertOpen();
    return this.#cache.get(id);
  }

  /** The last commit visible here. */
  async head(): Promise<number> {
    this.#assertOpen();
    return this.#options.engine.head();
  }

  /**
   * Runs `fn` as a transaction and commits what it wrote, whole or not at all; strictly serializable with every other
   * transaction that writes, of any process. When somebody else changed what it read it runs again, so `fn` must have no
   * effects outside `tx`. Reads by other means than `tx` are not part of the transaction; a transaction begun inside
   * another is one of its own.
   * @throws ConflictError after too many repetitions; what `fn` throws (nothing is written then)
   * @throws KnotworkError LOCK_TIMEOUT, NO_SPACE, KEY_REUSED (nothing was written), OUTCOME_UNKNOWN, HANDLE_POISONED
   */
  async transact<T>(
    fn: (tx: Transaction<Types>) => Promise<T> | T,
    options: TransactOptions = {},
  ): Promise<Committed<T>> {
    this.#assertOpen();
    return await transact(this.#context, fn, options);
  }

  /** All versions of an entity, oldest first, a deletion included; empty when there never was one. */
  async history(id: string): Promise<readonly HistoryVersion[]> {
    assertId(id);
    this.#assertOpen();
    return await this.#options.engine.read((snapshot) => readHistory(snapshot, id));
  }

  /** The state now, held until it is released. */
  async snapshot(): Promise<Snapshot<Types>> {
    return new Snapshot<Types>(await this.#pin(), { types: this.#options.types, cache: this.#cache });
  }

  /**
   * The state at a seq, or after the last commit with time <= a date. Release it when done.
   * @throws StoreError SNAPSHOT_TOO_OLD; RangeError for the future
   */
  async asOf(at: number | Date): Promise<Snapshot<Types>> {
    this.#assertOpen();
    return new Snapshot<Types>(await this.#options.engine.asOf(at), { types: this.#options.types, cache: this.#cache });
  }

  /** Commits: who, when, what changed. Oldest first unless `reverse`. */
  async commits(options: CommitListOptions = {}): Promise<readonly CommitInfo[]> {
    this.#assertOpen();
    return await this.#options.engine.commits({ limit: COMMITS_DEFAULT, ...options });
  }

  /** Loads many nodes and edges, many a commit. */
  async load(items: Iterable<LoadItem> | AsyncIterable<LoadItem>, options: LoadOptions = {}): Promise<LoadProgress> {
    return await load(this as unknown as LoadTarget, items, options);
  }

  /** Proves the store: checksums, chain, index = history. Reads everything, changes nothing. */
  async check(): Promise<CheckReport> {
    this.#assertOpen();
    return await this.#options.engine.check();
  }

  /** Moves the log into history now. Not needed: it happens by itself when the log has grown. */
  async checkpoint(): Promise<void> {
    this.#assertOpen();
    await this.#options.engine.checkpoint();
  }

  async stats(): Promise<JsonObject> {
    this.#assertOpen();
    return await this.#options.engine.stats();
  }

  cacheStats(): CacheStats {
    return this.#cache.stats();
  }

  /** Waits for what is under way, makes relaxed commits durable, and frees everything. Closing twice does nothing. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#cache.close();
    await this.#options.engine.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #pin(): Promise<Awaited<ReturnType<Engine["pin"]>>> {
    this.#assertOpen();
    return await this.#options.engine.pin();
  }

  #assertOpen(): void {
    if (this.#closed) throw new TypeError("The graph is closed");
  }
}
