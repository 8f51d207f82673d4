import { MemoryDisk, seededRandom, TestClock } from "@knotwork/disk/testing";
import { expect, test } from "vitest";
import type { Engine, IndexDefinition } from "../engine.ts";
import { begin, commit, scanIds } from "../testing/conformance/subject.ts";
import { openLocalEngine } from "./open-local-engine.ts";

const BY_RANK: IndexDefinition = { name: "item/rank", type: "item", parts: [{ field: "rank" }] };
const INDEX = "/store/index";

interface Answers {
  readonly byType: readonly string[];
  readonly byRank: readonly string[];
  readonly edges: readonly string[];
  readonly versions: readonly number[];
  readonly known: unknown;
}

async function openOn(memory: MemoryDisk, process: string, readOnly = false, seed = 5): Promise<Engine> {
  const clock = new TestClock();
  const disk = memory.process(process);
  return openLocalEngine({ dir: "/store", disk, clock, random: seededRandom(seed), create: !readOnly, readOnly });
}

/** A store whose three generations left several index runs, closed. */
async function storeWithRuns(seed?: number): Promise<MemoryDisk> {
  const memory = new MemoryDisk();
  const engine = await openOn(memory, "writer", false, seed);
  await engine.define([BY_RANK]);
  for (let round = 0; round < 3; round += 1) {
    for (let count = 0; count < 4 - round; count += 1) {
      await commit(engine, async (tx) => {
        await tx.put(`item-${round}-${count}`, { rank: 10 * count + round });
        await tx.put("shared", { rank: round });
        await tx.link("shared", "TO", `item-${round}-${count}`);
      });
    }
    const tx = await begin(engine);
    await tx.put(`keyed-${round}`, { rank: 99 });
    await engine.commit(tx.request({ idempotency: { key: `key-${round}`, fingerprint: "f", result: round } }));
    await engine.checkpoint();
  }
  await engine.close();
  return memory;
}

async function answersOf(engine: Engine): Promise<Answers> {
  const known = await engine.findKey("key-0");
  return engine.read(async (snapshot) => ({
    byType: await scanIds(snapshot, { index: "type", lower: "", upper: undefined }),
    byRank: await scanIds(snapshot, { index: BY_RANK.name, lower: "", upper: undefined }),
    edges: await scanIds(snapshot, { index: "out", lower: "", upper: undefined }),
    versions: (await snapshot.history("shared")).map(({ version }) => version),
    known,
  }));
}

function change(memory: MemoryDisk, path: string, edit: (bytes: Buffer) => Uint8Array | undefined): void {
  const disk = memory.process("vandal");
  const bytes = edit(Buffer.from(memory.files().get(path) ?? []));
  if (bytes === undefined) {
    disk.unlink(path);
    return;
  }
  const file = disk.open(path, "read-write");
  file.truncate(0);
  file.write(bytes, 0);
  file.close();
}

const damages: readonly (readonly [string, (bytes: Buffer) => Uint8Array | undefined])[] = [
  ["deleted", () => undefined],
  ["emptied", () => new Uint8Array()],
  ["cut short", (bytes) => bytes.subarray(0, bytes.length - 7)],
  ["NULs", (bytes) => Buffer.alloc(bytes.length)],
  ["with one bit flipped at the start", (bytes) => flipped(bytes, 3)],
  ["with one bit flipped in the middle", (bytes) => flipped(bytes, bytes.length >> 1)],
  ["with one bit flipped at the end", (bytes) => flipped(bytes, bytes.length - 2)],
];

function flipped(bytes: Buffer, position: number): Buffer {
  bytes[position] = (bytes[position] ?? 0) ^ 0x10;
  return bytes;
}

for (const [what, edit] of damages) {
  test(`[W9] an index run that is ${what} costs no answer: a writer rebuilds it, a reader answers from memory`, async () => {
    const memory = await storeWithRuns();
    const sound = await openOn(memory, "sound");
    const expected = await answersOf(sound);
    expect(expected.versions).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(expected.known).toMatchObject({ result: 0 });
    await sound.close();
    const names = memory.process("vandal").list(INDEX);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      const copy = memory.crash({ choose: ({ options }) => options.length - 1 });
      change(copy, `${INDEX}/${name}`, edit);

      const reader = await openOn(copy, "reader", true);
      const before = copy.hash;
      expect(await answersOf(reader)).toEqual(expected);
      await reader.close();
      expect(copy.hash).toBe(before);

      const writer = await openOn(copy, "writer");
      expect(await answersOf(writer)).toEqual(expected);
      await writer.checkpoint();
      await writer.close();
      const after = await openOn(copy, "after");
      expect(await after.check()).toMatchObject({ ok: true, problems: [] });
      expect(await answersOf(after)).toEqual(expected);
      await after.close();
    }
  });
}

test("[W9] checkpoints of a process that only writes go on when they meet a damaged index run, and make it good", async () => {
  const memory = await storeWithRuns();
  for (const name of memory.process("vandal").list(INDEX)) {
    change(memory, `${INDEX}/${name}`, (bytes) => flipped(bytes, bytes.indexOf("\n") + 20));
  }
  const engine = await openOn(memory, "writer");
  for (let round = 0; round < 16; round += 1) {
    await commit(engine, async (tx) => tx.put(`new-${round}`, { rank: round }));
    await engine.checkpoint();
  }
  expect((await engine.check()).problems).toEqual([]);
  expect(engine.stats()).toMatchObject({ lastCheckpointError: null });
  await engine.close();
});

test("[W9] deleting every index run costs time, not data", async () => {
  const memory = await storeWithRuns();
  const sound = await openOn(memory, "sound");
  const expected = await answersOf(sound);
  await sound.close();
  for (const name of memory.process("vandal").list(INDEX)) memory.process("vandal").unlink(`${INDEX}/${name}`);
  const engine = await openOn(memory, "after");
  expect(await answersOf(engine)).toEqual(expected);
  await commit(engine, async (tx) => tx.put("one-more", { rank: 1 }));
  await engine.checkpoint();
  expect(await engine.check()).toMatchObject({ ok: true });
  await engine.close();
});

test("[W9] an index run of another store in the place of one is noticed and made good", async () => {
  const memory = await storeWithRuns();
  const sound = await openOn(memory, "sound");
  const expected = await answersOf(sound);
  await sound.close();
  const other = await storeWithRuns(6);
  const [name = ""] = memory.process("vandal").list(INDEX);
  const [foreign = ""] = other.process("vandal").list(INDEX);
  change(memory, `${INDEX}/${name}`, () => other.files().get(`${INDEX}/${foreign}`));
  const engine = await openOn(memory, "after");
  expect(await answersOf(engine)).toEqual(expected);
  await engine.checkpoint();
  expect((await engine.check()).problems).toEqual([]);
  await engine.close();
});
