import { expect, test } from "vitest";
import { searchedTypes } from "./search-hit.ts";
import { memoryKnot, refusal } from "./testing/memory-knot.ts";
import { knotTypes } from "./types/knot-types.ts";

test("a search finds what holds all the words, the best matches first", async () => {
  const knot = await memoryKnot({ as: "ada" });
  await knot.tasks.create({ title: "Repair the torn tail", id: "t1", description: "A record without its CRC" });
  await knot.tasks.create({ title: "Records", id: "t2", description: "The tail of the log is torn.", tags: ["wal"] });
  await knot.tasks.create({ title: "Detailed notes", id: "t3", description: "torn" });
  await knot.decisions.log({ title: "CRC", id: "d1", rationale: "A torn record is found by it" });
  await knot.notes.add("t3", "the tail is torn here, too");
  const found = async (words: string): Promise<string[]> =>
    (await knot.search(words)).items.map(({ id, type }) => (type === "note" ? "note" : id));
  expect(await found("TORN tail")).toEqual(["t1", "note", "t2", "t3"]);
  expect(await found('"torn tail"')).toEqual(["t1"]);
  expect(await found("torn crc")).toEqual(["d1", "t1"]);
  expect(await found("torn nowhere")).toEqual([]);
  expect(await found("wal")).toEqual(["t2"]);
  expect((await knot.search("tail", { types: ["note"] })).items).toMatchObject([
    { type: "note", about: "t3", field: "text", snippet: "the tail is torn here, too" },
  ]);
  expect(await refusal(knot.search("  "))).toBe("INVALID_VALUE");
});

test("a search has pages, and says when it did not look at everything", async () => {
  const knot = await memoryKnot({ as: "ada" });
  for (let index = 0; index < 7; index += 1) {
    await knot.tasks.create({ title: `blue ${index}`, id: `t${index}` });
    knot.clock.advance(1);
  }
  const first = await knot.search("blue", { limit: 3 });
  expect([first.items.map(({ id }) => id), first.scanned, first.complete]).toEqual([["t6", "t5", "t4"], 7, true]);
  const rest = await knot.search("blue", { after: first.next ?? "" });
  expect(rest.items.map(({ id }) => id)).toEqual(["t3", "t2", "t1", "t0"]);
  expect(await knot.search("blue", { scannedMax: 2 })).toMatchObject({ scanned: 2, complete: false });
});

test("a search for whole words gives them as ranked as any search, page by page, over all types", async () => {
  const knot = await memoryKnot({ as: "ada" });
  for (let index = 0; index < 5; index += 1)
    await knot.tasks.create({ title: `Recover log ${index}`, id: `t${index}` });
  await knot.tasks.create({ title: "Logs", id: "u1", description: "recovery of the log", tags: ["wal_log"] });
  await knot.decisions.log({ title: "Recovering", id: "z9", rationale: "The log says so" });
  await knot.tasks.create({ title: "Catalogue", id: "u2", description: "recover" });
  const found = async (words: string): Promise<string[]> =>
    (await knot.search(words, { wholeWords: true })).items.map(({ id }) => id);
  expect(await found("recover log")).toEqual(["t4", "t3", "t2", "t1", "t0"]);
  expect(await found("RECOVER* log")).toEqual(["t4", "t3", "t2", "t1", "t0", "z9", "u1"]);
  expect(await found("recover log 3")).toEqual(["t3"]);
  expect(await found("absent")).toEqual([]);
  const paged: string[] = [];
  for (let after: string | undefined; ;) {
    const page = await knot.search("recover* log", {
      wholeWords: true,
      limit: 3,
      ...(after === undefined ? {} : { after }),
    });
    paged.push(...page.items.map(({ id }) => id));
    if (page.next === undefined) break;
    after = page.next;
  }
  expect(paged).toEqual(await found("recover* log"));
  expect((await knot.search("log", { wholeWords: true, types: ["decision"] })).items).toMatchObject([
    { id: "z9", type: "decision", title: "Recovering", field: "rationale", snippet: "The log says so" },
  ]);
  expect(await refusal(knot.search("!?", { wholeWords: true }))).toBe("INVALID_VALUE");
  expect(await refusal(knot.search("log", { wholeWords: true, after: "elsewhere" }))).toBe("INVALID_CURSOR");
});

test("[C13] a search for words can be sorted by when each was changed last, page by page, now and as of before", async () => {
  const knot = await memoryKnot({ as: "ada" });
  for (const [id, description] of [
    ["t1", "the torn tail"],
    ["t2", "nothing of it"],
    ["t3", "a TAIL of the log"],
    ["t4", "tail"],
  ] as const) {
    await knot.tasks.create({ title: id, id, description });
  }
  const byUpdate = knot.graph.query("task").mentions("tail").orderBy("updatedAt", "desc");
  // In another order than they were made.
  for (const id of ["t4", "t2", "t1", "t3"]) {
    knot.clock.advance(1000);
    await knot.tasks.update(id, { priority: "high" });
  }
  expect(await byUpdate.ids()).toEqual(["t3", "t1", "t4"]);
  expect(await knot.graph.query("task").mentions("tail").orderBy("updatedAt").ids()).toEqual(["t4", "t1", "t3"]);
  expect(await byUpdate.limit(2).ids()).toEqual(["t3", "t1"]);
  const before = await knot.graph.head();
  knot.clock.advance(1000);
  await knot.tasks.update("t4", { priority: "low" });
  expect(await byUpdate.ids()).toEqual(["t4", "t3", "t1"]);
  const then = knot.graph.asOf(before).query("task").mentions("tail").orderBy("updatedAt", "desc");
  expect(await then.ids()).toEqual(["t3", "t1", "t4"]);
  expect(await knot.graph.check()).toMatchObject({ ok: true });
});

test("[T15] every type that can be searched declares its texts, and every type is found by the end of an id", () => {
  for (const { name, text, endings } of knotTypes) {
    expect(endings?.name, name).toBe(`${name}/~endings`);
    expect(text !== undefined, name).toBe((searchedTypes as readonly string[]).includes(name));
  }
});
