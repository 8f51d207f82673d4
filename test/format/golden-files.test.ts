/** The files of a small store, byte for byte: people read them, and tools compare them. */
import { MemoryDisk, seededRandom, TestClock } from "@knotwork/disk/testing";
import { openKnot } from "@knotwork/domain";
import { openGraph, type OpenGraphOptions } from "@knotwork/graph";
import { expect, test } from "vitest";

/** One list of lines for each file, in the order of docs/FORMAT.md. */
const golden: Readonly<Record<string, readonly string[]>> = {
  "store.json": [
    '{"crc":"7cda33e2","format":1,"store":"01KDVDNA0047C4FEZDQK8YZG0M","created":"2026-01-01T00:00:00.000Z","lock":"flock","sharing":"private","required":[],"optional":[]}',
  ],
  "MANIFEST.json": [
    '{"crc":"beeaed5b","generation":1,"file":"00000001-52aon4ii7s.json","bytes":477,"line":"e288c065"}',
  ],
  "manifest/00000001-52aon4ii7s.json": [
    '{"crc":"e288c065","manifest":1,"store":"01KDVDNA0047C4FEZDQK8YZG0M","generation":1,"seq":2,"recordCrc":"82ca46ba","recordTime":"2026-01-01T00:00:00.000Z","replay":"0000000000000003.jsonl","historyFloor":1,"history":[{"file":"0000000000000001-d4ebnij2tu.jsonl","bytes":908,"from":1,"through":2,"versions":2,"crc":"84e2617e"}],"index":[{"file":"run-95awa5njb4.index","bytes":638,"from":1,"through":2,"crc":"0bf82fc3"}],"definitions":[],"complete":[],"required":[],"optional":[]}',
  ],
  "wal/0000000000000003.jsonl": [
    '{"crc":"f6f252f0","log":1,"store":"01KDVDNA0047C4FEZDQK8YZG0M","first":3,"prev":"82ca46ba","required":[],"optional":[]}',
    '{"crc":"65aa1bc7","head":     284,"seq":3,"durable":2,"prev":"82ca46ba","txid":"01KDVDNA005Z4YN5PXGW9V13XW","time":"2026-01-01T00:00:00.000Z","author":"ada","rows":[["put","caulk","task",1,{},0],["put","E-CH8B7CSQGN5XRYB6E8RMRWD8PP","DEPENDS_ON",1,{},0,"caulk","keel"]],"sizes":[31,2],"body":[{"title":"Caulk – all seams"},{}]}',
    '{"crc":"e69983fc","head":     278,"seq":4,"durable":3,"prev":"65aa1bc7","txid":"01KDVDNA005Z4YN5PXGW9V13XX","time":"2026-01-01T00:00:00.000Z","author":"ada","rows":[["delete","E-CH8B7CSQGN5XRYB6E8RMRWD8PP","DEPENDS_ON",2,"caulk","keel"],["delete","keel","task",3]],"sizes":[4,4],"body":[null,null]}',
  ],
  "history/0000000000000001-d4ebnij2tu.jsonl": [
    '{"crc":"a65b411e","history":1,"store":"01KDVDNA0047C4FEZDQK8YZG0M","from":1,"through":2,"required":[],"optional":[]}',
    '{"crc":"024177f9","commit":1,"record":"99a194e2","prev":"00000000","txid":"01KDVDNA005Z4YN5PXGW9V13XT","time":"2026-01-01T00:00:00.000Z","author":"ada","versions":1}',
    '{"crc":"7e5e22b2","id":"keel","type":"task","version":1,"seq":1,"createdAt":"2026-01-01T00:00:00.000Z","updatedAt":"2026-01-01T00:00:00.000Z","author":"ada","props":{"title":"Lay the keel","tags":["oak"],"hours":2.5}}',
    '{"crc":"6e8fbb42","commit":2,"record":"82ca46ba","prev":"99a194e2","txid":"01KDVDNA005Z4YN5PXGW9V13XV","time":"2026-01-01T00:00:00.000Z","author":"ada","versions":1}',
    '{"crc":"6e4d099f","id":"keel","type":"task","version":2,"seq":2,"createdAt":"2026-01-01T00:00:00.000Z","updatedAt":"2026-01-01T00:00:00.000Z","author":"ada","props":{"title":"Lay the new keel","tags":["oak"],"hours":2.5,"due":"2026-03-01"}}',
  ],
};
/** What is derived, and what says nothing of the content: locks, who holds them, how far the log is durable. */
const besides = /^(?:index\/.*|wal\/(?:lock|waiters|holder|durable))$/u;

