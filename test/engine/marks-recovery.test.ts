/** Recovery of the log on open, and what each durability syncs (ENGINE R1, R2; [W2], [W6]). */
import { expect, test } from "vitest";
import { append, put, refusal, STORE, WAL, World } from "./engine-world.ts";

const FIRST = `${WAL}/0000000000000001.jsonl`;

async function worldWithTail(tail: Uint8Array): Promise<World> {
  const world = new World();
  const a = await world.graph("a");
  await put(a, "x", "acknowledged");
  await a.close();
  const file = world.shell.open(FIRST, "append");
  file.write(tail);
  file.syncData();
  return world;
}

const TAILS: readonly (readonly [string, Uint8Array])[] = [
  ["torn", Buffer.from('{"crc":"12345678","head":     100,"se')],
  ["NUL", Buffer.alloc(4096)],
  ["one-byte", Buffer.from("{")],
  ["garbage line", Buffer.from("not a record\n")],
  ["NUL then garbage", Buffer.concat([Buffer.alloc(100), Buffer.from("x\n\n")])],
];

test.each(TAILS)(
  "[W6] a %s tail is kept in quarantine and cut by the next writer; recovering twice changes no byte the second time",
  async (_, tail) => {
    const world = await worldWithTail(tail);
    const reader = await world.graph("reader", { readOnly: true });
    expect((await reader.get("x"))?.props["text"]).toBe("acknowledged");
    const b = await world.graph("b");
    await put(b, "y", "next");
    const [quarantined = ""] = world.shell.list(`${STORE}/quarantine`);
    expect(Buffer.from(world.memory.files().get(`${STORE}/quarantine/${quarantined}`) ?? [])).toEqual(
      Buffer.from(tail),
    );
    expect((await reader.get("y"))?.props["text"]).toBe("next");
    expect((await b.check()).problems).toEqual([]);
    await Promise.all([b.close(), reader.close()]);
    const recovered = world.memory.files();
    const again = await world.graph("c");
    await again.get("x");
    await again.close();
    expect(world.memory.files()).toEqual(recovered);
  },
);

test("ENGINE R1: bytes that a durable mark covers are damage: nothing is cut, nothing is written, what is sound is served", async () => {
  const world = new World();
  const a = await world.graph("a");
  for (const text of ["1", "2"]) await put(a, "x", text);
  await a.close();
  const log = Buffer.from(world.memory.files().get(FIRST) ?? []);
  const lastLine = log.lastIndexOf(0x0a, log.length - 2) + 1;
  const file = world.shell.open(FIRST, "read-write");
  file.write(Buffer.from("Z"), lastLine + 60);
  const damaged = world.memory.files();
  const b = await world.graph("b");
  expect((await b.get("x"))?.props["text"]).toBe("1");
  expect(await refusal(put(b, "x", "3"))).toBe("LOG_DAMAGED");
  expect((await b.check()).problems.map(({ code }) => code)).toEqual(["LOG_DAMAGED"]);
  await b.close();
  for (const name of [FIRST, `${STORE}/MANIFEST.json`])
    expect(world.memory.files().get(name)).toEqual(damaged.get(name));
  expect(world.shell.list(`${STORE}/quarantine`)).toEqual([]);
});

test("ENGINE R1: a tail that no mark covers is unsynced, valid records behind a hole included", async () => {
  const world = new World();
  const { log } = world.log("a");
  await append(log, "one");
  await log.append(() => [{ txid: "lost", author: "t", rows: [], bodies: [] }]);
  await log.append(() => [{ txid: "whole", author: "t", rows: [], bodies: [] }]);
  const bytes = Buffer.from(world.memory.files().get(FIRST) ?? []);
  const hole = bytes.indexOf('"txid":"lost"');
  world.shell.open(FIRST, "read-write").write(Buffer.alloc(20), hole);
  world.memory.kill("a");
  const { log: next, heads } = world.log("b");
  await append(next, "two");
  expect(heads.map(({ txid }) => txid)).toEqual(["one", "two"]);
  expect(world.shell.list(`${STORE}/quarantine`)).toHaveLength(1);
});

test("ENGINE R2: a tail that cannot be copied for lack of space is not cut", async () => {
  const world = await worldWithTail(Buffer.alloc(4096, "x"));
  const before = world.memory.files().get(FIRST);
  world.memory.capacityBytes = world.memory.tree.usedBytes + 100;
  const b = await world.graph("b");
  expect(await refusal(put(b, "y", "1"))).not.toBe("nothing was refused");
  expect(world.memory.files().get(FIRST)).toEqual(before);
  world.memory.capacityBytes = undefined;
  await put(b, "y", "2");
  expect((await b.check()).problems).toEqual([]);
  await b.close();
});

test("[W2] paranoid syncs inside the lock, balanced after it, relaxed not on the commit path; the holder's note is never synced", async () => {
  for (const durability of ["paranoid", "balanced", "relaxed"] as const) {
    const world = new World();
    const a = await world.graph("a");
    await put(a, "x", "0");
    const calls: string[] = [];
    world.memory.onCall = ({ call, path }) => {
      if (call === "syncData") calls.push(`sync ${path}`);
      if (call === "write" && path === FIRST) calls.push("write");
      if (call === "unlock" && path === `${WAL}/lock`) calls.push("unlock");
    };
    await put(a, "x", "1", { durability });
    world.memory.onCall = undefined;
    const sync = `sync ${FIRST}`;
    const expected = {
      paranoid: ["write", sync, "unlock"],
      balanced: ["write", "unlock", sync],
      relaxed: ["write", "unlock"],
    };
    expect(calls).toEqual(expected[durability]);
    await a.close();
    expect(world.memory.counts.of({ call: "syncData", path: `${WAL}/holder` })).toBe(0);
    expect(world.memory.counts.of({ call: "syncData", path: `${WAL}/durable` })).toBe(0);
  }
});
