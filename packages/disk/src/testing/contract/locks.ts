/** Kernel locks of open files. */
import { join } from "node:path";
import { expect, test } from "vitest";
import type { DiskFile } from "../../disk.ts";
import type { DiskUnderTest } from "./disk-under-test.ts";

export function describeGranting(under: () => DiskUnderTest): void {
  test.each([
    ["exclusive", "exclusive", false],
    ["exclusive", "shared", false],
    ["shared", "exclusive", false],
    ["shared", "shared", true],
  ] as const)("a lock held %s and one asked for %s by another open file: %s", (held, asked, isGranted) => {
    const [first, second] = openTwice(under());
    expect(first.tryLock(held)).toBe(true);
    expect(second.tryLock(asked)).toBe(isGranted);
    first.unlock();
    expect(second.tryLock(asked)).toBe(true);
    first.close();
    second.close();
  });

  test("two opens by one process are two owners", () => {
    const { disk, directory } = under();
    const first = disk.open(join(directory, "lock"), "open-or-create");
    const second = disk.open(join(directory, "lock"), "open-or-create");
    expect(first.tryLock("exclusive")).toBe(true);
    expect(second.tryLock("exclusive")).toBe(false);
    first.close();
    second.close();
  });

  test("taking a lock again is granted, with the other kind converts it", () => {
    const [first, second] = openTwice(under());
    expect(first.tryLock("exclusive")).toBe(true);
    expect(first.tryLock("exclusive")).toBe(true);
    expect(first.tryLock("shared")).toBe(true);
    expect(second.tryLock("shared")).toBe(true);
    second.unlock();
    expect(first.tryLock("exclusive")).toBe(true);
    expect(second.tryLock("shared")).toBe(false);
    first.close();
    second.close();
  });
}

export function describeFreeing(under: () => DiskUnderTest): void {
  test("a conversion that fails leaves the owner with no lock at all", () => {
    const [first, second] = openTwice(under());
    expect(first.tryLock("shared")).toBe(true);
    expect(second.tryLock("shared")).toBe(true);
    expect(first.tryLock("exclusive")).toBe(false);
    expect(second.tryLock("exclusive")).toBe(true);
    first.close();
    second.close();
  });

  test("close frees the lock; the close of another open of the same file does not", () => {
    const { disk, directory } = under();
    const [first, second] = openTwice(under());
    expect(first.tryLock("exclusive")).toBe(true);
    disk.open(join(directory, "lock"), "read").close();
    expect(second.tryLock("exclusive")).toBe(false);
    first.close();
    expect(second.tryLock("exclusive")).toBe(true);
    second.close();
  });

  test("a lock belongs to the file, not to the path", () => {
    const { disk, directory } = under();
    const [first, second] = openTwice(under());
    expect(first.tryLock("exclusive")).toBe(true);
    disk.unlink(join(directory, "lock"));
    const third = disk.open(join(directory, "lock"), "open-or-create");
    expect(third.tryLock("exclusive")).toBe(true);
    expect(second.tryLock("exclusive")).toBe(false);
    for (const file of [first, second, third]) file.close();
  });

  test("unlock without a lock does nothing", () => {
    const [first, second] = openTwice(under());
    first.unlock();
    expect(second.tryLock("exclusive")).toBe(true);
    first.unlock();
    expect(first.tryLock("shared")).toBe(false);
    first.close();
    second.close();
  });
}

function openTwice({ disk, other, directory }: DiskUnderTest): readonly [DiskFile, DiskFile] {
  const path = join(directory, "lock");
  return [disk.open(path, "open-or-create"), other.open(path, "open-or-create")];
}
