import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type CrashState, enumerateCrashes } from "./crash-states.ts";
import { MemoryDisk } from "./memory-disk.ts";
import { seededRandom } from "./seeded-random.ts";

/** A log with "old" durable, to which `unsynced` was appended. */
function logWith(...unsynced: readonly (string | Uint8Array)[]): MemoryDisk {
  const memory = new MemoryDisk();
  const a = memory.process("a");
  const log = a.open("/log", "create-new");
  log.write(Buffer.from("old"), 0);
  log.syncData();
  log.close();
  a.syncDirectory("/");
  const appending = a.open("/log", "append");
  for (const bytes of unsynced) appending.write(Buffer.from(bytes));
  return memory;
}

function logOf({ disk }: CrashState): string | undefined {
  const bytes = disk.files().get("/log");
  return bytes === undefined ? undefined : Buffer.from(bytes).toString();
}

test("when everything is synced there is one state", () => {
  const states = [...enumerateCrashes(logWith())];
  expect(states.map(logOf)).toEqual(["old"]);
  expect(states[0]?.description).toBe("everything was synced");
});

test("the first state has nothing that was not synced, the second everything", () => {
  const states = [...enumerateCrashes(logWith("record-1", "record-2"))];
  expect(logOf(states[0] as CrashState)).toBe("old");
  expect(logOf(states[1] as CrashState)).toBe("oldrecord-1record-2");
});

test("one write may be absent, whole, cut at the first, the middle or the last byte, or only NULs", () => {
  const states = [...enumerateCrashes(logWith("12345678"))].map(logOf);
  const wanted = ["old", "old\0\0\0\0\0\0\0\0", "old1", "old1234", "old1234567", "old12345678"];
  expect(states).toHaveLength(wanted.length);
  expect(new Set(states)).toEqual(new Set(wanted));
});

test("a later write may survive an earlier one, which then is NULs", () => {
  const states = [...enumerateCrashes(logWith("1111", "2222"))].map(logOf);
  expect(states).toContain("old\0\0\0\x002222");
  expect(states).toContain("old11112222");
  expect(states).toContain("old1111");
  expect(new Set(states).size).toBe(states.length);
});

test("a write over several pages may lose its first page, or all but its first", () => {
  const bytes = new Uint8Array(3 * 4096).fill(0x78);
  const states = [...enumerateCrashes(logWith(bytes))].map((state) => logOf(state) ?? "");
  const kept = (text: string): number => text.replaceAll(/[^x]/g, "").length;
  const firstPage = 4096 - 3;
  expect(states.some((text) => kept(text) === firstPage && text.length === 3 + firstPage)).toBe(true);
  expect(states.some((text) => kept(text) === firstPage && text.length === 3 + bytes.length)).toBe(true);
  expect(states.some((text) => text[3] === "\0" && kept(text) === bytes.length - firstPage)).toBe(true);
});

test("a cut that was not synced may be undone", () => {
  const memory = logWith();
  memory.process("a").open("/log", "read-write").truncate(1);
  expect([...enumerateCrashes(memory)].map(logOf)).toEqual(["old", "o"]);
});

test("a name may be durable while its file has no bytes yet", () => {
  const memory = new MemoryDisk();
  const a = memory.process("a");
  a.open("/log", "create-new").write(Buffer.from("ab"), 0);
  a.syncDirectory("/");
  expect([...enumerateCrashes(memory)].map(logOf)).toEqual(["", "ab", "\0\0", "a"]);
});

function namesAfter(memory: MemoryDisk, model: "strict" | "ordered"): Set<string> {
  return new Set([...enumerateCrashes(memory, { model })].map(({ disk }) => [...disk.files().keys()].join(" ")));
}

test("the ordered model keeps a beginning of the changes of a directory, the strict one any of them", () => {
  const memory = new MemoryDisk();
  const a = memory.process("a");
  for (const path of ["/1", "/2", "/3"]) a.open(path, "create-new").close();
  expect(namesAfter(memory, "ordered")).toEqual(new Set(["", "/1", "/1 /2", "/1 /2 /3"]));
  expect(namesAfter(memory, "strict").size).toBe(8);
});

