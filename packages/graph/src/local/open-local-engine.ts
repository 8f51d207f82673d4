/** Opens the engine over a store directory, creating the store when asked. */
import { dirname } from "node:path";
import { machineClock, nodeDisk } from "@knotwork/disk";
import { ulid } from "ulid";
import type { Engine } from "../engine.ts";
import { isBackup } from "./backup-report.ts";
import { createStore } from "./create-store.ts";
import { LocalEngine } from "./local-engine.ts";
import type { LocalEngineOptions, Machine } from "./local-engine-options.ts";
import { StoreError } from "./store-error.ts";
import { readStoreHeader } from "./store-header.ts";
import { storePaths } from "./store-names.ts";

/**
 * Opens the store in `dir`.
 * @throws StoreError STORE_NOT_FOUND (without `create`), STORE_DAMAGED, FORMAT_UNKNOWN, READ_ONLY (a backup); WalError LOG_DAMAGED; DiskError
 */
export async function openLocalEngine(options: LocalEngineOptions): Promise<Engine> {
  const machine: Machine = {
    disk: options.disk ?? nodeDisk(),
    clock: options.clock ?? machineClock(),
    random: options.random ?? Math.random,
    paths: storePaths(options.dir),
  };
  const header = readStoreHeader(machine.disk, machine.paths) ?? (await createWhenAsked(options, machine));
  if (options.readOnly !== true && isBackup(machine.disk, options.dir)) throw backupIsReadOnly(options.dir);
  const engine = new LocalEngine(options, machine, header.store);
  try {
    engine.head();
    // Its creator may have died before the name of store.json was durable; nobody has relied on it yet.
    if (!engine.readOnly && engine.durableSeq === 0) machine.disk.syncDirectory(machine.paths.root);
  } catch (error) {
    await engine.close();
    throw error;
  }
  return engine;
}

/** It would no longer be what was backed up, and two stores would bear one id. */
function backupIsReadOnly(dir: string): StoreError {
  return new StoreError("READ_ONLY", `Cannot write to "${dir}": it is a backup`, {
    hint: "Restore it to another directory: knot backup restore BACKUP --to DIR. Reading it works.",
    context: { path: dir },
  });
}

async function createWhenAsked(options: LocalEngineOptions, machine: Machine): Promise<{ readonly store: string }> {
  if (options.create === true && options.readOnly !== true) {
    const { clock, random } = machine;
    const { lockTimeoutMs } = options;
    return createStore({
      ...machine,
      storeId: ulid(clock.nowMs(), random),
      ...(lockTimeoutMs === undefined ? {} : { lockTimeoutMs }),
    });
  }
  throw new StoreError("STORE_NOT_FOUND", `Cannot open store: there is none at "${options.dir}"`, {
    hint: "Create one with: knot init",
    context: { path: options.dir, parent: dirname(options.dir) },
  });
}
