/** Index runs rebuilt in memory from history, for a handle that may not write files. */
import type { Disk } from "@knotwork/disk";
import type { MemoryRun } from "@knotwork/indexer";
import { readHistoryRun } from "./history-run.ts";
import { IndexBuild } from "./index-build.ts";
import type { Manifest } from "./manifest.ts";
import type { StorePaths } from "./store-names.ts";

export function rebuildIndexInMemory(disk: Disk, paths: StorePaths, manifest: Manifest): MemoryRun {
  // Every version is seen in order, so the one before is always among those seen.
  const build = new IndexBuild({ definitions: manifest.definitions, versionBefore: () => undefined });
  for (const run of manifest.history) {
    for (const line of readHistoryRun(disk, paths.history(run.file), manifest.store)) build.add(line);
  }
  return build.takeMemoryRun();
}
