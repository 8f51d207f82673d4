import { MemoryDisk, seededRandom, TestClock } from "@knotwork/disk/testing";
import { describe, expect, test } from "vitest";
import type { Engine } from "../engine.ts";
import type { Graph } from "../graph.ts";
import { openLocalEngine } from "../local/open-local-engine.ts";
import { openGraph } from "../open-graph.ts";
import { anySchema } from "../testing/any-schema.ts";
import { MemoryEngine } from "../testing/memory-engine.ts";
import { defineType } from "../type-definition.ts";

const text = { title: 8, tags: 5, body: 2 };
const noteType = defineType("note", { fields: anySchema, text, indexes: [["status"]] });
const types = [noteType] as const;
type NoteGraph = Graph<typeof types>;

const vocabulary = ["log", "logs", "torn", "record", "Überlauf", "ﬁx", "naïve", "日本", "snake_case", "x1", "recovery"];

interface Note {
  readonly id: string;
  readonly props: { title: string; body?: string; tags?: readonly string[]; status: string };
}

/** The rule of the documents, written down a second time: no code of the product. */
function expectedIds(notes: Iterable<Note>, query: string): readonly string[] {
  const terms = query
    .split(" ")
    .map((word) => ({ word: word.replace("*", "").toLowerCase(), begins: word.endsWith("*") }));
  const ranked: { id: string; rank: number }[] = [];
  for (const { id, props } of notes) {
    const fields: [string, number][] = [
      [props.title, 8],
      [(props.tags ?? []).join(" "), 5],
      [props.body ?? "", 2],
    ];
    let rank = 0;
    const all = terms.every(({ word, begins }) => {
      const weights = fields
        .filter(([value]) => {
          const words = value
            .replaceAll("ﬁ", "fi")
            .toLowerCase()
            .split(/[ _,.]+/);
          return words.some((each) => (begins ? each.startsWith(word) : each === word));
        })
        .map(([, weight]) => weight);
      rank += Math.max(...weights);
      return weights.length > 0;
    });
    if (all) ranked.push({ id, rank });
  }
  return ranked.sort((a, b) => b.rank - a.rank || (a.id < b.id ? 1 : -1)).map(({ id }) => id);
}

const queries = [
  "log",
  "torn record",
  "logs log torn",
  "rec*",
  "überlauf",
  "fix x*",
  "日本 naïve",
  "snake case",
  "absent",
  "lo* record recovery torn",
];

async function openOn(memory: MemoryDisk, seed: number): Promise<{ engine: Engine; graph: NoteGraph }> {
  const clock = new TestClock();
  const engine = await openLocalEngine({
    dir: "/store",
    disk: memory.process("p"),
    clock,
    random: seededRandom(seed),
    create: true,
  });
  return { engine, graph: await openGraph({ engine, author: "p", types }) };
}

async function pagedIds(from: Pick<NoteGraph, "query">, words: string): Promise<readonly string[]> {
  const paged: string[] = [];
  for (let after: string | undefined; ;) {
    const page = from.query("note").search(words).limit(3);
    const { items, next } = await (after === undefined ? page : page.after(after)).page();
    paged.push(...items.map(({ id }) => id));
    if (next === undefined) return paged;
    after = next;
  }
}

