import type { MemoryDisk } from "@knotwork/disk/testing";
import { expect, test } from "vitest";
import { recordFigure } from "../prove/figures.ts";
import { answersOf, DIR, openEngine, referenceStore, requestOf, withBytes } from "./reference-store.ts";
import type { ReferenceStore } from "./reference-store.ts";

const segment = `${DIR}/wal/0000000000000001.jsonl`;

interface Damage {
  readonly title: string;
  /** Changes the lines of the log: the header, then the records. */
  readonly edit: (lines: Buffer[]) => readonly Buffer[];
  /** The last seq that can still be read. Of 37 records all are durable. */
  readonly readable: number;
  /** What a writer does: says LOG_DAMAGED and where, or keeps what follows the last record in quarantine and cuts it. */
  readonly writer: "refuses" | "cuts";
}

const damages: readonly Damage[] = [
  {
    title: "a torn record behind the last durable one",
    edit: (lines) => [...lines, part(lines[20], 0.5)],
    readable: 37,
    writer: "cuts",
  },
  { title: "a tail of NULs", edit: (lines) => [...lines, Buffer.alloc(5000)], readable: 37, writer: "cuts" },
  {
    title: "NULs for a lost page and a page behind it that came through, none of it durable",
    edit: (lines) => [...lines, Buffer.alloc(4096), part(lines[20], -0.3)],
    readable: 37,
    writer: "cuts",
  },
  {
    title: "a lost page of durable records before later ones",
    edit: (lines) => replaced(lines, 20, Buffer.alloc(lines[20]?.length ?? 0)),
    readable: 19,
    writer: "refuses",
  },
  { title: "a swapped pair of lines", edit: swapped, readable: 19, writer: "refuses" },
  {
    title: "a line that stands there twice, in the middle",
    edit: (lines) => replaced(lines, 20, Buffer.concat([line(lines, 20), line(lines, 20)])),
    readable: 20,
    writer: "refuses",
  },
  {
    title: "the last line twice",
    edit: (lines) => [...lines, line(lines, 37)],
    readable: 37,
    writer: "cuts",
  },
  {
    title: "a bad line in the middle",
    edit: (lines) => replaced(lines, 20, Buffer.from(line(lines, 20).toString().replace("version 19", "version 91"))),
    readable: 19,
    writer: "refuses",
  },
  { title: "a missing line", edit: (lines) => lines.toSpliced(20, 1), readable: 19, writer: "refuses" },
  { title: "its second half cut off", edit: (lines) => lines.slice(0, 19), readable: 18, writer: "refuses" },
];

for (const { title, edit, readable, writer } of damages) {
  test(`[T11] [N11] of a log with ${title} all before is served, and a writer ${writer === "cuts" ? "keeps the rest in quarantine and goes on" : "refuses and says where"}`, async () => {
    const { memory, damaged, answersAt } = await damagedStore(edit);
    const reader = await openEngine(damaged, "reader", true);
    expect(await reader.head()).toBe(readable);
    expect(await answersOf(reader, readable)).toEqual(answersAt[readable]);
    expect((await reader.check()).ok).toBe(writer === "cuts");
    await reader.close();
    const engine = await openEngine(damaged, "writer");
    const commit = engine.commit(requestOf(37, readable));
    if (writer === "cuts") {
      expect(await commit).toMatchObject({ status: "committed", seq: 38 });
      const soundBytes = memory.files().get(segment)?.length ?? 0;
      const tail = (await damagedStore(edit)).damaged.files().get(segment)?.subarray(soundBytes);
      expect(quarantined(damaged)).toEqual([tail]);
      expect(await engine.check()).toMatchObject({ ok: true, problems: [] });
    } else {
      const before = damaged.files().get(segment);
      const offset = offsetBehind(memory, readable);
      await expect(commit).rejects.toMatchObject({ code: "LOG_DAMAGED", context: { path: segment, offset } });
      expect(damaged.files().get(segment)).toEqual(before);
      expect(quarantined(damaged)).toEqual([]);
    }
    await engine.close();
    recordFigure({ proof: "log damage", part: writer === "cuts" ? "tails that are cut" : "damage refused", count: 1 });
  });
}

test("[T11] U+2028 and its like inside a text split no line: the text comes back, and the log stays whole", async () => {
  const text = "one\u2028two\u2029three\u0085four\u0000five\rsix\nseven";
  const { memory } = await referenceStore("log");
  const engine = await openEngine(memory, "a");
  const request = requestOf(100, await engine.head());
  const writes = [{ op: "put", id: "separators", type: "item", version: 1, props: { text } }] as const;
  expect(await engine.commit({ ...request, writes })).toMatchObject({ status: "committed" });
  await engine.close();
  const log = Buffer.from(memory.files().get(segment) ?? []).toString();
  expect(log).not.toMatch(/[\u2028\u2029]/u);
  expect(log.split("\n")).toHaveLength(1 + 38 + 1);
  const again = await openEngine(memory.crash(), "b", true);
  expect(await again.read((snapshot) => snapshot.get("separators"))).toMatchObject({ props: { text } });
  expect(await again.check()).toMatchObject({ ok: true, problems: [] });
  await again.close();
});

interface DamagedStore extends ReferenceStore {
  readonly damaged: MemoryDisk;
}

async function damagedStore(edit: Damage["edit"]): Promise<DamagedStore> {
  const store = await referenceStore("log");
  const damaged = withBytes(store.memory, segment, (bytes) => Buffer.concat(edit(linesOf(bytes))));
  return { ...store, damaged };
}

function linesOf(bytes: Buffer): Buffer[] {
  return bytes
    .toString("latin1")
    .split(/(?<=\n)/u)
    .map((text) => Buffer.from(text, "latin1"));
}

/** The record `seq`, line feed included. */
function line(lines: readonly Buffer[], seq: number): Buffer {
  return lines[seq] ?? Buffer.alloc(0);
}

function replaced(lines: readonly Buffer[], seq: number, by: Buffer): readonly Buffer[] {
  return lines.with(seq, by);
}

function swapped(lines: readonly Buffer[]): readonly Buffer[] {
  return lines.with(20, line(lines, 21)).with(21, line(lines, 20));
}

/** The first share of a line, or with a negative share the last. */
function part(bytes: Buffer | undefined, share: number): Buffer {
  const length = Math.floor((bytes?.length ?? 0) * share);
  return (bytes ?? Buffer.alloc(0)).subarray(...(length < 0 ? [length] : [0, length]));
}

function offsetBehind(memory: MemoryDisk, seq: number): number {
  const lines = linesOf(Buffer.from(memory.files().get(segment) ?? []));
  return lines.slice(0, seq + 1).reduce((sum, bytes) => sum + bytes.length, 0);
}

function quarantined(disk: MemoryDisk): readonly Uint8Array[] {
  return [...disk.files()].filter(([path]) => path.startsWith(`${DIR}/quarantine/`)).map(([, bytes]) => bytes);
}
