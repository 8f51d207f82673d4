import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Disk } from "./disk.ts";
import { DiskError } from "./errors.ts";
import { nodeDisk } from "./node-disk.ts";
import { nodeFollowsLinks } from "./testing/node-follows-links.ts";
import { describeDisk } from "./testing/disk-contract.ts";
import { writeFully } from "./write-fully.ts";

describeDisk("the real disk", () => {
  const directory = mkdtempSync(join(tmpdir(), "knotwork-disk-"));
  return {
    disk: nodeDisk(),
    other: nodeDisk(),
    directory,
    plantSymlink: (path, target) => symlinkSync(target, path),
    leaveFreeBytes: undefined,
    cleanUp: () => rmSync(directory, { recursive: true }),
  };
});

let directory: string;
let disk: Disk;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "knotwork-disk-"));
  disk = nodeDisk();
});
afterEach(() => rmSync(directory, { recursive: true }));

test.each([0o000, 0o022, 0o077])("files and directories get their mode whatever the umask (%i, decimal)", (umask) => {
  const before = process.umask(umask);
  try {
    disk.open(join(directory, "private"), "create-new").close();
    disk.open(join(directory, "shared"), "open-or-create", { mode: 0o660 }).close();
    disk.makeDirectory(join(directory, "dir"));
    disk.makeDirectory(join(directory, "dir-shared"), { mode: 0o770 });
  } finally {
    process.umask(before);
  }
  const modes = disk.list(directory).map((name) => [name, statSync(join(directory, name)).mode & 0o7777]);
  expect(Object.fromEntries(modes)).toEqual({ private: 0o600, shared: 0o660, dir: 0o700, "dir-shared": 0o770 });
});

test("a named pipe at a path is refused at once instead of hanging", () => {
  const path = join(directory, "pipe");
  execFileSync("mkfifo", [path]);
  expect(() => disk.open(path, "read")).toThrow(expect.objectContaining({ code: "EINVAL" }));
  expect(() => disk.open(path, "open-or-create")).toThrow(expect.objectContaining({ code: "EINVAL" }));
  expect(disk.stat(path)?.kind).toBe("other");
  const refuse = (): void => expect(() => disk.open(path, "read")).toThrow();
  expect(nodeFollowsLinks(directory, refuse)).toBe(true);
});

