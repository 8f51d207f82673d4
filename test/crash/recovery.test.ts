import type { MemoryDisk } from "@knotwork/disk/testing";
import { expect, test } from "vitest";
import { contentHash, crashImages, proveImages, storeDir, World } from "./crash-workload.ts";
import { createdWorld } from "./created-world.ts";
import { readPairs, recover } from "./pair-commits.ts";
import { sized } from "../prove/figures.ts";

const segment = `${storeDir}/wal/0000000000000001.jsonl`;
const quarantine = `${storeDir}/quarantine/`;

interface Tail {
  readonly title: string;
  /** What stands behind the last durable record. `records` are two whole ones that could have stood there. */
  readonly bytes: (records: readonly [Buffer, Buffer]) => Buffer;
}

/** Records cut off after so many of sixty parts, and as many whole NUL pages: at full size only. */
const moreTails: readonly Tail[] = Array.from({ length: sized(0, 59) }, (_, part) => part + 1).flatMap((part) => [
  { title: `${part} of 60 parts of a record`, bytes: ([record]) => record.subarray(0, (record.length * part) / 60) },
  { title: `${part * 512} NULs`, bytes: () => Buffer.alloc(part * 512) },
]);

const tails: readonly Tail[] = [
  { title: "a torn record", bytes: ([record]) => record.subarray(0, record.length >> 1) },
  { title: "a record without its line feed", bytes: ([record]) => record.subarray(0, -1) },
  { title: "one byte", bytes: ([record]) => record.subarray(0, 1) },
  { title: "a page of NULs", bytes: () => Buffer.alloc(4096) },
  {
    title: "NULs for a lost page, before a whole record that came through",
    bytes: ([first, second]) => Buffer.concat([Buffer.alloc(first.length), second]),
  },
  {
    title: "a record with one bad byte, before a whole one",
    bytes: ([first, second]) => Buffer.concat([withFlippedByte(first, 40), second]),
  },
  ...moreTails,
];

for (const { title, bytes } of tails) {
  test(`[W6] [T11] ${title} at the end of the log is kept in quarantine and cut, the same way whenever and however often`, async () => {
    const { disk, sound, tail } = await storeWithTail(bytes);
    const readOnlyHash = contentHash(disk, { withMarks: true });
    const reader = await new World(disk, { isCreated: true }).open("reader", { readOnly: true });
    expect((await readPairs(reader)).map(({ name }) => name)).toEqual(["first", "second"]);
    expect(await reader.check()).toMatchObject({ ok: true });
    await reader.close();
    // ENGINE R2: only the holder of the kernel lock judges and cuts.
    expect(contentHash(disk, { withMarks: true })).toBe(readOnlyHash);

    const recovered = await recoveredCopy(disk);
    expect(recovered.files().get(segment)).toEqual(sound);
    expect(quarantined(recovered)).toEqual([tail]);
    const hash = contentHash(recovered, { withMarks: false });
    expect(contentHash(await recoveredCopy(disk), { withMarks: false })).toBe(hash);
    expect(contentHash(await recoveredCopy(recovered), { withMarks: false })).toBe(hash);

    // A crash at any step of that recovery, then another: the same bytes again.
    const images = await crashImages(
      async (world) => {
        const engine = await world.open("a");
        await recover(engine);
        await engine.close();
      },
      {
        title: `recovery from ${title}`,
        part: "recovery",
        start: async () => new World(copyOf(disk), { isCreated: true }),
      },
    );
    expect(images.length).toBeGreaterThan(3);
    for (const image of images) {
      const again = await recoveredCopy(image.disk);
      expect(contentHash(again, { withMarks: false }), image.description).toBe(hash);
    }
    await proveImages(images);
  });
}

test("[W6] [T11] a power cut while the store recovers from half a checkpoint, at any step, leaves what the next recovery finishes", async () => {
  const halves = await crashImages(
    async (world) => {
      const a = await world.open("a");
      await world.commit(a, "third");
      await a.checkpoint();
      await a.close();
    },
    { title: "half checkpoints", start: createdWorld, stopsMax: 8, imagesMax: sized(32, 128) },
  );
  for (const [index, half] of halves.filter((_, position) => position % 5 === 0).entries()) {
    const images = await crashImages(
      async (world) => {
        const engine = await world.open("a");
        await recover(engine);
        await engine.checkpoint();
        await engine.close();
      },
      {
        title: `recovery from half a checkpoint, ${index}`,
        part: "recovery from half a checkpoint",
        start: async () => new World(copyOf(half.disk), { isCreated: true, txidPrefix: `1${index % 10}` }),
        stopsMax: 4,
        imagesMax: 100,
      },
    );
    await proveImages(images.map((image) => ({ ...image, acknowledged: half.acknowledged, required: half.required })));
  }
});