test("[T19] the content of a store is lines that people can read, each with its members in one order", async () => {
  const files = await smallGraph();
  const content = [...files].filter(([path]) => !besides.test(path));
  expect(content.map(([path]) => path).toSorted()).toEqual(Object.keys(golden).toSorted());
  for (const [path, lines] of Object.entries(golden)) {
    expect(Buffer.from(files.get(path) ?? []).toString("utf8")).toBe(`${lines.join("\n")}\n`);
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
  }
});

test("[T19] the same fields given in another order are the same bytes", async () => {
  const files = await smallKnot({ turned: false });
  expect(files.size).toBeGreaterThan(7);
  expect(await smallKnot({ turned: true })).toEqual(files);
});

/** One thing in history with two versions, a second one and an edge in the log. */
async function smallGraph(): Promise<ReadonlyMap<string, Uint8Array>> {
  const memory = new MemoryDisk();
  const graph = await openGraph({ dir: "/.knot", ...machineOf(memory), author: "ada" });
  await graph.transact((tx) => tx.create("task", { title: "Lay the keel", tags: ["oak"], hours: 2.5 }, { id: "keel" }));
  await graph.transact((tx) => tx.update("keel", { due: "2026-03-01", title: "Lay the new keel" }));
  await graph.checkpoint();
  await graph.transact(async (tx) => {
    await tx.create("task", { title: "Caulk – all seams" }, { id: "caulk" });
    await tx.link("caulk", "DEPENDS_ON", "keel");
  });
  await graph.transact((tx) => tx.delete("keel"));
  expect(await graph.check()).toMatchObject({ ok: true });
  await graph.close();
  return filesOf(memory);
}

async function smallKnot({ turned }: { readonly turned: boolean }): Promise<ReadonlyMap<string, Uint8Array>> {
  const memory = new MemoryDisk();
  const knot = await openKnot({ dir: "/.knot", ...machineOf(memory), as: "ada" });
  const inOrder = <Fields extends object>(fields: Fields): Fields =>
    turned ? (Object.fromEntries(Object.entries(fields).toReversed()) as Fields) : fields;
  const fields = { title: "Lay the keel", description: "oak", priority: "high", tags: ["hull", "wood"] } as const;
  await knot.tasks.create(inOrder({ ...fields, id: "keel" }));
  await knot.tasks.update("keel", inOrder({ estimateHours: 2.5, category: "hull", due: "2026-03-01" }));
  const offer = { to: "bo", instructions: "Go on", done: ["keel"], files: ["plan.md"], branch: "keel" };
  await knot.handoffs.initiate("keel", inOrder(offer));
  await knot.decisions.log(inOrder({ title: "Use oak", rationale: "It does not rot", alternatives: ["pine"] }));
  await knot.graph.checkpoint();
  await knot.tasks.create(inOrder({ ...fields, title: "Caulk", id: "caulk" }));
  expect(await knot.graph.check()).toMatchObject({ ok: true });
  await knot.close();
  return filesOf(memory);
}

function machineOf(memory: MemoryDisk): Pick<OpenGraphOptions, "disk" | "clock" | "random" | "create"> {
  return { disk: memory.process("one"), clock: new TestClock(), random: seededRandom(1), create: true };
}

/** By path inside of the store. */
function filesOf(memory: MemoryDisk): ReadonlyMap<string, Uint8Array> {
  return new Map([...memory.files()].map(([path, bytes]) => [path.replace("/.knot/", ""), bytes]));
}
