import { machineClock } from "@knotwork/disk";
import { MemoryDisk, seededRandom } from "@knotwork/disk/testing";
import { expect, test } from "vitest";
import type { Engine } from "../engine.ts";
import { commit } from "../testing/conformance/subject.ts";
import { openLocalEngine } from "./open-local-engine.ts";

const DIR = "/deep/below/.knot";

async function openOn(memory: MemoryDisk, process: string, create = true): Promise<Engine> {
  const random = seededRandom(Buffer.from(process).reduce((sum, byte) => sum * 31 + byte, 7));
  return openLocalEngine({ dir: DIR, disk: memory.process(process), clock: machineClock(), random, create });
}

function touch(memory: MemoryDisk, path: string, text: string): void {
  const file = memory.process("vandal").open(path, "open-or-create");
  file.truncate(0);
  file.write(Buffer.from(text), 0);
  file.syncData();
  file.close();
}

test("ENGINE R3: of many processes that create one store at once, all open the same one", async () => {
  const memory = new MemoryDisk();
  const names = ["a", "b", "c", "d", "e", "f"];
  const engines = await Promise.all(names.map(async (name) => openOn(memory, name)));
  const ids = await Promise.all(engines.map(async (engine) => (await engine.stats())["store"]));
  expect(new Set(ids).size).toBe(1);
  await Promise.all(engines.map(async (engine, index) => commit(engine, async (tx) => tx.put(`by-${names[index]}`))));
  for (const engine of engines) {
    expect(await engine.head()).toBe(names.length);
    expect(await engine.check()).toMatchObject({ ok: true });
    await engine.close();
  }
});

test("ENGINE R3: what a process committed to a store whose creator died at once survives a power cut", async () => {
  const names = ["rename", "syncDirectory"] as const;
  for (const last of names) {
    const memory = new MemoryDisk();
    memory.process("owner").makeDirectory("/deep");
    memory.process("owner").syncDirectory("/");
    // The creator dies right behind the moment at which store.json has its name.
    let isNamed = false;
    memory.onOperation = ({ process, call, path }) => {
      if (process !== "creator") return;
      if (isNamed && (last === "rename" || call === last)) memory.kill("creator");
      isNamed ||= call === "rename" && path.includes("store.json");
    };
    await openOn(memory, "creator").catch(() => undefined);
    memory.onOperation = undefined;
    const engine = await openOn(memory, "next", false);
    const tx = { txid: "01K", author: "a", snapshotSeq: 0, reads: new Map(), ranges: [] };
    const write = { op: "put", id: "kept", type: "item", version: 1, props: {} } as const;
    expect(await engine.commit({ ...tx, writes: [write], durability: "balanced" })).toMatchObject({ seq: 1 });
    const after = await openOn(memory.crash(), "after", false);
    expect(await after.read((snapshot) => snapshot.get("kept"))).toMatchObject({ version: 1 });
    await after.close();
    await engine.close();
  }
});

test("ENGINE R3: a directory with records and no store.json is damage, and so is a store.json without a manifest", async () => {
  const memory = new MemoryDisk();
  const engine = await openOn(memory, "a");
  await commit(engine, async (tx) => tx.put("1"));
  await engine.close();
  const whole = memory.files();
  for (const name of ["store.json", "MANIFEST.json"]) {
    const copy = memory.crash({ choose: ({ options }) => options.length - 1 });
    copy.process("vandal").unlink(`${DIR}/${name}`);
    await expect(openOn(copy, "b")).rejects.toMatchObject({ code: "STORE_DAMAGED" });
    const log = `${DIR}/wal/0000000000000001.jsonl`;
    expect(copy.files().get(log)).toEqual(whole.get(log));
  }
});

test("a directory that holds other things is not made a store", async () => {
  const memory = new MemoryDisk();
  const owner = memory.process("owner");
  for (const path of ["/deep", "/deep/below", DIR]) owner.makeDirectory(path);
  touch(memory, `${DIR}/thesis.txt`, "years of work");
  const hash = memory.hash;
  await expect(openOn(memory, "a")).rejects.toMatchObject({ code: "STORE_DAMAGED" });
  expect(memory.hash).toBe(hash);
});

test("a close waits for the commits that were begun, and refuses later ones", async () => {
  const memory = new MemoryDisk();
  const engine = await openOn(memory, "a");
  const tx = { author: "a", snapshotSeq: 0, reads: new Map(), ranges: [], durability: "balanced" } as const;
  const begun = ["1", "2", "3"].map(async (id) =>
    engine.commit({
      ...tx,
      txid: id,
      writes: [{ op: "put", id, type: "item", version: 1, props: {} }],
    }),
  );
  const closed = engine.close();
  expect((await Promise.all(begun)).map(({ status }) => status)).toEqual(["committed", "committed", "committed"]);
  await closed;
  await expect(engine.commit({ ...tx, txid: "4", writes: [] })).rejects.toThrow(TypeError);
  const after = await openOn(memory.crash(), "after", false);
  expect(await after.head()).toBe(3);
  await after.close();
});