test("in the ordered model directories are independent of each other", () => {
  const memory = new MemoryDisk();
  const a = memory.process("a");
  for (const directory of ["/x", "/y"]) a.makeDirectory(directory);
  a.syncDirectory("/");
  a.open("/x/1", "create-new").close();
  a.open("/y/2", "create-new").close();
  expect(namesAfter(memory, "ordered")).toEqual(new Set(["", "/x/1", "/y/2", "/x/1 /y/2"]));
});

test("a directory whose name is lost takes what is in it along", () => {
  const memory = new MemoryDisk();
  const a = memory.process("a");
  a.makeDirectory("/dir");
  const file = a.open("/dir/file", "create-new");
  file.write(Buffer.from("x"), 0);
  file.syncData();
  a.syncDirectory("/dir");
  expect(namesAfter(memory, "strict")).toEqual(new Set(["", "/dir/file"]));
});

test("with more decisions than the limit: that many distinct states, nothing and everything first, always the same", () => {
  const memory = logWith(...Array.from({ length: 40 }, (_, index) => `record ${index}\n`));
  const once = [...enumerateCrashes(memory, { limit: 3000 })];
  const again = [...enumerateCrashes(memory, { limit: 3000 })];
  expect(once).toHaveLength(3000);
  expect(new Set(once.map((state) => state.hash)).size).toBe(3000);
  expect(again.map((state) => state.hash)).toEqual(once.map((state) => state.hash));
  expect(logOf(once[0] as CrashState)).toBe("old");
  expect(logOf(once[1] as CrashState)).toContain("record 39\n");
  // Every record is, in some state, the first one missing.
  const lengths = new Set(once.map((state) => logOf(state)?.indexOf("\0")));
  expect(lengths.size).toBeGreaterThan(40);
});

test("the hash says whether names and bytes are equal, whatever the history", () => {
  const memory = logWith("x");
  const other = logWith();
  expect(memory.hash).not.toBe(other.hash);
  other.process("b").open("/log", "append").write(Buffer.from("x"));
  expect(other.hash).toBe(memory.hash);
  other.process("b").rename("/log", "/gol");
  expect(other.hash).not.toBe(memory.hash);
});

test("a description names each thing that was decided, and how", () => {
  const memory = logWith("1234");
  memory.process("a").open("/new", "create-new").close();
  const [nothing, everything] = [...enumerateCrashes(memory)];
  expect(nothing?.description).toBe("/log: 4 bytes at 3: dropped\ncreate /new: dropped");
  expect(everything?.description).toBe("/log: 4 bytes at 3: kept\ncreate /new: kept");
});

test("a random crash is repeated by its seed, and is one that the model allows", () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const memory = logWith("1234", "5678");
      const allowed = new Set([...enumerateCrashes(memory)].map((state) => state.hash));
      const crashed = memory.crashRandomly(seededRandom(seed));
      expect(allowed).toContain(crashed.hash);
      expect(memory.crashRandomly(seededRandom(seed)).hash).toBe(crashed.hash);
    }),
  );
});

test("synced bytes survive every crash, whatever else was going on", () => {
  const step = fc.oneof(
    fc.record({ write: fc.string({ minLength: 1, maxLength: 6 }), file: fc.nat(2) }),
    fc.record({ sync: fc.nat(2) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), fc.nat(), (steps, seed) => {
      const memory = new MemoryDisk();
      const a = memory.process("a");
      const files = ["/0", "/1", "/2"].map((path) => {
        a.open(path, "create-new").close();
        return a.open(path, "append");
      });
      a.syncDirectory("/");
      const synced = ["", "", ""];
      const written = ["", "", ""];
      for (const made of steps) {
        if ("sync" in made) {
          files[made.sync]?.syncData();
          synced[made.sync] = written[made.sync] ?? "";
        } else {
          files[made.file]?.write(Buffer.from(made.write));
          written[made.file] += made.write;
        }
      }
      const left = memory.crashRandomly(seededRandom(seed)).files();
      for (const [index, sure] of synced.entries()) {
        expect(
          Buffer.from(left.get(`/${index}`) ?? [])
            .subarray(0, Buffer.byteLength(sure))
            .toString(),
        ).toBe(sure);
      }
    }),
  );
});
