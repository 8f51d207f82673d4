/** Opens a graph over a store directory, or over an engine of the caller's. */
import { machineClock } from "@knotwork/disk";
import type { Clock, Disk, Random } from "@knotwork/disk";
import { monotonicFactory } from "ulid";
import type { Durability, Engine } from "./engine.ts";
import { Graph } from "./graph.ts";
import type { TypeList } from "./type-definition.ts";
import { TypeRegistry } from "./type-registry.ts";

export interface OpenGraphOptions<Types extends TypeList = TypeList> {
  /** The store's directory. Not needed with `engine`. */
  readonly dir?: string;
  /** With types only these may be written, and edges of types spelled like DEPENDS_ON; without, any. */
  readonly types?: Types;
  /** Who commits. Default "unnamed". */
  readonly author?: string;
  /** When a commit is acknowledged. Default balanced: after a sync. */
  readonly durability?: Durability;
  /** Create the store if there is none. */
  readonly create?: boolean;
  readonly readOnly?: boolean;
  /** Memory for entities. Default 32 MiB; 0 keeps none. */
  readonly cacheBytesMax?: number;
  /** How long a commit may wait for the lock. Default 5,000. */
  readonly lockTimeoutMs?: number;
  /** The log is moved into history when it passes this size. Default 8 MiB. */
  readonly checkpointBytes?: number;
  readonly engine?: Engine;
  readonly disk?: Disk;
  readonly clock?: Clock;
  readonly random?: Random;
}

const CACHE_BYTES = 32 * 1024 * 1024;

/**
 * @throws StoreError STORE_NOT_FOUND (without `create`), STORE_DAMAGED; TypeError without `dir` and `engine`
 */
export async function openGraph<const Types extends TypeList = TypeList>(
  options: OpenGraphOptions<Types>,
): Promise<Graph<Types>> {
  const { author = "unnamed", durability = "balanced", cacheBytesMax = CACHE_BYTES } = options;
  const clock = options.clock ?? machineClock();
  const random = options.random ?? Math.random;
  const types = new TypeRegistry(options.types);
  const engine = options.engine ?? (await openStore(options));
  try {
    if (types.indexes.length > 0) await engine.define(types.indexes);
  } catch (error) {
    await engine.close();
    throw error;
  }
  const ulid = monotonicFactory(random);
  return new Graph<Types>({
    engine,
    types,
    clock,
    random,
    author,
    durability,
    cacheBytesMax,
    newUlid: () => ulid(clock.nowMs()),
  });
}

async function openStore(options: OpenGraphOptions): Promise<Engine> {
  const { dir, engine: _engine, types: _types, cacheBytesMax: _cache, ...rest } = options;
  if (dir === undefined) throw new TypeError("Cannot open graph: give `dir`");
  const { openLocalEngine } = await import("./local/open-local-engine.ts");
  return openLocalEngine({ dir, ...rest });
}
