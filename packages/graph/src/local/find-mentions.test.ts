import { MemoryDisk, seededRandom, TestClock } from "@knotwork/disk/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Graph } from "../graph.ts";
import { openGraph } from "../open-graph.ts";

/** Letters whose case is a trap, what JSON escapes, other scripts; short, so that texts meet. */
const letter = fc.constantFrom(
  ...'a b k i K I " \\ / \n \u0001 \u2028 é É ß İ \u212a \u0307 Σ σ ς Ἀ 数 据 😀'.split(" "),
  " ",
);
const word = fc.array(letter, { maxLength: 4 }).map((letters) => letters.join(""));
const props = fc.record({ title: word, more: fc.record({ tags: fc.array(word, { maxLength: 2 }) }) });

async function openOn(memory: MemoryDisk, readOnly = false): Promise<Graph> {
  const disk = memory.process(readOnly ? "reader" : "writer");
  return openGraph({
    dir: "/store",
    disk,
    clock: new TestClock(),
    random: seededRandom(5),
    create: !readOnly,
    readOnly,
  });
}

/** Some rows in history, some of them changed or deleted in the tail, others new there. */
async function fill(graph: Graph, rows: readonly { readonly title: string }[]): Promise<void> {
  const create = (from: number, to: number): Promise<unknown> =>
    graph.transact(async (tx) => {
      for (let i = from; i < to; i += 1) await tx.create("item", rows[i] ?? {}, { id: `item-${i}` });
      await tx.create("other", rows[from] ?? {});
    });
  const middle = rows.length >> 1;
  await create(0, middle);
  await graph.checkpoint();
  await create(middle, rows.length);
  await graph.transact(async (tx) => {
    if (middle < 1) return;
    await tx.update("item-0", { title: rows.at(-1)?.title ?? "" });
    if (middle > 1) await tx.delete("item-1");
  });
}

test("what mentions a text is found in history and in the tail, as reading every entity finds it", async () => {
  const several = fc.array(props, { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(
      several,
      fc.array(
        word.filter((text) => text !== ""),
        { minLength: 1, maxLength: 2 },
      ),
      async (rows, texts) => {
        const graph = await openOn(new MemoryDisk());
        await fill(graph, rows);
        const expected = (await graph.query("item").all()).filter((entity) => {
          const strings = [entity.id, ...stringsOf(entity.props)].map((text) => text.toLowerCase());
          return texts.every((text) => strings.some((each) => each.includes(text.toLowerCase())));
        });
        const query = texts.reduce((all, text) => all.mentions(text), graph.query("item"));
        expect(await query.ids()).toEqual(expected.map(({ id }) => id));
        expect(await query.count()).toBe(expected.length);
        expect((await query.orderBy("title").limit(2).all()).length).toBe(Math.min(2, expected.length));
        expect((await graph.check()).problems).toEqual([]);
        await graph.close();
      },
    ),
    { numRuns: process.env["KNOT_LONG"] === "1" ? 2_000 : 60 },
  );
});

test("a query for a text reads what mentions it, and no other entity", async () => {
  const graph = await openOn(new MemoryDisk());
  const rows = Array.from({ length: 300 }, (_, i) => ({ title: i % 100 === 7 ? `rare ${i}` : `plain ${i}` }));
  await fill(graph, rows);
  expect(await graph.query("item").mentions("RARE").explain()).toMatchObject({ index: "text", rows: 3, rowsRead: 3 });
  expect(await graph.query("item").mentions("rare 7").ids()).toEqual(["item-7"]);
  expect(await graph.query("item").mentions("item-29").ids()).toHaveLength(11);
  const past = graph.asOf(1);
  expect(await past.query("item").mentions("rare").ids()).toEqual(["item-107", "item-7"]);
  expect(() => graph.query("item").mentions("")).toThrow(TypeError);
  await graph.close();
});

test("texts that thousands mention come in the order of the index, page after page", async () => {
  const graph = await openOn(new MemoryDisk());
  const rows = Array.from({ length: 2_600 }, (_, i) => ({ title: i % 5 === 0 ? "seldom" : "often" }));
  await fill(graph, rows);
  const expected = (await graph.query("item").all()).filter(({ props: { title } }) => title === "often");
  const found: string[] = [];
  for await (const { id } of graph.query("item").mentions("often")) found.push(id);
  expect(found).toEqual(expected.map(({ id }) => id));
  expect(found.length).toBeGreaterThan(2_000);
  expect(await graph.query("item").mentions("often").limit(3).ids()).toEqual(found.slice(0, 3));
  await graph.close();
});

test("where history is damaged every entity is read, so that damage is told and never taken for absence", async () => {
  const memory = new MemoryDisk();
  const graph = await openOn(memory);
  await fill(graph, [{ title: "one" }, { title: "two" }, { title: "three" }, { title: "fifth" }]);
  await graph.checkpoint();
  await graph.close();
  const path = [...memory.files()].find(
    ([name, content]) => /history/.test(name) && Buffer.from(content).includes("fifth"),
  )?.[0];
  const bytes = Buffer.from(memory.files().get(path ?? "") ?? []);
  const file = memory.process("vandal").open(path ?? "", "read-write");
  file.write(Buffer.from("x"), bytes.lastIndexOf("fifth"));
  file.close();
  const reader = await openOn(memory, true);
  await expect(reader.query("item").mentions("fifth").ids()).rejects.toMatchObject({ code: "VERSION_DAMAGED" });
  await reader.close();
});

function stringsOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsOf) : [];
}