describe.each([1, 2, 3, 4, 5, 6])("seed %i", (seed) => {
  test("[W10] a search gives what a look at every entity gives, in its order, by index and without, now and in the past", async () => {
    const random = seededRandom(seed);
    const pick = (count: number): number => Math.floor(random() * count);
    const words = (count: number): string =>
      Array.from({ length: pick(count) + 1 }, () => vocabulary[pick(vocabulary.length)]).join(
        [" ", ", ", "_"][pick(3)],
      );
    const { engine, graph } = await openOn(new MemoryDisk(), seed);
    const notes = new Map<string, Note>();
    const past: { readonly seq: number; readonly notes: readonly Note[] }[] = [];
    for (let round = 0; round < 25; round += 1) {
      await graph.transact(async (tx) => {
        for (let count = pick(8); count >= 0; count -= 1) {
          const id = `n${pick(40)}`;
          const props = {
            title: words(2),
            status: "open",
            ...(pick(2) === 0 ? { body: words(6) } : {}),
            ...(pick(3) === 0 ? { tags: [words(1), words(1)] } : {}),
          };
          const present = notes.get(id);
          if (present !== undefined && pick(4) === 0) {
            await tx.delete(id);
            notes.delete(id);
            continue;
          }
          if (present !== undefined) await tx.delete(id);
          await tx.create("note", props, { id });
          notes.set(id, { id, props });
        }
        // Without an index, and with what the transaction itself wrote.
        const query = queries[pick(queries.length)] ?? "";
        const found = await tx.query("note").search(query).ids();
        expect(found, query).toEqual(expectedIds(notes.values(), query));
        expect(await pagedIds(tx, query), query).toEqual(found);
      });
      if (pick(6) === 0) await engine.checkpoint();
      if (pick(4) === 0) past.push({ seq: await graph.head(), notes: [...notes.values()] });
      const query = queries[round % queries.length] ?? "";
      expect(await graph.query("note").search(query).ids(), query).toEqual(expectedIds(notes.values(), query));
    }
    for (const query of queries) {
      const expected = expectedIds(notes.values(), query);
      const report = await graph.query("note").search(query).limit(2).explain();
      expect(report).toMatchObject({ access: "seek", index: noteType.text?.name });
      const paged = await pagedIds(graph, query);
      expect(paged, query).toEqual(expected);
      const streamed: string[] = [];
      for await (const { id } of graph.query("note").search(query)) streamed.push(id);
      expect(streamed, query).toEqual(expected);
      expect(await graph.query("note").search(query).orderBy("id").ids()).toEqual([...expected].sort());
      expect(await graph.query("note").search(query).count()).toBe(expected.length);
      for (const { seq, notes: then } of past) {
        expect(await graph.asOf(seq).query("note").search(query).ids(), `${query} at ${seq}`).toEqual(
          expectedIds(then, query),
        );
      }
    }
    expect(await graph.check()).toMatchObject({ ok: true, problems: [] });
    await graph.close();
  });
});

test("a search reads as many entities as rows are asked for, however many have the word", async () => {
  const graph = await openGraph({ engine: new MemoryEngine(), types });
  await graph.transact(async (tx) => {
    for (let number = 0; number < 600; number += 1) {
      const title = number % 100 === 0 ? "rare common" : "common";
      await tx.create(
        "note",
        { title, body: number === 7 ? "rare" : "other", status: "open" },
        { id: `n${String(number).padStart(3, "0")}` },
      );
    }
  });
  const one = await graph.query("note").search("common").limit(5).explain();
  expect(one).toMatchObject({ rowsRead: 5, rows: 5, order: "index" });
  expect(one.keysRead).toBeLessThanOrEqual(20);
  const both = graph.query("note").search("common rare");
  expect(await both.limit(3).ids()).toEqual(["n500", "n400", "n300"]);
  expect(await both.ids()).toEqual(["n500", "n400", "n300", "n200", "n100", "n000", "n007"]);
  expect((await both.explain()).rowsRead).toBe(7);
  const { next = "" } = await both.limit(3).page();
  expect(await both.after(next).limit(2).explain()).toMatchObject({ rowsRead: 2, rows: 2 });
  // Behind the only one of the second rank nothing of the first one is read again.
  const second = await both.cursorAfter((await graph.get("n007")) as never);
  expect(await both.after(second).limit(2).explain()).toMatchObject({ rowsRead: 0, rows: 0 });
  const { keysRead } = await both.limit(1).explain();
  expect(keysRead).toBeLessThan(200);
  await graph.close();
});

test("words that make no search are refused, and a type without texts says so", async () => {
  const graph = await openGraph({
    engine: new MemoryEngine(),
    types: [noteType, defineType("plain", { fields: anySchema })],
  });
  const query = graph.query("note");
  for (const words of ["", " ", "*", "!?"]) expect(() => query.search(words)).toThrow(TypeError);
  expect(() => query.search(Array.from({ length: 17 }, (_, number) => `w${number}`).join(" "))).toThrow(RangeError);
  await expect(graph.query("plain").search("word").all()).rejects.toThrow(/names no text/);
  await graph.transact(async (tx) => {
    await tx.create("note", { title: "a b" }, { id: "n1" });
    await tx.create("note", { title: "a b" }, { id: "n2" });
  });
  const { next = "" } = await query.search("a").limit(1).page();
  expect(() => query.after(next)).toThrow(/cursor/);
  expect(() => query.search("a").orderBy("id").after(next)).toThrow(/cursor/);
  expect(() => query.search("a").after(next).search("b")).toThrow(TypeError);
  await graph.close();
});

