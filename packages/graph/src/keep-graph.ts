/** What must hold before the files of an open graph are worked on. */
import type { Engine } from "./engine.ts";
import type { StoredVersion } from "./entity.ts";
import { GraphError } from "./graph-error.ts";
import type { FileKeeping, PurgeOptions } from "./keeping.ts";

/** @throws GraphError NOT_SUPPORTED for an engine that keeps no files */
export function filesOf({ files }: Engine): FileKeeping {
  if (files !== undefined) return files;
  throw new GraphError("NOT_SUPPORTED", "Cannot do this here: the engine of this graph keeps no files", {
    hint: "Use the means of that engine.",
  });
}

/** @throws GraphError NOT_FOUND, NOT_DELETED */
export function assertPurgeable(id: string, newest: StoredVersion | undefined, options: PurgeOptions): void {
  if (newest === undefined)
    throw new GraphError("NOT_FOUND", `Cannot purge "${id}": there never was one`, { context: { id } });
  if (newest.deleted || options.onlyOldVersions === true) return;
  throw new GraphError("NOT_DELETED", `Cannot purge "${id}": it is not deleted`, {
    hint: "Delete it first, or purge only its old versions.",
    context: { id, version: newest.version },
  });
}
