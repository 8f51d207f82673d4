/** The graph: entities, queries, transactions and history over an engine. What users of the library open. */
import type { Clock, KnotworkError, Random } from "@knotwork/disk";
import { monotonicFactory } from "ulid";
import type { CommitsOptions } from "./commits-options.ts";
import type { Awaitable, CheckReport, CommitInfo, Durability, Engine, EngineSnapshot } from "./engine.ts";
import type { Entity, StoredVersion } from "./entity.ts";
import type { EntityCache } from "./entity-cache.ts";
import { type CacheBounds, GraphCaches } from "./graph-caches.ts";
import { GraphError } from "./graph-error.ts";
import { GraphReads, type OpenReader, type ReadSource } from "./graph-reads.ts";
import { GraphSnapshot, holdAsOf, PinnedGraphSnapshot, type SnapshotOptions } from "./graph-snapshot.ts";
import { assertId } from "./index-keys.ts";
import type { JsonObject } from "./json.ts";
import type {
  BackupOptions,
  BackupReport,
  CompactOptions,
  CompactReport,
  FileKeeping,
  PurgeOptions,
  PurgeReport,
} from "./keeping.ts";
import { assertPurgeable, filesOf } from "./keep-graph.ts";
import { KeyMutex } from "./key-mutex.ts";
import { type LoadItem, type LoadOptions, loadItems, type LoadReport } from "./load.ts";
import { type Reader, SnapshotReader } from "./reader.ts";
import { type Committed, transact, type TransactContext, type TransactOptions } from "./transact.ts";
import type { Transaction } from "./transaction.ts";
import type { TypeList } from "./type-definition.ts";
import { TypeRegistry } from "./type-registry.ts";
import { CommitWatch, type WatchOptions } from "./watch.ts";

export interface GraphParts extends CacheBounds {
  readonly engine: Engine;
  readonly types: TypeList | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly author: string;
  readonly durability: Durability;
}

export class Graph<Types extends TypeList = TypeList> extends GraphReads<Types> {
  protected override readonly source: ReadSource;
  /** The cache of entities: statistics, `clear`, `configure`. */
  readonly cache: EntityCache;
  readonly readOnly: boolean;
  readonly #engine: Engine;
  readonly #types: TypeRegistry;
  readonly #context: TransactContext;
  readonly #caches: GraphCaches;
  readonly #watches = new Set<CommitWatch>();
  #closed: Promise<void> | undefined;

  constructor({ engine, types, clock, random, author, durability, ...bounds }: GraphParts) {
    super();
    this.#engine = engine;
    this.#types = new TypeRegistry(types);
    this.#caches = new GraphCaches(engine, clock, bounds);
    this.cache = this.#caches.entities;
    this.readOnly = engine.readOnly;
    const ulid = monotonicFactory(random);
    this.#context = {
      engine,
      cache: this.cache,
      types: this.#types,
      clock,
      random,
      author,
      durability,
      newUlid: () => ulid(clock.nowMs()),
      turns: new KeyMutex(),
    };
    this.source = {
      clock,
      run: (read) => this.#run(read),
      open: () => this.#open(),
      adjacency: () => this.#caches.adjacency.now(),
      answers: () => (this.#closed === undefined ? this.#caches.answers : undefined),
    };
  }

  /**
   * The node or edge with this id, or `undefined`. Sees every commit acknowledged before the call, whoever made it.
   * @throws GraphError INVALID_ID
   */
  override get(id: string): Promise<Entity | undefined> {
    // The common path makes no promise of its own; the other one says what is wrong.
    return this.#closed === undefined ? this.cache.get(id) : super.get(id);
  }

  /** All versions of an entity, oldest first, deletions included; empty when there never was one. */
  async history(id: string): Promise<readonly StoredVersion[]> {
    assertId(id);
    this.#assertOpen();
    return await this.#engine.read((snapshot) => snapshot.history(id));
  }

