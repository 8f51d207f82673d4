import { expect, test } from "vitest";
import { fileIdentity, isSameFile } from "./file-identity.ts";
import { MemoryDisk } from "./testing/memory-disk.ts";

test("a file keeps its identity under a new name; another file under its old name is not it", () => {
  const disk = new MemoryDisk().process("first");
  const file = disk.open("/one", "create-new");
  const identity = fileIdentity(file);
  disk.rename("/one", "/two");
  const other = disk.open("/one", "create-new");
  expect(isSameFile(fileIdentity(file), identity)).toBe(true);
  expect(isSameFile(fileIdentity(other), identity)).toBe(false);
});

test("the same inode on another device is another file", () => {
  expect(isSameFile({ dev: 1n, ino: 7n }, { dev: 2n, ino: 7n })).toBe(false);
  expect(isSameFile({ dev: 1n, ino: 7n }, { dev: 1n, ino: 7n })).toBe(true);
});
