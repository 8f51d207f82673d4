/** Opens a graph: over a local store, or over any engine given. */
import { type Clock, type Disk, machineClock, type Random } from "@knotwork/disk";
import type { Durability, Engine } from "./engine.ts";
import { Graph } from "./graph.ts";
import type { TypeList } from "./type-definition.ts";
import { TypeRegistry } from "./type-registry.ts";

export interface OpenGraphOptions<Types extends TypeList = TypeList> {
  /** The directory of a local store, `.knot` by custom. Needed unless `engine` is given. */
  readonly dir?: string;
  /** Another engine. It is closed with the graph. */
  readonly engine?: Engine;
  /** The types of nodes and edges. With none, every type name and every JSON object is taken. */
  readonly types?: Types;
  /** Who commits. Default "anonymous". */
  readonly author?: string;
  /** When a commit is acknowledged, unless a transaction says otherwise. Default "balanced": durable. */
  readonly durability?: Durability;
  /** Create the store when there is none. */
  readonly create?: boolean;
  readonly readOnly?: boolean;
  /** Memory for entities. Default 64 MiB; 0 caches none. */
  readonly cacheBytesMax?: number;
  /** Memory for lists of neighbours, which traversals share. Default 64 MiB; 0 keeps none. */
  readonly adjacencyBytesMax?: number;
  readonly lockTimeoutMs?: number;
  /** The log is moved into history when it passes this size, or a quarter more where a thread has to begin first. */
  readonly checkpointBytes?: number;
  /**
   * Whether the log is moved into history in a thread of its own, which commits do not wait for. It takes 20 to 40 MB while it works, and ends
   * after a minute without work. Default: on the real disk.
   */
  readonly checkpointThread?: boolean;
  readonly disk?: Disk;
  readonly clock?: Clock;
  /** Numbers in [0, 1) for ids and for spreading repetitions; never for secrets. */
  readonly random?: Random;
}

const cacheBytesMaxDefault = 64 * 1024 * 1024;
const adjacencyBytesMaxDefault = 64 * 1024 * 1024;

/**
 * Opens a graph. Close it when done.
 * @throws TypeError for options that make no sense; KnotworkError STORE_NOT_FOUND, STORE_DAMAGED, LOCK_TIMEOUT …
 */
export async function openGraph<const Types extends TypeList = TypeList>(
  options: OpenGraphOptions<Types>,
): Promise<Graph<Types>> {
  const {
    types,
    clock = machineClock(),
    random = Math.random,
    author = "anonymous",
    durability = "balanced",
  } = options;
  const { indexes } = new TypeRegistry(types);
  const engine = options.engine ?? (await openLocal({ ...options, clock, random, author }));
  try {
    if (!engine.readOnly && indexes.length > 0) await engine.define(indexes);
    const { cacheBytesMax = cacheBytesMaxDefault, adjacencyBytesMax = adjacencyBytesMaxDefault } = options;
    return new Graph<Types>({ engine, types, clock, random, author, durability, cacheBytesMax, adjacencyBytesMax });
  } catch (error) {
    await engine.close();
    throw error;
  }
}

async function openLocal({
  dir,
  create,
  readOnly,
  durability,
  author,
  disk,
  clock,
  random,
  lockTimeoutMs,
  checkpointBytes,
  checkpointThread,
}: OpenGraphOptions): Promise<Engine> {
  if (dir === undefined) throw new TypeError("Cannot open a graph: neither dir nor engine is given");
  // Loaded only when needed: other engines do without.
  const { openLocalEngine } = await import("./local/open-local-engine.ts");
  return await openLocalEngine({
    dir,
    ...(create === undefined ? {} : { create }),
    ...(readOnly === undefined ? {} : { readOnly }),
    ...(durability === undefined ? {} : { durability }),
    ...(author === undefined ? {} : { author }),
    ...(disk === undefined ? {} : { disk }),
    ...(clock === undefined ? {} : { clock }),
    ...(random === undefined ? {} : { random }),
    ...(lockTimeoutMs === undefined ? {} : { lockTimeoutMs }),
    ...(checkpointBytes === undefined ? {} : { checkpointBytes }),
    ...(checkpointThread === undefined ? {} : { checkpointThread }),
  });
}
