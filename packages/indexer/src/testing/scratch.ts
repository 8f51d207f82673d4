import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeDisk } from "@knotwork/disk";
import { onTestFinished } from "vitest";

/** A new directory, removed with the files in it when the test ends. */
export function scratchDirectory(): string {
  const disk = nodeDisk();
  const path = join(tmpdir(), `knot-indexer-${randomUUID()}`);
  disk.makeDirectory(path);
  onTestFinished(() => {
    for (const name of disk.list(path)) disk.unlink(join(path, name));
    disk.removeDirectory(path);
  });
  return path;
}
