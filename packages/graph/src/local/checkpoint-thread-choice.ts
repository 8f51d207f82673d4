/** Which thread builds a store's checkpoints. */
import { CheckpointThread } from "./checkpoint-thread.ts";
import type { LocalEngineOptions, Machine } from "./local-engine-options.ts";

/**
 * `undefined`: the one that commits. Sources that were not built have no program for another, and a disk that was given may be
 * none that another thread sees.
 */
export function checkpointThreadOf(options: LocalEngineOptions, { clock }: Machine): CheckpointThread | undefined {
  const { dir, disk, readOnly = false, checkpointThread: wanted = disk === undefined } = options;
  if (wanted === false || readOnly) return undefined;
  if (wanted !== true) return new CheckpointThread({ ...wanted, clock });
  if (!import.meta.url.endsWith(".js")) return undefined;
  return new CheckpointThread({
    begin: async () => (await import("./begin-checkpoint-thread.ts")).beginCheckpointThread(dir),
    clock,
  });
}
