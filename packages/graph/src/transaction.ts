/**
 * One transaction: reads a snapshot and its own writes, collects what it read and wrote, and is over when the function
 * it was made for has returned. Nothing is written before the commit; a transaction that fails leaves no trace.
 *
 * Invariants:
 * - Writes take effect one after the other in the order they were called, also when they are not awaited; a read sees
 *   every write called before it.
 * - Every write is of an entity whose version in the snapshot was read (ENGINE I2), so a blind write cannot be lost.
 * - No edge dangles: `link` reads both ends, `delete` of a node reads all its edges and deletes them too.
 */
import type { Clock } from "@knotwork/disk";
import { chain } from "./awaitable.ts";
import { CallOrder } from "./call-order.ts";
import { ConflictError } from "./conflict-error.ts";
import type { Awaitable, ReadStamp, RecordedRange, Write } from "./engine.ts";
import type { Edge, Entity } from "./entity.ts";
import { type DraftVersion, draftToEntity, isEdge } from "./entity-view.ts";
import { GraphReads, type OpenReader, readEdges, type ReadSource } from "./graph-reads.ts";
import { assertId, edgeId } from "./index-keys.ts";
import { edgeInterval } from "./index-intervals.ts";
import { isJsonEqual, type JsonObject } from "./json.ts";
import type { Reader } from "./reader.ts";
import type { StorableCopy } from "./storable.ts";
import {
  alreadyExists,
  assertIndexable,
  assertTransactionSize,
  danglingEdge,
  notFound,
  readOnly,
} from "./transaction-errors.ts";
import type { TransactionReader } from "./transaction-reader.ts";
import type { InputOf, PropsOf, TypeList } from "./type-definition.ts";

export interface CreateOptions {
  /** Default: the type's prefix, "-" and a ULID. */
  readonly id?: string;
}

export interface UpdateOptions {
  /** Only if the entity is at this version now. */
  readonly ifVersion?: number;
  /** Names of props to remove. */
  readonly unset?: readonly string[];
}

export type DeleteOptions = Pick<UpdateOptions, "ifVersion">;

/** What a deletion took away. */
export interface Deletion {
  readonly entity: Entity;
  /** The edges that had the node as an end. */
  readonly edges: readonly Edge[];
}

export interface TransactionOptions {
  readonly reader: TransactionReader;
  readonly clock: Clock;
  readonly author: string;
  readonly readOnly: boolean;
  /** A new id for a type with this prefix. */
  readonly newId: (prefix: string) => string;
}

/** What stays the same in all versions of an entity. Both ends for edges only. */
interface Ends {
  readonly id: string;
  readonly type: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** What a transaction read and wrote. */
export interface TransactionEffects {
  readonly reads: ReadonlyMap<string, ReadStamp>;
  readonly ranges: readonly RecordedRange[];
  readonly writes: readonly Write[];
}

/**
 * Given to the function of `transact`. Entities that the transaction wrote show `seq` 0 and empty times: these exist only
 * after the commit. Every call throws TRANSACTION_OVER once the function has returned.
 */
export class Transaction<Types extends TypeList = TypeList> extends GraphReads<Types> {
  protected override readonly source: ReadSource;
  readonly #reader: TransactionReader;
  readonly #options: TransactionOptions;
  readonly #calls: CallOrder;