test("an entity is found by its first 1000 words, by 64 units of each, the heaviest fields first", async () => {
  const graph = await openGraph({ engine: new MemoryEngine(), types });
  const long = "x".repeat(70);
  await graph.transact((tx) =>
    tx.create(
      "note",
      { body: Array.from({ length: 1100 }, (_, at) => `w${at}`).join(" "), title: `first ${long}` },
      { id: "n1" },
    ),
  );
  const found = async (words: string): Promise<boolean> => graph.query("note").search(words).exists();
  expect([await found("first"), await found("w0"), await found("w997"), await found("w998")]).toEqual([
    true,
    true,
    true,
    false,
  ]);
  expect([await found(long), await found("x".repeat(64)), await found("x".repeat(63))]).toEqual([true, true, false]);
  await graph.close();
});

test("the pages of a search in a transaction leave nothing out", async () => {
  const graph = await openGraph({ engine: new MemoryEngine(), types });
  await graph.transact(async (tx) => {
    // The best rank has the greatest id, so every other id is before it.
    for (let number = 0; number < 7; number += 1)
      await tx.create("note", { title: number === 6 ? "log" : "other", body: "log" }, { id: `n${number}` });
    expect(await pagedIds(tx, "log")).toEqual(["n6", "n5", "n4", "n3", "n2", "n1", "n0"]);
  });
  await graph.close();
});

test("a word is found in any case, whatever stands behind it in the text", async () => {
  const graph = await openGraph({ engine: new MemoryEngine(), types });
  await graph.transact(async (tx) => {
    await tx.create("note", { title: "ΟΔΟΣ.ΑΒ" }, { id: "n1" });
    await tx.create("note", { title: "οδοσα" }, { id: "n2" });
    await tx.create("note", { title: "Οδός" }, { id: "n3" });
  });
  const ids = (words: string): Promise<readonly string[]> => graph.query("note").search(words).ids();
  for (const words of ["ΟΔΟΣ", "οδος", "οδοσ"]) expect(await ids(words)).toEqual(["n1"]);
  expect(await ids("ΟΔΟΣ*")).toEqual(["n2", "n1"]);
  await graph.close();
});

test("a search for words that are seldom together keeps its bounds while it looks for them", async () => {
  const { graph } = await openOn(new MemoryDisk(), 7);
  await graph.load(
    Array.from({ length: 3000 }, (_, number) => ({
      id: `n${String(number).padStart(4, "0")}`,
      type: "note" as const,
      props: { title: number % 2 === 0 ? "even" : "odd" },
    })),
  );
  await graph.checkpoint();
  const none = graph.query("note").search("even odd");
  expect(await none.all()).toEqual([]);
  await expect(none.within({ maxVisited: 100 }).all()).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  const controller = new AbortController();
  const aborted = none.within({ signal: controller.signal }).all();
  await Promise.resolve();
  controller.abort();
  await expect(aborted).rejects.toMatchObject({ code: "ABORTED" });
  // Rows are counted once: the limit of what may be visited is not reached by the keys that lead to them.
  expect(await graph.query("note").search("even").within({ maxVisited: 1500 }).all()).toHaveLength(1500);
  await graph.close();
});

test("an entity with many words that begin alike is read once", async () => {
  const graph = await openGraph({ engine: new MemoryEngine(), types });
  await graph.transact(async (tx) => {
    for (const id of ["n1", "n2"])
      await tx.create("note", { title: Array.from({ length: 500 }, (_, at) => `word${at}`).join(" ") }, { id });
  });
  let filtered = 0;
  const query = graph
    .query("note")
    .search("wo*")
    .filter(() => (filtered += 1) > 0);
  expect(await query.explain()).toMatchObject({ access: "seek", keysRead: 1000, rowsRead: 2, rows: 2 });
  expect(filtered).toBe(2);
  await graph.close();
});
