/** A disk whose every sync takes longer: a small library, compiled here and loaded into every process of a row. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("slow-sync.c", import.meta.url));
export const SLOW_SYNC_MS = 2;

/**
 * The environment in which every sync takes `SLOW_SYNC_MS` longer, overlapping or one at a time in all processes; `undefined`
 * where there is no C compiler, or the library does not load.
 */
export function slowSyncEnvironment({ scratchDir, isSerial }) {
  const directory = join(scratchDir, "slow-sync");
  const library = join(directory, "slow-sync.so");
  if (!existsSync(library)) {
    mkdirSync(directory, { recursive: true });
    const { status, stderr } = spawnSync("cc", ["-O2", "-shared", "-fPIC", "-o", library, source, "-ldl"]);
    if (status !== 0) {
      console.error(`slow syncs: cannot compile ${source}: ${String(stderr ?? "no cc on the PATH").trim()}`);
      return undefined;
    }
  }
  return {
    LD_PRELOAD: library,
    BENCH_SYNC_MS: String(SLOW_SYNC_MS),
    BENCH_SYNC_SERIAL: isSerial ? join(directory, "turn") : "",
  };
}
