/** Reading and writing the bytes of open files. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { isDiskError } from "../../errors.ts";
import { readWholeFile } from "../../read-whole-file.ts";
import { writeFully } from "../../write-fully.ts";
import { codeOf, type DiskUnderTest, errorOf, textAt, writeNew } from "./disk-under-test.ts";

export function describeReadingAndWriting(under: () => DiskUnderTest): void {
  test("what is written at a position is read back, by another process too, and gaps are zero", () => {
    const { disk, other, directory } = under();
    const path = join(directory, "file");
    const file = disk.open(path, "create-new");
    expect(file.write(Buffer.from("abc"), 5)).toBe(3);
    expect(file.write(Buffer.from("xy"), 1)).toBe(2);
    expect(textAt(other, path)).toBe("\0xy\0\0abc");
    file.close();
  });

  test("a read is short only at the end of the file, and fills the buffer at its offset", () => {
    const { disk, directory } = under();
    const path = join(directory, "file");
    writeNew(disk, path, "0123456789");
    const file = disk.open(path, "read");
    const buffer = new Uint8Array(8).fill(0x2d);
    expect(file.read(buffer, 2, 4, 3)).toBe(4);
    expect(Buffer.from(buffer).toString()).toBe("--3456--");
    expect(file.read(buffer, 0, 8, 7)).toBe(3);
    expect(file.read(buffer, 0, 8, 10)).toBe(0);
    expect(file.read(buffer, 0, 8, 999)).toBe(0);
    file.close();
  });

  test("appends go to the current end, whoever wrote it", () => {
    const { disk, other, directory } = under();
    const path = join(directory, "log");
    writeNew(disk, path, "one\n");
    const first = disk.open(path, "append");
    const second = other.open(path, "append");
    first.write(Buffer.from("two\n"));
    second.write(Buffer.from("three\n"));
    first.write(Buffer.from("four\n"));
    expect(textAt(disk, path)).toBe("one\ntwo\nthree\nfour\n");
    const buffer = new Uint8Array(3);
    expect(second.read(buffer, 0, 3, 4)).toBe(3);
    expect(Buffer.from(buffer).toString()).toBe("two");
    first.close();
    second.close();
  });

  test("a position is needed except when appending, where there can be none", () => {
    const { disk, directory } = under();
    const path = join(directory, "file");
    const file = disk.open(path, "create-new");
    expect(() => file.write(Buffer.from("a"))).toThrow(TypeError);
    file.close();
    const log = disk.open(path, "append");
    expect(() => log.write(Buffer.from("a"), 0)).toThrow(TypeError);
    log.close();
    expect(textAt(disk, path)).toBe("");
  });
}

export function describeSizes(under: () => DiskUnderTest): void {
  test("a file opened for reading cannot be written, but it can be synced and locked", async () => {
    const { disk, directory } = under();
    const path = join(directory, "file");
    writeNew(disk, path, "abc");
    const file = disk.open(path, "read");
    expect(codeOf(() => file.write(Buffer.from("x"), 0))).toBe("EBADF");
    expect(codeOf(() => file.truncate(0))).toBe("EINVAL");
    file.syncData();
    await file.syncDataAsync();
    expect(file.tryLock("shared")).toBe(true);
    file.close();
    expect(textAt(disk, path)).toBe("abc");
  });

  test("truncate cuts, or fills with zeros", () => {
    const { disk, directory } = under();
    const path = join(directory, "file");
    const file = disk.open(path, "create-new");
    file.write(Buffer.from("abcdef"), 0);
    file.truncate(2);
    expect(textAt(disk, path)).toBe("ab");
    file.truncate(4);
    expect(textAt(disk, path)).toBe("ab\0\0");
    file.close();
  });

  test("a write to a disk with little room is short without an error, and fails when not one byte fits", (context) => {
    const { disk, directory, leaveFreeBytes } = under();
    if (leaveFreeBytes === undefined) {
      context.skip("SKIPPED: this disk cannot be filled here; the tmpfs test does it");
      return;
    }
    const path = join(directory, "file");
    const file = disk.open(path, "create-new");
    leaveFreeBytes(10);
    expect(file.write(new Uint8Array(16), 0)).toBe(10);
    expect(codeOf(() => file.write(new Uint8Array(1), 10))).toBe("ENOSPC");
    expect(file.write(Buffer.from("over"), 0)).toBe(4);
    file.truncate(4);
    const error = errorOf(() => writeFully(file, new Uint8Array(16), 4));
    expect(isDiskError(error, "ENOSPC")).toBe(true);
    expect(error?.context).toMatchObject({ writtenBytes: 6, wantedBytes: 16 });
    file.close();
  });

  test("readWholeFile gives the bytes, or undefined when there is no file", () => {
    const { disk, directory } = under();
    const path = join(directory, "file");
    expect(readWholeFile(disk, path)).toBeUndefined();
    writeNew(disk, path, "whole");
    expect(readWholeFile(disk, path)?.toString()).toBe("whole");
  });
}