test("an error of the operating system keeps its cause", () => {
  let error: unknown;
  try {
    disk.unlink(join(directory, "absent"));
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(DiskError);
  expect((error as DiskError).cause).toMatchObject({ syscall: "unlink", code: "ENOENT" });
});

test("misuse is not dressed up as an operating error", () => {
  const file = disk.open(join(directory, "file"), "create-new");
  expect(() => file.truncate(1.5)).toThrow(RangeError);
  file.close();
});

test("locks that cannot be loaded give LOCKS_UNAVAILABLE with the commands that build them, and only when a lock is asked for", () => {
  const broken = nodeDisk({
    loadFlock: () => {
      throw new Error("Cannot find module './build/Release/fs_ext.node'");
    },
  });
  const file = broken.open(join(directory, "file"), "create-new");
  file.write(Buffer.from("works without locks"), 0);
  let error: unknown;
  try {
    file.tryLock("exclusive");
  } catch (caught) {
    error = caught;
  }
  file.close();
  expect(error).toMatchObject({
    code: "LOCKS_UNAVAILABLE",
    cause: { message: expect.stringContaining("fs_ext.node") },
  });
  expect((error as DiskError).hint).toContain("npx --yes pnpm@12.21.0 rebuild fs-ext");
  expect((error as DiskError).hint).toContain("npm approve-scripts fs-ext && npm rebuild fs-ext");
});

test("an error of flock other than 'busy' is thrown", () => {
  const failing = nodeDisk({
    loadFlock: () => () => {
      throw Object.assign(new Error("ENOLCK: no locks available, flock"), { code: "ENOLCK" });
    },
  });
  const file = failing.open(join(directory, "file"), "create-new");
  expect(() => file.tryLock("shared")).toThrow(expect.objectContaining({ code: "ENOLCK" }));
  expect(() => file.unlock()).toThrow(expect.objectContaining({ code: "ENOLCK" }));
  file.close();
});

test("what flock throws costs no stack trace, and the errors of others keep theirs", () => {
  let stack: string | undefined;
  const busy = nodeDisk({
    loadFlock: () => () => {
      const error = Object.assign(new Error("EAGAIN: busy"), { code: "EAGAIN" });
      ({ stack } = error);
      throw error;
    },
  });
  const file = busy.open(join(directory, "file"), "create-new");
  expect(file.tryLock("exclusive")).toBe(false);
  expect(stack).toBe("Error: EAGAIN: busy");
  expect(Error.stackTraceLimit).toBeGreaterThan(0);
  file.close();
});

test("the native addon is not loaded by opening, reading, writing or syncing", () => {
  let loads = 0;
  const counting = nodeDisk({
    loadFlock: () => {
      loads += 1;
      return () => undefined;
    },
  });
  const file = counting.open(join(directory, "file"), "create-new");
  writeFully(file, Buffer.from("abc"), 0);
  file.syncData();
  counting.syncDirectory(directory);
  expect(loads).toBe(0);
  file.tryLock("exclusive");
  file.unlock();
  expect(loads).toBe(1);
  file.close();
});

test("a write to a full tmpfs is short without an error, then fails with ENOSPC", (context) => {
  const mounted = mountTmpfs(directory, 64);
  if (!mounted) {
    context.skip("SKIPPED: a full tmpfs needs root and mount(8)");
    return;
  }
  try {
    const file = disk.open(join(directory, "file"), "create-new");
    const count = file.write(new Uint8Array(128 * 1024), 0);
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(128 * 1024);
    expect(() => file.write(new Uint8Array(4096), count)).toThrow(expect.objectContaining({ code: "ENOSPC" }));
    file.truncate(0);
    expect(() => writeFully(file, new Uint8Array(128 * 1024), 0)).toThrow(expect.objectContaining({ code: "ENOSPC" }));
    file.close();
    expect(disk.fileSystemType(directory)).toBe("1021994");
  } finally {
    execFileSync("umount", [directory]);
  }
});

test("a directory lock taken over by another is reported to its holder, who then releases nothing", async () => {
  const path = join(directory, "history.lock");
  const losses: Error[] = [];
  const impatient = nodeDisk({ directoryLockTiming: { updateMs: 1000, staleMs: 2000 } });
  const lock = await impatient.lockDirectory(path, { onLost: (cause) => losses.push(cause) });
  expect(lock?.held).toBe(true);
  // As after 10 s without a sign of life: the modification time is no longer the holder's.
  utimesSync(path, new Date(0), new Date(0));
  await expect.poll(() => losses.length, { timeout: 10_000 }).toBe(1);
  expect(lock?.held).toBe(false);
  expect(losses[0]).toMatchObject({ code: "LOCK_LOST" });
  await lock?.release();
  expect(disk.stat(path)).toBeDefined();
}, 30_000);

test("a stale directory lock is taken over", async () => {
  const path = join(directory, "history.lock");
  disk.makeDirectory(path);
  utimesSync(path, new Date(Date.now() - 31_000), new Date(Date.now() - 31_000));
  const lock = await disk.lockDirectory(path, { onLost: () => undefined });
  expect(lock?.held).toBe(true);
  await lock?.release();
});

test("a directory lock whose parent is missing gives ENOENT", async () => {
  await expect(
    disk.lockDirectory(join(directory, "absent", "history.lock"), { onLost: () => undefined }),
  ).rejects.toMatchObject({ code: "ENOENT" });
});

test("reading does not follow a link planted later", () => {
  writeFileSync(join(directory, "target"), "secret");
  symlinkSync(join(directory, "target"), join(directory, "link"));
  expect(() => disk.open(join(directory, "link"), "read")).toThrow(expect.objectContaining({ code: "ELOOP" }));
  expect(readFileSync(join(directory, "target"), "utf8")).toBe("secret");
});

function mountTmpfs(path: string, sizeKib: number): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${sizeKib}k`, "tmpfs", path], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
