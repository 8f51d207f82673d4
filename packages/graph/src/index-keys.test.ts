import { expect, test } from "vitest";
import { decodeKeyParts } from "@knotwork/indexer";
import { assertId, edgeId, idOfKey, indexKeysOf, indexName, otherEndOfKey } from "./index-keys.ts";
import type { IndexDefinition, IndexPart } from "./engine.ts";

function definition(type: string, parts: readonly IndexPart[]): IndexDefinition {
  return { name: indexName(type, parts), type, parts };
}

function decoded(version: Parameters<typeof indexKeysOf>[0], definitions: readonly IndexDefinition[] = []) {
  return indexKeysOf(version, definitions).map(({ index, key }) => [index, ...decodeKeyParts(key)]);
}

test("a node has its type key, an edge also a key in both directions", () => {
  expect(decoded({ id: "n1", type: "task", props: {} })).toEqual([["type", "task", "n1"]]);
  expect(decoded({ id: "e1", type: "DEPENDS_ON", from: "a", to: "b", props: {} })).toEqual([
    ["type", "DEPENDS_ON", "e1"],
    ["out", "a", "DEPENDS_ON", "b", "e1"],
    ["in", "b", "DEPENDS_ON", "a", "e1"],
  ]);
});

test("a deleted version has no keys", () => {
  expect(indexKeysOf({ id: "n1", type: "task", props: {}, deleted: true }, [])).toEqual([]);
});

test("a declared index holds ranks for known enum values, nulls for what is missing or no scalar, and the id last", () => {
  const byPriority = definition("task", [{ field: "priority", order: ["critical", "high", "low"] }, { field: "due" }]);
  const keys = (props: Record<string, never> | object) =>
    decoded({ id: "n1", type: "task", props: props as never }, [byPriority]).slice(1);
  expect(keys({ priority: "high", due: 7 })).toEqual([[byPriority.name, 1, 7, "n1"]]);
  expect(keys({ priority: "odd" })).toEqual([[byPriority.name, "odd", null, "n1"]]);
  expect(keys({ priority: null, due: { nested: 1 } })).toEqual([[byPriority.name, null, null, "n1"]]);
});

test("an array gives one key per distinct scalar, a second array counts as null, an empty one too", () => {
  const byTags = definition("task", [{ field: "tags" }, { field: "more" }]);
  const keys = (props: object) => decoded({ id: "n1", type: "task", props: props as never }, [byTags]).slice(1);
  expect(keys({ tags: ["a", "b", "a", null, ["x"]], more: [1] })).toEqual([
    [byTags.name, "a", null, "n1"],
    [byTags.name, "b", null, "n1"],
  ]);
  expect(keys({ tags: [], more: 1 })).toEqual([[byTags.name, null, 1, "n1"]]);
});

test("a dotted field reaches into an object unless a property has that very name", () => {
  const bySource = definition("task", [{ field: "source.id" }]);
  expect(decoded({ id: "n1", type: "task", props: { source: { id: "x" } } }, [bySource])[1]?.[1]).toBe("x");
  expect(
    decoded({ id: "n1", type: "task", props: { source: { id: "x" }, "source.id": "y" } }, [bySource])[1]?.[1],
  ).toBe("y");
});

test("a long string is indexed by its first 256 units and no pair is split", () => {
  const byTitle = definition("task", [{ field: "title" }]);
  const title = `${"a".repeat(255)}😀tail`;
  expect(decoded({ id: "n1", type: "task", props: { title } }, [byTitle])[1]?.[1]).toBe("a".repeat(255));
});

test("an index is named for its type and fields, and by a hash where enums have an order", () => {
  expect(indexName("task", [{ field: "status" }, { field: "priority" }])).toBe("task/status,priority");
  const one = indexName("task", [{ field: "priority", order: ["high", "low"] }]);
  const other = indexName("task", [{ field: "priority", order: ["low", "high"] }]);
  expect(one).toMatch(/^task\/priority~[0-9a-f]{8}$/);
  expect(other).not.toBe(one);
});

test("the id is read back from any key", () => {
  const byTitle = definition("task", [{ field: "title" }]);
  for (const { key } of indexKeysOf({ id: "T-1._x", type: "task", props: { title: "a@b\0@" } }, [byTitle])) {
    expect(idOfKey(key)).toBe("T-1._x");
  }
});

test("the other end is read back from the keys of an edge", () => {
  const [, out, into] = indexKeysOf({ id: edgeId("a", "TO", "b-1"), type: "TO", from: "a", to: "b-1", props: {} }, []);
  expect([otherEndOfKey(out?.key ?? ""), otherEndOfKey(into?.key ?? "")]).toEqual(["b-1", "a"]);
});

test("an edge id is a function of its ends and type, and a valid id", () => {
  expect(edgeId("a", "DEPENDS_ON", "b")).toBe(edgeId("a", "DEPENDS_ON", "b"));
  expect(edgeId("a", "DEPENDS_ON", "b")).not.toBe(edgeId("b", "DEPENDS_ON", "a"));
  expect(edgeId("a", "DEPENDS_ON", "b")).toMatch(/^E-[0-9A-HJKMNP-TV-Z]{26}$/);
  // Fixed for ever: stores hold it.
  expect(edgeId("a", "DEPENDS_ON", "b")).toMatchInlineSnapshot(`"E-E40JQ2V571H75M6BEVBPWYD6XB"`);
});

test.each([["", "-a", "a/b", "../x", "a b", "é", "x".repeat(129), 7, undefined, "a\n"]])(
  "%j is refused as an id",
  (...values) => {
    for (const value of values) expect(() => assertId(value)).toThrow(expect.objectContaining({ code: "INVALID_ID" }));
    expect(() => assertId("A1._-z")).not.toThrow();
  },
);
