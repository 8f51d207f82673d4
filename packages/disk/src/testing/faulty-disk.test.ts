import { expect, test } from "vitest";
import { DiskError } from "../errors.ts";
import { writeFully } from "../write-fully.ts";
import { FaultyDisk } from "./faulty-disk.ts";
import { MemoryDisk } from "./memory-disk.ts";

function code(call: () => unknown): string | undefined {
  try {
    call();
  } catch (error) {
    if (error instanceof DiskError) return error.code;
    throw error;
  }
  return undefined;
}

test("the n-th call fails once, as a call that was never made", () => {
  const memory = new MemoryDisk();
  const disk = new FaultyDisk(memory.process("a"));
  disk.failAt({ call: 2, of: ["makeDirectory"], code: "EACCES" });
  expect(["/1", "/2", "/3"].map((path) => code(() => disk.makeDirectory(path)))).toEqual([
    undefined,
    "EACCES",
    undefined,
  ]);
  expect(disk.list("/")).toEqual(["1", "3"]);
});

test("a fault from here on goes on until it is healed", () => {
  const disk = new FaultyDisk(new MemoryDisk().process("a"));
  disk.failAt({ call: 2, code: "EIO", mode: "from-here-on" });
  expect(["/1", "/2", "/3"].map((path) => code(() => disk.makeDirectory(path)))).toEqual([undefined, "EIO", "EIO"]);
  disk.heal();
  expect(code(() => disk.makeDirectory("/4"))).toBeUndefined();
});

test("a fault may be chosen by what is called, calls on open files included", () => {
  const disk = new FaultyDisk(new MemoryDisk().process("a"));
  disk.failAt({ call: ({ call, path }) => call === "truncate" && path === "/b", code: "EIO" });
  const a = disk.open("/a", "create-new");
  const b = disk.open("/b", "create-new");
  a.truncate(1);
  expect(code(() => b.truncate(1))).toBe("EIO");
  b.truncate(1);
});

test("a scenario can be run again with each of its calls failing in turn", () => {
  const scenario = (disk: FaultyDisk): void => {
    const file = disk.open("/file", "create-new");
    try {
      writeFully(file, Buffer.from("abc"), 0);
      file.syncData();
    } finally {
      file.close();
    }
    disk.syncDirectory("/");
  };
  const healthy = new FaultyDisk(new MemoryDisk().process("a"));
  scenario(healthy);
  expect(healthy.callCount).toBe(5);
  for (let call = 1; call <= healthy.callCount; call += 1) {
    const disk = new FaultyDisk(new MemoryDisk().process("a"));
    disk.failAt({ call, code: "EIO" });
    expect(code(() => scenario(disk))).toBe("EIO");
  }
});

test("a short write writes what fits and reports no error", () => {
  const memory = new MemoryDisk();
  const disk = new FaultyDisk(memory.process("a"));
  const file = disk.open("/file", "create-new");
  disk.failAt({ call: 1, of: ["write"], code: "ENOSPC", shortBytes: 2 });
  expect(file.write(Buffer.from("abcdef"), 0)).toBe(2);
  expect(file.write(Buffer.from("cdef"), 2)).toBe(4);
  expect(Buffer.from(memory.files().get("/file") ?? []).toString()).toBe("abcdef");
});

test("a failed sync in front of a memory disk loses the data as a kernel does", async () => {
  const memory = new MemoryDisk();
  const disk = new FaultyDisk(memory.process("a"), { failSync: (path, errno) => memory.failNextSync(path, errno) });
  const file = disk.open("/file", "create-new");
  disk.syncDirectory("/");
  file.write(Buffer.from("lost"), 0);
  disk.failAt({ call: 1, of: ["syncData"], code: "EIO" });
  await expect(file.syncDataAsync()).rejects.toMatchObject({ code: "EIO" });
  file.syncData();
  expect(memory.crash().files().get("/file")).toEqual(new Uint8Array(0));
  expect(disk.counts.of({ call: "syncData", path: "/file" })).toBe(2);
});

test("a close that fails has closed", () => {
  const memory = new MemoryDisk();
  const disk = new FaultyDisk(memory.process("a"));
  const file = disk.open("/file", "create-new");
  file.tryLock("exclusive");
  disk.failAt({ call: 1, of: ["close"], code: "EIO" });
  expect(code(() => file.close())).toBe("EIO");
  expect(memory.process("b").open("/file", "read").tryLock("exclusive")).toBe(true);
});
