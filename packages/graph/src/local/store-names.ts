/** Every path inside a store directory is built here, and nowhere else. */
import { join } from "node:path";

export interface StorePaths {
  readonly root: string;
  readonly header: string;
  readonly manifestPointer: string;
  readonly manifestDirectory: string;
  readonly walDirectory: string;
  readonly historyDirectory: string;
  readonly historyLock: string;
  readonly indexDirectory: string;
  readonly quarantineDirectory: string;
  manifest(name: string): string;
  history(name: string): string;
  index(name: string): string;
}

export function storePaths(root: string): StorePaths {
  const manifestDirectory = join(root, "manifest");
  const historyDirectory = join(root, "history");
  const indexDirectory = join(root, "index");
  return {
    root,
    header: join(root, "store.json"),
    manifestPointer: join(root, "MANIFEST.json"),
    manifestDirectory,
    walDirectory: join(root, "wal"),
    historyDirectory,
    historyLock: join(root, "history.lock"),
    indexDirectory,
    quarantineDirectory: join(root, "quarantine"),
    manifest: (name) => join(manifestDirectory, name),
    history: (name) => join(historyDirectory, name),
    index: (name) => join(indexDirectory, name),
  };
}
