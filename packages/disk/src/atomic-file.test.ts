import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeFileAtomic } from "./atomic-file.ts";
import type { DiskError } from "./errors.ts";
import { nodeDisk } from "./node-disk.ts";
import { enumerateCrashes } from "./testing/crash-states.ts";
import { FaultyDisk } from "./testing/faulty-disk.ts";
import { MemoryDisk } from "./testing/memory-disk.ts";
import { seededRandom } from "./testing/seeded-random.ts";

const OLD = "the old content";
const NEW = "the new content, longer than the old";

/** A disk whose file /dir/file is durable with the old content. */
function diskWithOld(): MemoryDisk {
  const memory = new MemoryDisk();
  const disk = memory.process("setup");
  disk.makeDirectory("/dir");
  disk.syncDirectory("/");
  writeFileAtomic(disk, "/dir/file", Buffer.from(OLD), { random: seededRandom(1) });
  return memory;
}

function contentOf(memory: MemoryDisk): string | undefined {
  const bytes = memory.files().get("/dir/file");
  return bytes === undefined ? undefined : Buffer.from(bytes).toString();
}

test("on return the new content and its name are durable, and no temporary file is left", () => {
  const memory = diskWithOld();
  writeFileAtomic(memory.process("a"), "/dir/file", Buffer.from(NEW), { random: seededRandom(2) });
  for (const state of enumerateCrashes(memory)) expect(contentOf(state.disk)).toBe(NEW);
  expect([...memory.files().keys()]).toEqual(["/dir/file"]);
});

test.each(["strict", "ordered"] as const)(
  "whenever the power is cut (%s), the path names the old content or all of the new",
  (model) => {
    const memory = diskWithOld();
    const found = new Set<string | undefined>();
    let steps = 0;
    memory.onOperation = () => {
      steps += 1;
      for (const state of enumerateCrashes(memory, { model })) {
        const content = contentOf(state.disk);
        expect([OLD, NEW], state.description).toContain(content);
        found.add(content);
      }
    };
    writeFileAtomic(memory.process("a"), "/dir/file", Buffer.from(NEW), { random: seededRandom(2) });
    expect(steps).toBe(5);
    expect(found).toEqual(new Set([OLD, NEW]));
  },
);

test("whenever the process is killed, another one finds the old content or all of the new", () => {
  for (let step = 1; step <= 5; step += 1) {
    const memory = diskWithOld();
    let count = 0;
    memory.onOperation = ({ process }) => {
      count += 1;
      if (count === step) memory.kill(process);
    };
    const write = (): void =>
      writeFileAtomic(memory.process("a"), "/dir/file", Buffer.from(NEW), { random: seededRandom(2) });
    expect(write).toThrow("was killed");
    expect(contentOf(memory)).toBe(step < 5 ? OLD : NEW);
  }
});

test("whichever call fails, the error comes out, and before the rename the old file is untouched and nothing is left", () => {
  const healthy = new FaultyDisk(diskWithOld().process("a"));
  writeFileAtomic(healthy, "/dir/file", Buffer.from(NEW), { random: seededRandom(2) });
  expect(healthy.callCount).toBe(6);
  for (let call = 1; call <= healthy.callCount; call += 1) {
    const memory = diskWithOld();
    const disk = new FaultyDisk(memory.process("a"));
    disk.failAt({ call, code: "EIO" });
    const write = (): void => writeFileAtomic(disk, "/dir/file", Buffer.from(NEW), { random: seededRandom(2) });
    expect(write).toThrow(expect.objectContaining({ code: "EIO" }));
    expect([...memory.files().keys()]).toEqual(["/dir/file"]);
    expect(contentOf(memory)).toBe(call === healthy.callCount ? NEW : OLD);
  }
});

test("a full disk gives ENOSPC, the old file stays and the temporary one goes", () => {
  const memory = diskWithOld();
  memory.capacityBytes = OLD.length + 5;
  const write = (): void =>
    writeFileAtomic(memory.process("a"), "/dir/file", Buffer.from(NEW), { random: seededRandom(2) });
  expect(write).toThrow(expect.objectContaining({ code: "ENOSPC" }));
  expect([...memory.files().keys()]).toEqual(["/dir/file"]);
  expect(contentOf(memory)).toBe(OLD);
});

test("when the temporary file cannot be removed either, the first error says so and keeps its code", () => {
  const disk = new FaultyDisk(diskWithOld().process("a"));
  disk.failAt({ call: 1, of: ["syncData"], code: "EIO" });
  disk.failAt({ call: 1, of: ["unlink"], code: "EROFS" });
  let error: unknown;
  try {
    writeFileAtomic(disk, "/dir/file", Buffer.from(NEW), { random: seededRandom(2) });
  } catch (caught) {
    error = caught;
  }
  expect(error).toMatchObject({ code: "EIO", message: expect.stringContaining("stayed behind") });
  expect((error as DiskError).context["temporaryPath"]).toMatch(/^\/dir\/\.file\..{12}\.tmp$/);
});

test("a link planted at the temporary name is neither followed nor removed; another name is used", () => {
  const directory = mkdtempSync(join(tmpdir(), "knotwork-atomic-"));
  try {
    const victim = join(directory, "victim");
    writeFileSync(victim, "untouched");
    const planted = ".file.000000000000.tmp";
    symlinkSync(victim, join(directory, planted));
    const numbers = seededRandom(3);
    let count = 0;
    const zeroAtFirst = (): number => (count++ < 12 ? 0 : numbers());
    writeFileAtomic(nodeDisk(), join(directory, "file"), Buffer.from(NEW), { random: zeroAtFirst });
    expect(readFileSync(join(directory, "file"), "utf8")).toBe(NEW);
    expect(readFileSync(victim, "utf8")).toBe("untouched");
    expect(readdirSync(directory).toSorted()).toEqual([planted, "file", "victim"]);
    expect(statSync(join(directory, "file")).mode & 0o7777).toBe(0o600);
    const always = (): number => 0;
    const write = (): void =>
      writeFileAtomic(nodeDisk(), join(directory, "file"), Buffer.from(OLD), { random: always });
    expect(write).toThrow(expect.objectContaining({ code: "EEXIST" }));
    expect(readFileSync(join(directory, "file"), "utf8")).toBe(NEW);
    expect(readFileSync(victim, "utf8")).toBe("untouched");
  } finally {
    rmSync(directory, { recursive: true });
  }
});
