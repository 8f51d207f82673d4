import fc from "fast-check";
import { expect, test } from "vitest";
import { AdjacencyLists } from "./adjacency-lists.ts";
import type { Step } from "./edge-choice.ts";
import { quickReach } from "./quick-reach.ts";
import { ReachBuffers } from "./reach-buffers.ts";

const out: Step = { direction: "out", type: "T" };
const into: Step = { direction: "in", type: "T" };
const nodeCount = 40;

const question = fc.record({
  start: fc.nat(nodeCount - 1),
  steps: fc.constantFrom([out], [into], [out, into]),
  maxDepth: fc.constantFrom(0, 1, 2, 3, Infinity),
  limit: fc.constantFrom(0, 1, 5, Infinity),
  maxVisited: fc.constantFrom(3, 20_000),
});
const edge = fc.tuple(fc.nat(nodeCount - 1), fc.nat(nodeCount - 1));

test("one search after the other in the same memory finds what a plain search finds, or says that it cannot", () => {
  fc.assert(
    fc.property(
      fc.array(edge, { maxLength: 120 }),
      fc.uniqueArray(fc.nat(nodeCount - 1), { maxLength: 3 }),
      fc.array(question, { minLength: 5, maxLength: 20 }),
      (edges, unknown, questions) => {
        const cache = { lists: listsOf(edges, new Set(unknown)), buffers: new ReachBuffers() };
        for (const asked of questions) {
          const { start, steps, maxDepth, limit, maxVisited } = asked;
          const found = quickReach(cache as never, { start: `n${start}`, steps, maxDepth, limit, maxVisited, seq: 7 });
          const { ids, metUnknown } = plainSearch(edges, { start, steps, maxDepth, unknown: new Set(unknown) });
          const isTooMuch = ids.length > maxVisited && limit > maxVisited;
          if (found !== undefined) expect(found).toEqual(ids.slice(0, limit));
          // Short of the bounds, only a list that is not known is a reason to say nothing.
          if (found === undefined) expect(metUnknown || isTooMuch).toBe(true);
          if (isTooMuch) expect(found).toBeUndefined();
        }
      },
    ),
    { numRuns: 300 },
  );
});

test("a search that meets more than there was memory for goes on with more memory", () => {
  const edges = Array.from({ length: 9000 }, (_, i): [number, number] => [i < 3000 ? 0 : (i % 3000) + 1, i + 1]);
  const cache = { lists: listsOf(edges, new Set(), 9001), buffers: new ReachBuffers() };
  const options = { start: "n0", steps: [out], maxDepth: 3, limit: Infinity, maxVisited: 20_000, seq: 7 };
  for (const round of [1, 2]) {
    const found = quickReach(cache as never, options);
    expect([round, found?.length, new Set(found).size]).toEqual([round, 9000, 9000]);
  }
});

test("a search of an older state passes by the lists that changed since, and answers out of those that did not", () => {
  const lists = listsOf(
    [
      [0, 1],
      [2, 3],
    ],
    new Set(),
  );
  const cache = { lists, buffers: new ReachBuffers() };
  lists.apply({ id: "E", type: "T", version: 1, op: "put", from: "n0", to: "n5" }, 9);
  const ask = (start: string, seq: number): string[] | undefined =>
    quickReach(cache as never, { start, steps: [out], maxDepth: 2, limit: Infinity, maxVisited: 100, seq });
  expect([ask("n0", 9), ask("n0", 10)]).toEqual([
    ["n1", "n5"],
    ["n1", "n5"],
  ]);
  expect([ask("n0", 7), ask("n0", 8)]).toEqual([undefined, undefined]);
  expect([ask("n2", 7), ask("n2", 8), ask("n2", 9)]).toEqual([["n3"], ["n3"], ["n3"]]);
});

function listsOf(edges: readonly (readonly [number, number])[], unknown: ReadonlySet<number>, count = nodeCount) {
  const lists = new AdjacencyLists();
  for (const step of [out, into]) {
    const plane = lists.plane(step);
    const type = lists.numberOfType("T");
    for (let node = 0; node < count; node += 1) {
      const number = lists.numberOf(`n${node}`);
      if (unknown.has(node)) continue;
      const others = neighboursOf(edges, step, node).map((other) => lists.numberOf(`n${other}`));
      lists.keep(plane, number, { others, types: others.map(() => type), seq: 7 });
    }
  }
  return lists;
}

function neighboursOf(edges: readonly (readonly [number, number])[], step: Step, node: number): readonly number[] {
  if (step.direction === "out") return edges.filter(([from]) => from === node).map(([, to]) => to);
  return edges.filter(([, to]) => to === node).map(([from]) => from);
}

function plainSearch(
  edges: readonly (readonly [number, number])[],
  asked: {
    readonly start: number;
    readonly steps: readonly Step[];
    readonly maxDepth: number;
    readonly unknown: ReadonlySet<number>;
  },
): { readonly ids: readonly string[]; readonly metUnknown: boolean } {
  const met = new Set([asked.start]);
  let rim = [asked.start];
  let metUnknown = false;
  for (let depth = 0; depth < asked.maxDepth && rim.length > 0; depth += 1) {
    const next: number[] = [];
    for (const node of rim) {
      metUnknown ||= asked.unknown.has(node);
      for (const other of asked.steps.flatMap((step) => neighboursOf(edges, step, node))) {
        if (met.has(other)) continue;
        met.add(other);
        next.push(other);
      }
    }
    rim = next;
  }
  return { ids: [...met].slice(1).map((node) => `n${node}`), metUnknown };
}
