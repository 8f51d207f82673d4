import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decodeLockHolder, encodeLockHolder, readHolderNote, writeHolderNote } from "./lock-holder.ts";
import { FaultyDisk } from "./testing/faulty-disk.ts";
import { MemoryDisk } from "./testing/memory-disk.ts";

const HOLDER = { pid: 4711, host: "build-7", since: "2026-01-02T03:04:05.678Z" };

test("a note is always as long, so that one write replaces the one before", () => {
  fc.assert(
    fc.property(fc.nat(4_194_304), fc.string({ maxLength: 300, unit: "binary" }), (pid, host) => {
      const note = encodeLockHolder({ ...HOLDER, pid, host });
      expect(note.length).toBe(256);
      expect(decodeLockHolder(note)).toMatchObject({ pid, since: HOLDER.since });
    }),
  );
});

test("a plain host name is read back as it is, control characters are not", () => {
  expect(decodeLockHolder(encodeLockHolder(HOLDER))).toEqual(HOLDER);
  const quoted = { ...HOLDER, host: 'a"b\\c' };
  expect(decodeLockHolder(encodeLockHolder(quoted))).toEqual(quoted);
  expect(decodeLockHolder(encodeLockHolder({ ...HOLDER, host: "a\u001B[31mb" }))?.host).toBe("a?[31mb");
});

test("two notes torn into one are not believed", () => {
  const first = encodeLockHolder(HOLDER);
  const second = encodeLockHolder({ ...HOLDER, pid: 1234, host: "other-9" });
  for (let cut = 0; cut < first.length; cut += 1) {
    const torn = Buffer.concat([first.subarray(0, cut), second.subarray(cut)]);
    const holder = decodeLockHolder(torn);
    if (holder !== undefined) expect([first, second].map((note) => Buffer.compare(note, torn))).toContain(0);
  }
});

test("an empty, missing or foreign note names nobody", () => {
  const memory = new MemoryDisk();
  const disk = memory.process("a");
  expect(readHolderNote(disk, "/holder")).toBeUndefined();
  const file = disk.open("/holder", "create-new");
  expect(readHolderNote(disk, "/holder")).toBeUndefined();
  file.write(Buffer.from("{}\n"), 0);
  expect(readHolderNote(disk, "/holder")).toBeUndefined();
  writeHolderNote(file, encodeLockHolder(HOLDER));
  expect(readHolderNote(disk, "/holder")).toEqual(HOLDER);
});

test("a note that cannot be written or read is no error", () => {
  const disk = new FaultyDisk(new MemoryDisk().process("a"));
  const file = disk.open("/holder", "create-new");
  disk.failAt({ call: 1, of: ["write"], code: "ENOSPC" });
  writeHolderNote(file, encodeLockHolder(HOLDER));
  disk.failAt({ call: ({ path }) => path === "/holder", code: "EACCES", mode: "from-here-on" });
  expect(readHolderNote(disk, "/holder")).toBeUndefined();
});
