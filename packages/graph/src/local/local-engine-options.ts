/** What the local engine is opened with, and what it runs on. */
import type { Clock, Disk, Random } from "@knotwork/disk";
import type { Durability } from "../engine.ts";
import type { BuildThread } from "./checkpoint-thread.ts";
import type { StorePaths } from "./store-names.ts";

export interface LocalEngineOptions {
  /** The store's directory, `.knot` by custom. */
  readonly dir: string;
  readonly create?: boolean;
  readonly readOnly?: boolean;
  /** Level of reads: a paranoid handle shows only what is durable. Default balanced. */
  readonly durability?: Durability;
  /** Who declares indexes. */
  readonly author?: string;
  readonly disk?: Disk;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly lockTimeoutMs?: number;
  /** The log is moved into history when it passes this size. Default: what is replayed in 100 ms, 4 to 64 MiB. */
  readonly checkpointBytes?: number;
  /**
   * Whether checkpoints are built in a thread of their own, which commits do not wait for. By default on the real disk. `begin` begins
   * the thread; false: in this thread, between commits.
   */
  readonly checkpointThread?: boolean | { readonly begin: () => Promise<BuildThread> };
  /** Of a tail of the log longer than this only places are held in memory, and what is asked for is read again. Default 32 MiB. */
  readonly tailBytesMax?: number;
  /** Memory for blocks of index runs. Default 32 MiB: those that name the places of a million entities, and a little. */
  readonly blockCacheBytesMax?: number;
}

/** Everything outside the process that the engine touches. */
export interface Machine {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  readonly paths: StorePaths;
}
