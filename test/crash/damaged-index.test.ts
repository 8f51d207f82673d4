import type { MemoryDisk } from "@knotwork/disk/testing";
import { expect, test } from "vitest";
import { storeDir, World } from "./crash-workload.ts";
import { createdWorld } from "./created-world.ts";
import { readPairs } from "./pair-commits.ts";

const damages: readonly { readonly title: string; readonly damage: (disk: MemoryDisk, path: string) => void }[] = [
  { title: "is missing", damage: (disk, path) => disk.process("vandal").unlink(path) },
  { title: "was cut", damage: (disk, path) => change(disk, path, (bytes) => bytes.subarray(0, bytes.length >> 1)) },
  { title: "is empty", damage: (disk, path) => change(disk, path, (bytes) => bytes.subarray(0, 0)) },
  { title: "has a bad byte", damage: (disk, path) => change(disk, path, (bytes) => flipped(bytes, 200)) },
  { title: "is all NULs", damage: (disk, path) => change(disk, path, (bytes) => bytes.fill(0)) },
];

for (const { title, damage } of damages) {
  test(`a store whose index run ${title} answers as before, read-only too, and the next checkpoint writes the run anew`, async () => {
    const { memory } = await checkpointedWorld();
    for (const path of indexRuns(memory)) damage(memory, path);

    const readOnly = await new World(memory, { isCreated: true }).open("reader", { readOnly: true });
    expect((await readPairs(readOnly)).map(({ name }) => name)).toEqual(names);
    expect((await readOnly.check()).ok).toBe(false);
    await readOnly.close();

    const world = new World(memory, { isCreated: true, txidPrefix: "08" });
    const engine = await world.open("a");
    expect((await readPairs(engine)).map(({ name }) => name)).toEqual(names);
    await world.commit(engine, "more");
    await engine.checkpoint();
    expect(await engine.check()).toMatchObject({ ok: true, problems: [] });
    await engine.close();
    const again = await new World(memory, { isCreated: true }).open("b");
    expect((await readPairs(again)).map(({ name }) => name)).toEqual([...names, "more"]);
    expect(await again.check()).toMatchObject({ ok: true, problems: [] });
    await again.close();
  });
}

const names = ["first", "second", "third"];

/** All commits in history, none in the log. */
async function checkpointedWorld(): Promise<World> {
  const world = await createdWorld();
  const engine = await world.open("a");
  await world.commit(engine, "third");
  await engine.checkpoint();
  await engine.close();
  return world;
}

function indexRuns(memory: MemoryDisk): readonly string[] {
  const runs = [...memory.files().keys()].filter((path) => path.startsWith(`${storeDir}/index/`));
  expect(runs.length).toBeGreaterThan(0);
  return runs;
}

/** Puts other bytes into the file, durably. */
function change(memory: MemoryDisk, path: string, edit: (bytes: Buffer) => Buffer): void {
  const bytes = edit(Buffer.from(memory.files().get(path) ?? []));
  const file = memory.process("vandal").open(path, "read-write");
  file.truncate(0);
  file.write(bytes, 0);
  file.syncData();
  file.close();
}

function flipped(bytes: Buffer, position: number): Buffer {
  bytes[position] = (bytes[position] ?? 0) ^ 1;
  return bytes;
}
