/** Directories, their sync, and their lock. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { codeOf, type DiskUnderTest, textAt, writeNew } from "./disk-under-test.ts";

export function describeDirectories(under: () => DiskUnderTest): void {
  test("a directory is made with mode 0700 or the one asked for, once, under a parent that exists", () => {
    const { disk, directory } = under();
    disk.makeDirectory(join(directory, "private"));
    disk.makeDirectory(join(directory, "shared"), { mode: 0o770 });
    expect(disk.stat(join(directory, "private"))).toMatchObject({ kind: "directory", mode: 0o700 });
    expect(disk.stat(join(directory, "shared"))).toMatchObject({ kind: "directory", mode: 0o770 });
    expect(codeOf(() => disk.makeDirectory(join(directory, "private")))).toBe("EEXIST");
    expect(codeOf(() => disk.makeDirectory(join(directory, "absent", "below")))).toBe("ENOENT");
  });

  test("only an empty directory can be removed, and not by unlink", () => {
    const { disk, directory } = under();
    const path = join(directory, "dir");
    disk.makeDirectory(path);
    writeNew(disk, join(path, "file"), "");
    expect(codeOf(() => disk.removeDirectory(path))).toBe("ENOTEMPTY");
    expect(["EISDIR", "EPERM"]).toContain(codeOf(() => disk.unlink(path)));
    disk.unlink(join(path, "file"));
    disk.removeDirectory(path);
    expect(disk.stat(path)).toBeUndefined();
    expect(codeOf(() => disk.removeDirectory(path))).toBe("ENOENT");
  });

  test("a directory can be synced, a missing one or a file cannot", () => {
    const { disk, directory } = under();
    disk.syncDirectory(directory);
    writeNew(disk, join(directory, "file"), "");
    expect(codeOf(() => disk.syncDirectory(join(directory, "absent")))).toBe("ENOENT");
    expect(codeOf(() => disk.syncDirectory(join(directory, "file")))).toBe("ENOTDIR");
  });

  test("realPath resolves links in every part", () => {
    const { disk, directory, plantSymlink } = under();
    const real = disk.realPath(directory);
    disk.makeDirectory(join(directory, "dir"));
    writeNew(disk, join(directory, "dir", "file"), "");
    plantSymlink(join(directory, "link"), join(directory, "dir"));
    plantSymlink(join(directory, "dir", "alias"), "file");
    expect(disk.realPath(join(directory, "link", "alias"))).toBe(join(real, "dir", "file"));
    expect(textAt(disk, join(directory, "link", "file"))).toBe("");
    expect(codeOf(() => disk.realPath(join(directory, "absent")))).toBe("ENOENT");
  });

  test("the type of the file system is lower-case hex, or unknown", () => {
    const { disk, directory } = under();
    const type = disk.fileSystemType(directory);
    if (type !== undefined) expect(type).toMatch(/^[0-9a-f]+$/);
    if (process.platform === "linux") expect(type).toBeDefined();
  });
}

export function describeDirectoryLock(under: () => DiskUnderTest): void {
  test("a directory lock has one holder, and can be taken again after its release", async () => {
    const { disk, other, directory } = under();
    const path = join(directory, "history.lock");
    const losses: Error[] = [];
    const onLost = (cause: Error): void => void losses.push(cause);
    const first = await disk.lockDirectory(path, { onLost });
    expect(first?.held).toBe(true);
    expect(disk.stat(path)).toMatchObject({ kind: "directory" });
    expect(await other.lockDirectory(path, { onLost })).toBeUndefined();
    await first?.release();
    await first?.release();
    expect(first?.held).toBe(false);
    expect(disk.stat(path)).toBeUndefined();
    const second = await other.lockDirectory(path, { onLost });
    expect(second?.held).toBe(true);
    await second?.release();
    expect(losses).toEqual([]);
  });
}
