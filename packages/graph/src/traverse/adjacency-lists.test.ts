import fc from "fast-check";
import { expect, test } from "vitest";
import { AdjacencyLists, type NodeList } from "./adjacency-lists.ts";

const types = ["A", "AB", "B"];
const change = fc.record({
  op: fc.constantFrom("put" as const, "delete" as const),
  type: fc.nat(2),
  other: fc.nat(40),
});

test("lists follow changes: in order, each edge once, as if they were read anew, however often cells are tidied", () => {
  fc.assert(
    fc.property(fc.array(change, { minLength: 300, maxLength: 900 }), (changes) => {
      const lists = new AdjacencyLists();
      const planes = [lists.plane({ direction: "out", type: undefined }), lists.plane({ direction: "in", type: "B" })];
      const node = lists.numberOf("n0");
      for (const plane of planes) lists.keep(plane, node, { others: [], types: [], seq: 1 });
      const expected = new Set<string>();
      let before: { readonly list: NodeList; readonly text: string } | undefined;
      for (const [i, { op, type: typeAt, other }] of changes.entries()) {
        const type = types[typeAt] as string;
        const id = `m${other}`;
        const edge = { op, type, id: "E", version: 1 };
        lists.apply({ ...edge, from: "n0", to: id }, i + 2);
        lists.apply({ ...edge, from: id, to: "n0" }, i + 2);
        expected[op === "put" ? "add" : "delete"](`${type} ${id}`);

        const list = lists.at(planes[0] as never, node, i + 2);
        const text = describe(lists, list);
        if (i % 50 === 0) {
          // What was handed out stays as it was.
          if (before !== undefined) expect(describe(lists, before.list)).toBe(before.text);
          before = list === undefined ? undefined : { list, text };
          expect(text).toBe([...expected].sort().join(", "));
          const ofB = [...expected].filter((name) => name.startsWith("B")).sort();
          expect(describe(lists, lists.at(planes[1] as never, node, i + 2))).toBe(ofB.join(", "));
        }
      }
      expect(lists.others.length).toBeLessThan(4096);
    }),
    { numRuns: 20 },
  );
});

test("a list answers from the seq it is known for, no earlier, and not once the lists are retired", () => {
  const lists = new AdjacencyLists();
  const plane = lists.plane({ direction: "out", type: "A" });
  const node = lists.numberOf("a");
  expect(lists.at(plane, node, 9)).toBeUndefined();
  lists.keep(plane, node, { others: [], types: [], seq: 5 });
  expect(lists.at(plane, node, 4)).toBeUndefined();
  expect(lists.at(plane, node, 5)).toBeDefined();
  lists.apply({ op: "put", id: "E", type: "A", version: 1, from: "a", to: "b" }, 7);
  expect(lists.at(plane, node, 6)).toBeUndefined();
  expect(describe(lists, lists.at(plane, node, 7))).toBe("A b");
  lists.apply({ op: "put", id: "E", type: "A", version: 2, from: "a", to: "b" }, 8);
  expect(lists.at(plane, node, 7)).toBeDefined();
  lists.isRetired = true;
  expect(lists.at(plane, node, 9)).toBeUndefined();
});

test("a very long list is forgotten at a change instead of copied", () => {
  const lists = new AdjacencyLists();
  const plane = lists.plane({ direction: "out", type: undefined });
  const hub = lists.numberOf("hub");
  const type = lists.numberOfType("A");
  const others = Array.from({ length: 70_000 }, (_, i) => lists.numberOf(`n${i}`));
  lists.keep(plane, hub, { others, types: others.map(() => type), seq: 1 });
  const list = lists.at(plane, hub, 1);
  expect((list?.end ?? 0) - (list?.start ?? 0)).toBe(70_000);
  lists.apply({ op: "put", id: "E", type: "A", version: 1, from: "hub", to: "x" }, 2);
  expect(lists.at(plane, hub, 2)).toBeUndefined();
});

function describe(lists: AdjacencyLists, list: NodeList | undefined): string {
  if (list === undefined) return "unknown";
  const names: string[] = [];
  for (let at = list.start; at < list.end; at += 1) {
    names.push(`${lists.typeNames[list.types[at] as number]} ${lists.ids[list.others[at] as number]}`);
  }
  return names.join(", ");
}
