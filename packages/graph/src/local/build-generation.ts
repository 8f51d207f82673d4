/** What a checkpoint builds: the files of the next generation, which nothing names yet. In this thread, or in another (`checkpoint-thread.ts`). */
import type { LogStart } from "@knotwork/wal";
import { CheckpointBuild } from "./checkpoint-build.ts";
import type { BuildOptions } from "./checkpoint-build.ts";
import type { FileMaker } from "./construction.ts";
import type { Manifest } from "./manifest.ts";

/** Plain data: it may be sent to another thread. */
export interface BuildTask {
  /** Where the log that is moved into history ends; the segments up to there are sealed. */
  readonly end: LogStart;
  /** Whether there is any such log. */
  readonly hasNew: boolean;
  /** The names of indexes declared since: what history there is gets entries for them. */
  readonly added: readonly string[];
  /** Build all index runs anew from history instead. */
  readonly rebuildIndex: boolean;
}

/** Gives the manifest that names what was built; the files belong to `construction`. */
export async function buildGeneration(
  options: BuildOptions,
  construction: FileMaker,
  { end, hasNew, added, rebuildIndex }: BuildTask,
): Promise<Manifest> {
  const build = new CheckpointBuild(options, construction);
  if (rebuildIndex) await build.rebuildIndex();
  else if (added.length > 0) await build.addIndexes(options.definitions.filter(({ name }) => added.includes(name)));
  if (hasNew) await build.addRecords(end);
  await build.mergeHistory();
  await build.mergeIndex();
  return build.manifest(end);
}
