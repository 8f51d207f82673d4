/**
 * Where a session works: a scratch store, and next to it a directory `<store>.session` for what is written down outside
 * the store. That directory marks the store as scratch, so a session may be run in it again; any other existing store or
 * directory with something in it is refused.
 */
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, sep } from "node:path";
import { type Disk, isDiskError, type Random, randomToken, writeFileAtomic } from "@knotwork/disk";
import { SessionUsageError } from "./session-arguments.ts";

export interface ScratchStore {
  readonly storeDir: string;
  /** Acknowledgements of the agents, outside the store. */
  readonly sessionDir: string;
  /** True when an earlier session worked here. */
  readonly existed: boolean;
}

const markName = "session.json";

/**
 * Makes the directories for a session; the store itself is created by opening it.
 * @throws SessionUsageError when `storeDir` is in use for anything but a session, or touches `input`.
 */
export function prepareScratchStore(options: {
  readonly disk: Disk;
  readonly random: Random;
  readonly storeDir: string | undefined;
  readonly input: string | undefined;
}): ScratchStore {
  const { disk, random, input } = options;
  const storeDir = options.storeDir ?? join(tmpdir(), `knotwork-session-${randomToken(random, 8)}`, "store");
  if (input !== undefined && overlap(storeDir, input)) {
    throw new SessionUsageError(`Cannot start: --store ${storeDir} touches INPUT ${input}. Name another directory.`);
  }
  const sessionDir = join(dirname(storeDir), `${basename(storeDir)}.session`);
  const existed = disk.stat(join(sessionDir, markName)) !== undefined;
  if (!existed) assertUnused(disk, storeDir);
  makeDirectories(disk, storeDir);
  makeDirectories(disk, sessionDir);
  if (!existed) {
    const mark = {
      scratchStore: storeDir,
      what: "acknowledgements of the agents of `npm start`, kept for the verifier",
    };
    writeFileAtomic(disk, join(sessionDir, markName), Buffer.from(`${JSON.stringify(mark)}\n`), { random });
  }
  return { storeDir, sessionDir, existed };
}

function assertUnused(disk: Disk, storeDir: string): void {
  const stat = disk.stat(storeDir);
  if (stat === undefined) return;
  if (stat.kind === "directory" && disk.list(storeDir).length === 0) return;
  throw new SessionUsageError(
    `Cannot start: --store ${storeDir} exists and is not the scratch store of a session. Name a new or empty directory.`,
  );
}

function overlap(one: string, other: string): boolean {
  return isInside(one, other) || isInside(other, one);
}

function isInside(inner: string, outer: string): boolean {
  const path = relative(outer, inner);
  return path === "" || (path !== ".." && !path.startsWith(`..${sep}`));
}

function makeDirectories(disk: Disk, path: string): void {
  if (disk.stat(path) !== undefined) return;
  makeDirectories(disk, dirname(path));
  try {
    disk.makeDirectory(path);
  } catch (error) {
    if (!isDiskError(error, "EEXIST")) throw error;
  }
}
