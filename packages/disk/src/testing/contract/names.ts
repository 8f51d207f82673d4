/** Names of files: looking, removing, renaming. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { codeOf, type DiskUnderTest, textAt, textOf, writeNew } from "./disk-under-test.ts";

export function describeLooking(under: () => DiskUnderTest): void {
  test("stat tells the kind, size and identity of what is there, and undefined of what is not", () => {
    const { disk, other, directory, plantSymlink } = under();
    const path = join(directory, "file");
    writeNew(disk, path, "abc");
    plantSymlink(join(directory, "link"), path);
    const file = other.open(path, "read");
    expect(disk.stat(path)).toEqual(file.stat());
    file.close();
    expect(disk.stat(path)).toMatchObject({ kind: "file", sizeBytes: 3, linkCount: 1 });
    expect(disk.stat(directory)).toMatchObject({ kind: "directory" });
    expect(disk.stat(join(directory, "link"))).toMatchObject({ kind: "symlink" });
    expect(disk.stat(join(directory, "absent"))).toBeUndefined();
    expect(disk.stat(join(directory, "absent", "below"))).toBeUndefined();
    expect(disk.stat(join(path, "below"))).toBeUndefined();
  });

  test("files that exist together differ in inode", () => {
    const { disk, directory } = under();
    const names = ["a", "b", "c", "d"];
    for (const name of names) writeNew(disk, join(directory, name), name);
    expect(new Set(names.map((name) => disk.stat(join(directory, name))?.ino)).size).toBe(names.length);
  });

  test("a read at the end of a file tells at once whether anybody appended, and of a file without a name too", () => {
    const { disk, other, directory } = under();
    const path = join(directory, "log");
    writeNew(disk, path, "one\n");
    const reader = disk.open(path, "append");
    const writer = other.open(path, "append");
    const byte = new Uint8Array(1);
    expect(reader.read(byte, 0, 1, 4)).toBe(0);
    writer.write(Buffer.from("t"));
    expect(reader.read(byte, 0, 1, 4)).toBe(1);
    other.unlink(path);
    expect(reader.read(byte, 0, 1, 5)).toBe(0);
    writer.write(Buffer.from("w"));
    expect(reader.read(byte, 0, 1, 5)).toBe(1);
    expect(Buffer.from(byte).toString()).toBe("w");
    reader.close();
    writer.close();
  });

  test("list gives all names sorted by code unit", () => {
    const { disk, directory } = under();
    for (const name of ["b", "a10", "a9", "B", "\u00E4", ".hidden"]) writeNew(disk, join(directory, name), "");
    disk.makeDirectory(join(directory, "c"));
    expect(disk.list(directory)).toEqual([".hidden", "B", "a10", "a9", "b", "c", "\u00E4"]);
    expect(codeOf(() => disk.list(join(directory, "absent")))).toBe("ENOENT");
    expect(codeOf(() => disk.list(join(directory, "b")))).toBe("ENOTDIR");
  });
}

export function describeRenaming(under: () => DiskUnderTest): void {
  test("an unlinked file can still be used by whoever has it open; its link count is 0", () => {
    const { disk, other, directory } = under();
    const path = join(directory, "file");
    writeNew(disk, path, "abc");
    const file = other.open(path, "append");
    disk.unlink(path);
    expect(file.stat().linkCount).toBe(0);
    expect(file.write(Buffer.from("def"))).toBe(3);
    expect(file.stat().sizeBytes).toBe(6);
    expect(other.stat(path)).toBeUndefined();
    file.close();
    expect(codeOf(() => disk.unlink(path))).toBe("ENOENT");
  });

  test("a rename replaces a file at once: the path names the new one, the old one has link count 0", () => {
    const { disk, other, directory } = under();
    const path = join(directory, "file");
    writeNew(disk, path, "old");
    writeNew(disk, join(directory, "new"), "new");
    const old = other.open(path, "read");
    const before = disk.stat(join(directory, "new"));
    disk.rename(join(directory, "new"), path);
    expect(textAt(other, path)).toBe("new");
    expect(disk.stat(path)).toEqual(before);
    expect(disk.stat(join(directory, "new"))).toBeUndefined();
    expect(old.stat().linkCount).toBe(0);
    expect(textOf(old)).toBe("old");
    old.close();
  });

  test("a rename may move a file to another directory", () => {
    const { disk, directory } = under();
    disk.makeDirectory(join(directory, "to"));
    writeNew(disk, join(directory, "file"), "abc");
    disk.rename(join(directory, "file"), join(directory, "to", "file"));
    expect(disk.list(directory)).toEqual(["to"]);
    expect(textAt(disk, join(directory, "to", "file"))).toBe("abc");
  });

  test("a rename of nothing, or onto a directory, is refused", () => {
    const { disk, directory } = under();
    disk.makeDirectory(join(directory, "dir"));
    writeNew(disk, join(directory, "file"), "abc");
    expect(codeOf(() => disk.rename(join(directory, "absent"), join(directory, "file")))).toBe("ENOENT");
    expect(codeOf(() => disk.rename(join(directory, "file"), join(directory, "dir")))).toBe("EISDIR");
    expect(textAt(disk, join(directory, "file"))).toBe("abc");
  });
}