  constructor(options: TransactionOptions) {
    super();
    this.#reader = options.reader;
    this.#options = options;
    this.#calls = new CallOrder(() => this.#reader.assertActive());
    this.source = { clock: options.clock, run: (read) => this.#read(read), open: () => this.#open() };
  }

  /**
   * Creates a node. A deleted id may be used again; its versions go on counting.
   * @throws GraphError ALREADY_EXISTS, UNKNOWN_TYPE, INVALID_ID, INVALID_VALUE, LIMIT_EXCEEDED, READ_ONLY
   */
  create<Name extends string>(
    type: Name,
    props: InputOf<Types, Name>,
    options: CreateOptions = {},
  ): Promise<Entity<PropsOf<Types, Name>>> {
    return this.#write(() => {
      const { types } = this.#reader;
      types.assertNodeType(type);
      const id = options.id ?? this.#options.newId(types.idPrefixOf(type));
      assertId(id);
      return chain(types.validate(type, props), (copy) =>
        chain(this.#reader.get(id), (existing) => {
          if (existing !== undefined) throw alreadyExists(existing);
          return this.#put({ id, type }, copy) as Awaitable<Entity<PropsOf<Types, Name>>>;
        }),
      );
    });
  }

  /**
   * Sets some props of a node or edge, the others stay; null is stored as null. Gives the entity as it is then; one that
   * would not change gets no new version.
   * @throws GraphError NOT_FOUND, INVALID_VALUE, LIMIT_EXCEEDED, READ_ONLY; ConflictError when not at `ifVersion`
   */
  update(id: string, changes: object, options: UpdateOptions = {}): Promise<Entity> {
    return this.#write(() =>
      chain(this.#require(id, options), (entity) => this.#change(entity, changes, options.unset)),
    );
  }

  /**
   * Deletes a node with all its edges, or an edge.
   * @throws GraphError NOT_FOUND, READ_ONLY; ConflictError when not at `ifVersion`
   */
  delete(id: string, options: DeleteOptions = {}): Promise<Deletion> {
    return this.#write(async () => {
      const entity = await this.#require(id, options);
      const edges = isEdge(entity) ? [] : await this.#edgesOf(id);
      for (const edge of edges) await this.#remove(edge);
      await this.#remove(entity);
      return { entity, edges };
    });
  }

  /**
   * Makes the edge (from, type, to). One that is there already is given back, with `props` set on it if there are any.
   * @throws GraphError DANGLING_EDGE when an end is missing, WRONG_END when its type is; UNKNOWN_TYPE, INVALID_ID, INVALID_VALUE, READ_ONLY
   */
  link<Name extends string>(
    from: string,
    type: Name,
    to: string,
    props?: InputOf<Types, Name>,
  ): Promise<Edge<PropsOf<Types, Name>>> {
    return this.#write(() => {
      this.#reader.types.assertEdgeType(type);
      return chain(this.#requireEnd(type, from, "from"), () =>
        chain(this.#requireEnd(type, to, "to"), () => {
          const id = edgeId(from, type, to);
          return chain(this.#reader.get(id), (existing) => this.#join({ id, type, from, to }, existing, props));
        }),
      ) as Awaitable<Edge<PropsOf<Types, Name>>>;
    });
  }

  /** Deletes the edge (from, type, to) and gives what it was, or `undefined` when there is none. @throws GraphError READ_ONLY */
  unlink(from: string, type: string, to: string): Promise<Edge | undefined> {
    return this.#write(async () => {
      const edge = await this.#reader.get(edgeId(from, type, to));
      if (edge === undefined || !isEdge(edge)) return undefined;
      await this.#remove(edge);
      return edge;
    });
  }

  /**
   * Not for callers: waits for calls that were not awaited, ends the transaction, and gives what is to be committed.
   * @throws what the first failed call that was not awaited threw; GraphError LIMIT_EXCEEDED
   */
  async finish(): Promise<TransactionEffects> {
    await this.#calls.ended();
    this.#reader.end();
    const writes = [...this.#reader.draftsById.values()];
    assertTransactionSize(writes);
    return { reads: this.#reader.reads, ranges: this.#reader.ranges(), writes };
  }

  /** Not for callers: ends the transaction without effect. */
  abandon(): void {
    this.#reader.end();
    // The caller learns why the transaction failed; what its unawaited calls run into now is no news.
    this.#calls.ignore();
  }

  #read<T>(read: (reader: Reader) => Awaitable<T>): Promise<T> {
    return this.#calls.read(() => read(this.#reader));
  }

  async #open(): Promise<OpenReader> {
    this.#reader.assertActive();
    await this.#calls.writesEnded();
    return { reader: this.#reader.asItIs(), release: () => undefined };
  }

  #write<T>(write: () => Awaitable<T>): Promise<T> {
    return this.#calls.write(() => {
      if (this.#options.readOnly) throw readOnly();
      return write();
    });
  }

  /** Makes the edge, or sets `props` on the one that is there. */
  #join(ends: Ends, existing: Entity | undefined, props: object | undefined): Awaitable<Entity> {
    if (existing === undefined)
      return chain(this.#reader.types.validate(ends.type, props ?? {}), (copy) => this.#put(ends, copy));
    if (!isEdge(existing)) throw alreadyExists(existing);
    return props === undefined ? existing : this.#change(existing, props);
  }

  #change(entity: Entity, changes: object, unset: readonly string[] = []): Awaitable<Entity> {
    const { id, type } = entity;
    const merged: Record<string, unknown> = { ...entity.props, ...changes };
    for (const name of unset) delete merged[name];
    return chain(this.#reader.types.validate(type, merged), (copy) => {
      if (isJsonEqual(copy.value, entity.props)) return entity;
      return this.#put(isEdge(entity) ? { id, type, from: entity.from, to: entity.to } : { id, type }, copy);
    });
  }

  #put({ id, type, from, to }: Ends, { value: props, bytesMax }: StorableCopy<JsonObject>): Awaitable<Entity> {
    return chain(this.#reader.base(id), ({ stored, entity }) => {
      const own = this.#reader.draftsById.get(id);
      const createdAt = own === undefined ? entity?.createdAt : own.op === "put" ? own.createdAt : undefined;
      const draft: DraftVersion = {
        op: "put",
        id,
        type,
        version: (stored?.version ?? 0) + 1,
        createdAt,
        author: this.#options.author,
        from,
        to,
        props,
        bytesMax,
      };
      assertIndexable(draft, this.#reader.types.indexesOf(type));
      this.#reader.draftsById.set(id, draft);
      return draftToEntity(draft);
    });
  }

  async #remove(entity: Entity): Promise<void> {
    const { id, type } = entity;
    const { stored, entity: before } = await this.#reader.base(id);
    if (stored === undefined || before === undefined) {
      // Made by this transaction: nothing is left to write.
      this.#reader.draftsById.delete(id);
      return;
    }
    this.#reader.draftsById.set(id, {
      op: "delete",
      id,
      type,
      version: stored.version + 1,
      createdAt: stored.createdAt,
      author: this.#options.author,
      ...(isEdge(entity) ? { from: entity.from, to: entity.to } : {}),
      props: {},
      bytesMax: 2,
    });
  }

  async #edgesOf(id: string): Promise<readonly Edge[]> {
    const out = await readEdges(this.#reader, edgeInterval("out", id));
    const into = await readEdges(this.#reader, edgeInterval("in", id));
    return [...out, ...into.filter((edge) => edge.from !== id)];
  }

  #require(id: string, { ifVersion }: { readonly ifVersion?: number }): Awaitable<Entity> {
    assertId(id);
    return chain(this.#reader.get(id), (entity) => {
      if (entity === undefined) throw notFound(id);
      if (ifVersion !== undefined && ifVersion !== entity.version) {
        const conflict = { id, expectedVersion: ifVersion, actualVersion: entity.version };
        throw new ConflictError(conflict, { attempts: 1, retryable: false });
      }
      return entity;
    });
  }

  #requireEnd(type: string, id: string, name: "from" | "to"): Awaitable<void> {
    assertId(id, name);
    return chain(this.#reader.get(id), (end) => {
      if (end !== undefined && !isEdge(end)) return this.#reader.types.assertEnd(type, name, end);
      throw danglingEdge(id, name, end === undefined ? "there is no such node" : "it is an edge");
    });
  }
}