test("[W6] a tail that covers something durable is damage: reported with its place, served up to there, and not cut", async () => {
  const world = await createdWorld();
  const file = world.memory.process("vandal").open(segment, "read-write");
  const bytes = Buffer.from(world.memory.files().get(segment) ?? []);
  const lastLine = bytes.lastIndexOf(0x0a, bytes.length - 2) + 1;
  file.write(Buffer.of((bytes[lastLine + 60] ?? 0) ^ 1), lastLine + 60);
  file.syncData();
  file.close();
  const hash = contentHash(world.memory, { withMarks: true });

  const engine = await world.open("a");
  expect(await engine.head()).toBe(2);
  const damage = { code: "LOG_DAMAGED", context: { path: segment, offset: lastLine, lastSeq: 2 } };
  await expect(world.commit(engine, "third")).rejects.toMatchObject(damage);
  await expect(engine.checkpoint()).rejects.toMatchObject(damage);
  const { ok, problems } = await engine.check();
  expect(ok).toBe(false);
  expect(problems).toMatchObject([{ code: "LOG_DAMAGED", where: "wal" }]);
  expect(await engine.read((snapshot) => snapshot.get("left-first"))).toMatchObject({ version: 1 });
  await engine.close();
  expect(contentHash(world.memory, { withMarks: true })).toBe(hash);
});

test("[W6] a tail that cannot be copied for lack of space is not cut, and readers go on", async () => {
  const { disk, sound, tail } = await storeWithTail(([record]) => record.subarray(0, -1));
  const world = new World(disk, { isCreated: true, txidPrefix: "07" });
  const engine = await world.open("a");
  disk.capacityBytes = 0;
  await expect(world.commit(engine, "third")).rejects.toMatchObject({ code: "NO_SPACE" });
  expect(quarantined(disk)).toEqual([]);
  expect(disk.files().get(segment)).toEqual(Uint8Array.from([...sound, ...tail]));
  expect((await readPairs(engine)).map(({ name }) => name)).toEqual(["first", "second"]);
  disk.capacityBytes = undefined;
  await world.commit(engine, "third");
  expect(quarantined(disk)).toHaveLength(1);
  expect((await readPairs(engine)).map(({ name }) => name)).toEqual(["first", "second", "third"]);
  await engine.close();
});

interface StoreWithTail {
  readonly disk: MemoryDisk;
  /** The segment up to its last durable record. */
  readonly sound: Uint8Array;
  readonly tail: Uint8Array;
}

async function storeWithTail(bytes: Tail["bytes"]): Promise<StoreWithTail> {
  const { memory } = await createdWorld();
  const sound = memory.files().get(segment) ?? new Uint8Array();
  const elsewhere = new World(copyOf(memory), { isCreated: true, txidPrefix: "06" });
  const engine = await elsewhere.open("a");
  for (const name of ["third", "fourth"]) await elsewhere.commit(engine, name, "relaxed");
  const [third = "", fourth = ""] = Buffer.from(elsewhere.memory.files().get(segment) ?? [])
    .subarray(sound.length)
    .toString()
    .split(/(?<=\n)/u);
  await engine.close();
  const tail = Uint8Array.from(bytes([Buffer.from(third), Buffer.from(fourth)]));
  const file = memory.process("crashed").open(segment, "append");
  file.write(tail);
  file.syncData();
  file.close();
  return { disk: memory, sound, tail };
}

/** A copy on which a new process recovered, and ended. */
async function recoveredCopy(disk: MemoryDisk): Promise<MemoryDisk> {
  const world = new World(copyOf(disk), { isCreated: true });
  const engine = await world.open("recoverer");
  await recover(engine);
  await engine.close();
  return world.memory;
}

function copyOf(disk: MemoryDisk): MemoryDisk {
  return disk.crash({ choose: ({ options }) => options.length - 1 });
}

function quarantined(disk: MemoryDisk): readonly Uint8Array[] {
  return [...disk.files()].filter(([path]) => path.startsWith(quarantine)).map(([, bytes]) => bytes);
}

function withFlippedByte(bytes: Buffer, position: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[position] = (changed[position] ?? 0) ^ 1;
  return changed;
}
