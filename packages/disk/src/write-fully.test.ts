import { expect, test } from "vitest";
import { FaultyDisk } from "./testing/faulty-disk.ts";
import { MemoryDisk } from "./testing/memory-disk.ts";
import { writeFully } from "./write-fully.ts";

test("a short write is an ENOSPC that tells how far it got, and is not retried", () => {
  const memory = new MemoryDisk();
  const disk = new FaultyDisk(memory.process("a"));
  const file = disk.open("/file", "create-new");
  disk.failAt({ call: 1, of: ["write"], code: "ENOSPC", shortBytes: 3 });
  expect(() => writeFully(file, Buffer.from("abcdef"), 0)).toThrow(
    expect.objectContaining({
      code: "ENOSPC",
      hint: "Free space on the device, then try again.",
      context: { path: "/file", writtenBytes: 3, wantedBytes: 6 },
    }),
  );
  expect(disk.counts.of({ call: "write" })).toBe(1);
});

test("all bytes are written at the position, or at the end of a file opened for appending", () => {
  const memory = new MemoryDisk();
  const disk = memory.process("a");
  const file = disk.open("/file", "create-new");
  writeFully(file, Buffer.from("abc"), 1);
  writeFully(disk.open("/file", "append"), Buffer.from("def"));
  expect(Buffer.from(memory.files().get("/file") ?? []).toString()).toBe("\0abcdef");
});
