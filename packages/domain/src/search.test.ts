import { expect, test } from "vitest";
import { memoryKnot, refusal } from "./testing/memory-knot.ts";

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
