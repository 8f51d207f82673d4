/** What the processes of one simulated machine share: the tree, the room on the disk, the hooks of the test. */
import { KnotworkError } from "../errors.ts";
import type { MemoryTree } from "./memory-tree.ts";
import type { MemoryWatches } from "./memory-watches.ts";
import type { DiskOperation } from "./operations.ts";

export interface MemoryMachine {
  readonly tree: MemoryTree;
  readonly fileSystemType: string | undefined;
  /** The directories that somebody watches. */
  readonly watches: MemoryWatches;
  /** Counts the call and shows it to the hooks of the test. */
  before(operation: DiskOperation): void;
  /** Waits as long as the test wants a sync to last. */
  duringSync(operation: DiskOperation): Promise<void>;
  /** How many bytes can still be stored. */
  freeBytes(): number;
  /** Takes the directory lock at an absolute path; `undefined` when it is taken. */
  takeDirectoryLock(holder: DirectoryLockHolder): boolean;
  dropDirectoryLock(holder: DirectoryLockHolder): void;
}

export interface DirectoryLockHolder {
  readonly process: string;
  readonly path: string;
  /** Called when somebody else took it over. */
  readonly lose: (cause: Error) => void;
}

/** Every call of a process that the test has killed ends with this: its code must not go on. */
export class ProcessKilledError extends KnotworkError {
  constructor(process: string) {
    super("PROCESS_KILLED", `Cannot go on: the simulated process "${process}" was killed`);
  }
}
