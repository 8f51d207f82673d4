import { expect, test } from "vitest";
import { memoryKnot, refusal, type MemoryKnot } from "./testing/memory-knot.ts";

async function threeTasks(): Promise<MemoryKnot> {
  const knot = await memoryKnot({ as: "ada" });
  for (const id of ["a", "b", "c"]) await knot.tasks.create({ title: id, id });
  return knot;
}

test("[D8] both spellings of a relation are one edge", async () => {
  const knot = await threeTasks();
  const edge = await knot.edges.add("a", "BLOCKS", "b");
  expect(edge).toMatchObject({ from: "b", type: "DEPENDS_ON", to: "a" });
  expect((await knot.edges.add("b", "DEPENDS_ON", "a")).id).toBe(edge.id);
  expect(await knot.edges.get("a", "BLOCKS", "b")).toEqual(await knot.edges.get("b", "DEPENDS_ON", "a"));
  expect(await knot.tasks.blockers("b")).toEqual(["a"]);
  await knot.edges.add("c", "CHILD_OF", "a");
  expect(await knot.tasks.openChildren("a")).toEqual(["c"]);
  expect((await knot.edges.remove("a", "BLOCKS", "b")).id).toBe(edge.id);
  expect(await knot.tasks.blockers("b")).toEqual([]);
});

test("an edge reads from each of its ends", async () => {
  const knot = await threeTasks();
  await knot.edges.add("a", "DEPENDS_ON", "b");
  await knot.edges.add("b", "RELATES_TO", "c");
  const reads = async (id: string): Promise<unknown> =>
    (await knot.edges.seenFrom(id)).map(({ direction, reads, other }) => [direction, reads, other]);
  expect(await reads("a")).toEqual([["out", "DEPENDS_ON", "b"]]);
  expect(await reads("b")).toEqual([
    ["out", "RELATES_TO", "c"],
    ["out", "BLOCKS", "a"],
  ]);
  expect(await reads("c")).toEqual([["in", "RELATES_TO", "b"]]);
});

test("edges are listed by either end and either spelling", async () => {
  const knot = await threeTasks();
  await knot.edges.add("a", "DEPENDS_ON", "b");
  await knot.edges.add("c", "DEPENDS_ON", "b");
  await knot.edges.add("b", "RELATES_TO", "c");
  const list = async (filter: object): Promise<string[]> =>
    (await knot.edges.list(filter)).map(({ from, type, to }) => `${from} ${type} ${to}`).sort();
  expect(await list({ from: "a" })).toEqual(["a DEPENDS_ON b"]);
  expect(await list({ to: "b" })).toEqual(["a DEPENDS_ON b", "c DEPENDS_ON b"]);
  expect(await list({ from: "b", type: "BLOCKS" })).toEqual(["a DEPENDS_ON b", "c DEPENDS_ON b"]);
  expect(await list({ of: "b" })).toHaveLength(3);
  expect(await list({ of: "b", limit: 2 })).toHaveLength(2);
  expect(await list({ type: "BLOCKS" })).toEqual(["a DEPENDS_ON b", "c DEPENDS_ON b"]);
  expect(await refusal(knot.edges.list({}))).toBe("INVALID_VALUE");
});

test("[D8] an edge has weight, confidence and properties; adding it again changes them", async () => {
  const knot = await threeTasks();
  const added = await knot.edges.add("a", "RELATES_TO", "b", { weight: 2, confidence: 0.5, properties: { why: "x" } });
  expect(added).toMatchObject({ weight: 2, confidence: 0.5, properties: { why: "x" }, createdBy: "ada", version: 1 });
  expect((await knot.edges.add("a", "RELATES_TO", "b")).version).toBe(1);
  expect(await knot.edges.add("a", "RELATES_TO", "b", { weight: 3 })).toMatchObject({ weight: 3, version: 2 });
  expect(await refusal(knot.edges.add("a", "RELATES_TO", "c", { confidence: 1.1 }))).toBe("INVALID_VALUE");
  expect(await refusal(knot.edges.add("a", "RELATES_TO", "c", { weight: Number.NaN }))).toBe("INVALID_VALUE");
});

test("[D8] dangling, misspelt and unknown edges are refused", async () => {
  const knot = await threeTasks();
  expect(await refusal(knot.edges.add("a", "RELATES_TO", "T-0"))).toBe("NOT_FOUND");
  expect(await refusal(knot.edges.add("a", "relates-to", "b"))).toBe("INVALID_VALUE");
  expect(await refusal(knot.edges.remove("a", "RELATES_TO", "b"))).toBe("NOT_FOUND");
  expect((await knot.edges.add("a", "SMELLS_LIKE", "b")).type).toBe("SMELLS_LIKE");
});

test("[D8] every type of the vocabulary is there, under its own name or as the inverse of another", async () => {
  const vocabulary =
    "DEPENDS_ON BLOCKS CONTAINS RELATES_TO REQUIRES IMPLEMENTS SUPERSEDES DERIVED_FROM PARENT_OF CHILD_OF PART_OF REFERENCES " +
    "CONTRADICTS JUSTIFIES MOTIVATES CAUSED_BY TRANSFERS PRODUCES DOCUMENTED_BY DISCOVERED_FROM";
  const spellings = new Set((await (await memoryKnot()).edges.types()).flatMap(({ name, inverse }) => [name, inverse]));
  expect(vocabulary.split(" ").filter((name) => !spellings.has(name))).toEqual([]);
});

test("[D8] users add types: declared free of circles, such edges are refused with the path", async () => {
  const knot = await threeTasks();
  expect(await knot.edges.declareType({ name: "PRECEDES", description: "in time", acyclic: true })).toMatchObject({
    origin: "declared",
    acyclic: true,
    count: 0,
  });
  await knot.edges.add("a", "PRECEDES", "b");
  await knot.edges.add("b", "PRECEDES", "c");
  await expect(knot.edges.add("c", "PRECEDES", "a")).rejects.toThrow("it would close the circle c → a → b → c");
  await knot.edges.add("a", "LIKES", "b");
  await knot.edges.add("b", "LIKES", "a");
  expect(await refusal(knot.edges.declareType({ name: "LIKES", acyclic: true }))).toBe("CYCLE");
  expect(await refusal(knot.edges.declareType({ name: "BLOCKS" }))).toBe("ALREADY_EXISTS");
  expect(await refusal(knot.edges.declareType({ name: "likes" }))).toBe("INVALID_VALUE");
  const types = await knot.edges.types();
  expect(types.find(({ name }) => name === "DEPENDS_ON")).toEqual({
    name: "DEPENDS_ON",
    inverse: "BLOCKS",
    origin: "built-in",
    acyclic: true,
    count: 0,
  });
  expect(types.filter(({ origin }) => origin !== "built-in").map(({ name, count }) => [name, count])).toEqual([
    ["PRECEDES", 2],
    ["LIKES", 2],
  ]);
});
