import fc from "fast-check";
import { expect, test } from "vitest";
import { type DirectedEdge, findCycles } from "./waiting-cycles.ts";

const edge = (from: string, to: string): DirectedEdge => ({ from, to });

test("a graph without a circle has none", () => {
  expect(findCycles([edge("a", "b"), edge("a", "c"), edge("b", "d"), edge("c", "d")])).toEqual([]);
});

test("a circle is given from a node back to it", () => {
  expect(findCycles([edge("a", "b"), edge("b", "c"), edge("c", "b")])).toEqual([["b", "c", "b"]]);
});

test("a node that points at itself is a circle", () => {
  expect(findCycles([edge("a", "a")])).toEqual([["a", "a"]]);
});

test("a chain longer than the call stack is deep is walked", () => {
  const chain = Array.from({ length: 50_000 }, (_, n) => edge(`n${n}`, `n${n + 1}`));
  expect(findCycles(chain)).toEqual([]);
  expect(findCycles([...chain, edge("n50000", "n0")])).toHaveLength(1);
});

test("without the edges that close the circles found, none is left", () => {
  const graphs = fc.array(fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 7 })), { maxLength: 30 });
  fc.assert(
    fc.property(graphs, (pairs) => {
      const edges = pairs.map(([from, to]) => edge(String(from), String(to)));
      const closing = new Set(findCycles(edges).map((cycle) => cycle.slice(-2).join(">")));
      const rest = edges.filter(({ from, to }) => !closing.has(`${from}>${to}`));
      expect(findCycles(rest)).toEqual([]);
      expect(closing.size === 0).toBe(isAcyclic(edges));
    }),
  );
});

/** Takes away nodes that nothing leaves until nothing changes; what is left goes round. */
function isAcyclic(edges: readonly DirectedEdge[]): boolean {
  for (let left = edges; ;) {
    const starts = new Set(left.map((each) => each.from));
    const next = left.filter((each) => starts.has(each.to));
    if (next.length === left.length) return left.length === 0;
    left = next;
  }
}
