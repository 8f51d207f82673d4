import { expect, test } from "vitest";
import { readWholeFile } from "./read-whole-file.ts";
import { MemoryDisk } from "./testing/memory-disk.ts";

test("what is appended after the file was opened is left out", () => {
  const memory = new MemoryDisk();
  const writer = memory.process("writer");
  writer.open("/log", "create-new").close();
  const log = writer.open("/log", "append");
  log.write(Buffer.from("before"));
  memory.onCall = ({ process, call }) => {
    if (process === "reader" && call === "read") log.write(Buffer.from(" after"));
  };
  expect(readWholeFile(memory.process("reader"), "/log")?.toString()).toBe("before");
});

test("the file is closed again, also when it cannot be read", () => {
  const memory = new MemoryDisk();
  const disk = memory.process("a");
  disk.open("/file", "create-new").close();
  memory.onCall = ({ call }) => {
    if (call === "read") throw new Error("stopped");
  };
  expect(() => readWholeFile(disk, "/file")).toThrow("stopped");
  expect(memory.counts.of({ call: "close" })).toBe(2);
});

test("a missing file is undefined, any other error is thrown", () => {
  const memory = new MemoryDisk();
  const disk = memory.process("a");
  disk.makeDirectory("/dir");
  expect(readWholeFile(disk, "/absent")).toBeUndefined();
  expect(readWholeFile(disk, "/dir/absent")).toBeUndefined();
  expect(() => readWholeFile(disk, "/dir")).toThrow(expect.objectContaining({ code: "EISDIR" }));
});
