/** Real file systems of a chosen size, or on blocks that fail, for tests that may mount. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface SmallDisk {
  readonly dir: string;
  /** Changes its size. */
  resize(kibibytes: number): void;
  remove(): void;
}

/** A tmpfs of so many KiB. */
export function smallDisk(kibibytes: number): SmallDisk {
  const dir = mkdtempSync(join(tmpdir(), "knotwork-small-"));
  run("mount", "-t", "tmpfs", "-o", `size=${kibibytes}k`, "tmpfs", dir);
  return {
    dir,
    resize: (size) => run("mount", "-o", `remount,size=${size}k`, dir),
    remove: () => {
      run("umount", dir);
      rmSync(dir, { recursive: true });
    },
  };
}

export interface FailingDisk {
  /** In an ext4 file system. */
  readonly dir: string;
  /** From now on blocks that were never written cannot be written: what is written to the cache fails at its sync. */
  breakBlocks(): void;
  /** They can be written again. */
  mendBlocks(): void;
  /** Unmounts and mounts again: what is in no block is gone. */
  remount(): void;
  remove(): void;
}

/**
 * An ext4 file system in a sparse image whose own disk can be filled up. With a journal it gives up and turns read-only until it
 * is mounted again; without one it goes on.
 */
export function failingDisk({ journal }: { readonly journal: boolean }): FailingDisk {
  const root = mkdtempSync(join(tmpdir(), "knotwork-failing-"));
  const [outer, dir] = [join(root, "outer"), join(root, "inner")];
  for (const path of [outer, dir]) mkdirSync(path);
  run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", outer);
  const [image, ballast] = [join(outer, "image"), join(outer, "ballast")];
  run("truncate", "-s", "64M", image);
  run("mkfs.ext4", "-q", ...(journal ? [] : ["-O", "^has_journal"]), image);
  const mount = (): void => run("mount", "-o", "loop", image, dir);
  mount();
  return {
    dir,
    breakBlocks: () => fill(ballast),
    mendBlocks: () => rmSync(ballast),
    remount: () => {
      run("umount", dir);
      mount();
    },
    remove: () => {
      for (const path of [dir, outer]) run("umount", path);
      rmSync(root, { recursive: true });
    },
  };
}

/** Why such a disk cannot be made here; `undefined` when it can. Says so loudly: what is not run is not proved. */
export function whyNot(make: () => { remove(): void }): string | undefined {
  try {
    make().remove();
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.warn(`NOT RUN: tests on real disks that fill up or fail: ${reason}`);
    return reason;
  }
}

function fill(path: string): void {
  const block = Buffer.alloc(64 * 1024, "x");
  for (;;) {
    try {
      writeFileSync(path, block, { flag: "a" });
    } catch {
      return;
    }
  }
}

function run(program: string, ...programArguments: readonly string[]): void {
  execFileSync(program, programArguments, { stdio: ["ignore", "ignore", "pipe"] });
}