  /**
   * The store as it was: at a seq, or at the last commit with time <= the date. Reads report SNAPSHOT_TOO_OLD when that
   * state is no longer kept, RangeError for a seq that is still to come.
   */
  asOf(at: number | Date): GraphSnapshot<Types> {
    const isMoment =
      typeof at === "number" ? Number.isSafeInteger(at) && at >= 0 : at instanceof Date && !Number.isNaN(at.getTime());
    if (!isMoment) {
      throw new RangeError(`Cannot read as of ${String(at)}: give a seq or a valid date`);
    }
    // The cache knows the newest versions; the past would only drive them out.
    return new GraphSnapshot<Types>(
      holdAsOf(at, async (moment) => {
        this.#assertOpen();
        return await this.#engine.asOf(moment);
      }),
      this.#viewOptions(undefined),
    );
  }

  /** The store as it is now, for any number of reads. Release it: until then the files it needs are kept. */
  async snapshot(): Promise<PinnedGraphSnapshot<Types>> {
    this.#assertOpen();
    const snapshot = await this.#engine.pin();
    return this.#view(snapshot, () => snapshot.release());
  }

  /**
   * Runs a function that only reads, on the newest state. Nothing is locked or held for it: should another process take files of that
   * state away, it runs again on a newer one. For what takes long, use `snapshot`.
   */
  async read<T>(read: (view: PinnedGraphSnapshot<Types>) => Promise<T>): Promise<T> {
    this.#assertOpen();
    return await this.#engine.read(async (snapshot) => {
      const view = this.#view(snapshot);
      return await Promise.resolve(view)
        .then(read)
        .finally(() => view.release());
    });
  }

  /**
   * Runs a function as one transaction: all of what it does happens, as if alone and at one moment, or nothing.
   *
   * The function may run several times (conflicts are repeated, bounded), so it must have no other effects. Await every
   * call of `tx`. What it reads by other means (`graph.get`, another `transact`) is not part of the transaction.
   * @throws ConflictError when it lost against others `retries` + 1 times
   * @throws whatever the function throws: then nothing happened
   * @throws KnotworkError OUTCOME_UNKNOWN, HANDLE_POISONED: reopen to learn; never repeated here
   */
  async transact<T>(
    run: (tx: Transaction<Types>) => Promise<T> | T,
    options: TransactOptions = {},
  ): Promise<Committed<T>> {
    this.#assertOpen();
    return await transact(this.#context, run, options);
  }

  /** Loads many nodes and edges, many per commit. Items commit in their order; what was committed before a failure stays. */
  async load(items: Iterable<LoadItem> | AsyncIterable<LoadItem>, options: LoadOptions = {}): Promise<LoadReport> {
    return await loadItems(items, (run, transactOptions) => this.transact(run, transactOptions), options);
  }

  /** Commits, oldest first. */
  async commits(options: CommitsOptions = {}): Promise<readonly CommitInfo[]> {
    this.#assertOpen();
    return await this.#engine.commits({ ...options, limit: options.limit ?? 100 });
  }

  /**
   * The change feed: every commit behind a cursor, in order, each once, whoever made it, as they come:
   * `for await (const commit of graph.watch({ after: cursor })) …`. Keep `commit.cursor` with what you made of the commit,
   * and give it as `after` to go on, in any process, at any later time.
   * @throws GraphError INVALID_CURSOR, and while it is consumed CursorDivergedError, KnotworkError SNAPSHOT_TOO_OLD
   */
  watch(options: WatchOptions = {}): CommitWatch {
    this.#assertOpen();
    const { clock } = this.#context;
    const onEnd = (ended: CommitWatch): void => void this.#watches.delete(ended);
    const watch = new CommitWatch({ engine: this.#engine, clock, onEnd }, options);
    this.#watches.add(watch);
    return watch;
  }

  /** The seq of the newest commit; sees every commit acknowledged before the call. */
  async head(): Promise<number> {
    this.#assertOpen();
    return await this.#engine.head();
  }

  /**
   * What is known, at no cost, to be wrong with the newest commits: they cannot be read then, older ones can, and nothing is
   * written. `undefined` does not prove the store whole: see `check`.
   */
  damage(): KnotworkError | undefined {
    this.#assertOpen();
    return this.#engine.damage?.();
  }

  /** Proves the store: checksums, indexes against the log, dangling edges. */
  async check(): Promise<CheckReport> {
    this.#assertOpen();
    return await this.#engine.check();
  }

  /** Moves committed records from the log into history and indexes, where the engine has such. */
  async checkpoint(): Promise<void> {
    this.#assertOpen();
    await this.#engine.checkpoint();
  }

  /**
   * Copies the store, while it is in use, to `path`: durable on return, and proved unless told otherwise.
   * @throws KnotworkError STORE_EXISTS, FILE_EXISTS: something is there, nothing was changed
   */
  async backup(path: string, options: BackupOptions = {}): Promise<BackupReport> {
    return await this.#files().backup(path, options);
  }

  /** Drops old versions: see `CompactOptions`. Commits, their keys and results stay. */
  async compact(options: CompactOptions): Promise<CompactReport> {
    return await this.#files().compact(options);
  }

  /**
   * Removes the text of a deleted entity from every file of the store; ids, versions and commits stay. With `onlyOldVersions`
   * the entity may be alive, and its newest version is kept.
   * @throws GraphError NOT_DELETED, NOT_FOUND
   */
  async purge(id: string, options: PurgeOptions = {}): Promise<PurgeReport> {
    assertId(id);
    const files = this.#files();
    const [newest] = (await this.history(id)).slice(-1);
    assertPurgeable(id, newest, options);
    const report = await files.purge(id, options);
    this.cache.clear();
    return report;
  }

  /** Figures of the engine and the cache, for people. */
  async stats(): Promise<JsonObject> {
    this.#assertOpen();
    return { engine: await this.#engine.stats(), ...this.#caches.stats() };
  }

  /**
   * Closes the graph and its engine. Closing twice is harmless; other calls afterwards throw GRAPH_CLOSED. A snapshot, and a loop
   * that has begun, still answer, and hold the files they need until they are released or left.
   */
  async close(): Promise<void> {
    this.#closed ??= this.#close();
    await this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    this.#caches.close();
    for (const watch of this.#watches) await watch.return();
    await this.#engine.close();
  }

  #assertOpen(): void {
    if (this.#closed === undefined) return;
    throw new GraphError("GRAPH_CLOSED", "Cannot use the graph: it was closed", {
      hint: "Open it again with openGraph.",
    });
  }

  #files(): FileKeeping {
    this.#assertOpen();
    return filesOf(this.#engine);
  }

  async #run<T>(read: (reader: Reader) => Awaitable<T>): Promise<T> {
    this.#assertOpen();
    return await this.#engine.read((snapshot) => read(this.#reader(snapshot, this.cache)));
  }

  async #open(): Promise<OpenReader> {
    this.#assertOpen();
    const snapshot = await this.#engine.pin();
    return { reader: this.#reader(snapshot, this.cache), release: () => snapshot.release() };
  }

  #view(snapshot: EngineSnapshot, onRelease?: () => void): PinnedGraphSnapshot<Types> {
    const state = { snapshot, onRelease, get: (id: string) => this.cache.getOf(snapshot, id) };
    return new PinnedGraphSnapshot<Types>(state, this.#viewOptions(this.cache));
  }

  #viewOptions(cache: EntityCache | undefined): SnapshotOptions {
    return { clock: this.#context.clock, readerOf: (snapshot) => this.#reader(snapshot, cache) };
  }

  #reader(snapshot: EngineSnapshot, cache: EntityCache | undefined): Reader {
    // Neither knows the past: without the one, the other is of no use.
    const adjacency = cache === undefined ? undefined : this.#caches.adjacency;
    return new SnapshotReader(snapshot, { types: this.#types, cache, adjacency });
  }
}
