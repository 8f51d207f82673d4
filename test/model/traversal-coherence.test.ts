/**
 * Shared lists of neighbours, while others write: whatever was read before, every traversal answers as the plainest
 * evaluation of the state it reads does. Two processes on one disk in memory; the second has room for few lists only.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Graph, PinnedGraphSnapshot } from "@knotwork/graph";
import { World } from "../engine/engine-world.ts";
import { type ModelChoice, type ModelEdge, TraversalModel } from "./traversal-model.ts";

const nodes = Array.from({ length: 6 }, (_, i) => `n${i}`);
const types = ["A", "AB", "B"];

const node = fc.constantFrom(...nodes);
const process = fc.nat(1);
const edge = fc.record({ from: node, type: fc.constantFrom(...types), to: node });
const someTypes = fc.subarray(types, { maxLength: 2 });
const choice: fc.Arbitrary<ModelChoice> = fc.oneof(
  fc.record({ out: someTypes }),
  fc.record({ in: someTypes }),
  fc.record({ both: someTypes }),
  fc.record({ out: someTypes, in: someTypes }),
);

const absent: ModelEdge = { from: "n0", type: "A", to: "n0" };

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("link" as const), process, edge }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("unlink" as const), process, pick: fc.nat(50) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("delete" as const), process, node }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("checkpoint" as const), process }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("hold" as const), process }) },
  {
    weight: 12,
    arbitrary: fc.record({ do: fc.constant("ask" as const), process, node, to: node, choice, depth: fc.nat(3) }),
  },
);

interface Held {
  readonly snapshot: PinnedGraphSnapshot;
  readonly seq: number;
  readonly model: TraversalModel;
}

test("[Q2] [Q4] traversals answer of exactly the state they read, whoever commits, now, held and as of then", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 70 }), async (steps) => {
      const world = new World();
      const first = await world.graph("first");
      const graphs = [first, await world.graph("second", { adjacencyBytesMax: 3000 })];
      const model = new TraversalModel();
      for (const id of nodes) await create(first, model, id);
      const held: Held[] = [];
      for (const each of steps) {
        const graph = graphs[each.process] as Graph;
        if (each.do === "link") await link(graph, model, each.edge);
        else if (each.do === "unlink") {
          const { from, type, to } = [...model.edges.values()][each.pick % Math.max(1, model.edges.size)] ?? absent;
          await graph.transact((tx) => tx.unlink(from, type, to));
          model.unlink({ from, type, to });
        } else if (each.do === "delete") {
          if (model.nodes.has(each.node)) await graph.transact((tx) => tx.delete(each.node));
          model.delete(each.node);
        } else if (each.do === "checkpoint") await graph.checkpoint();
        else if (each.do === "hold") {
          const snapshot = await graph.snapshot();
          held.push({ snapshot, seq: snapshot.seq, model: model.copy() });
        } else {
          await compare(graph, model, each);
          await graph.transact((tx) => compare(tx, model, each));
          for (const then of held) await compare(then.snapshot, then.model, each);
          for (const then of held) await compare(graph.asOf(then.seq), then.model, each);
        }
      }
      for (const { snapshot } of held) snapshot.release();
      expect(await first.check()).toMatchObject({ ok: true });
      for (const graph of graphs) await graph.close();
    }),
    { numRuns: 40 },
  );
});

async function create(graph: Graph, model: TraversalModel, id: string): Promise<void> {
  await graph.transact((tx) => tx.create("node", {}, { id }));
  model.nodes.add(id);
}

async function link(graph: Graph, model: TraversalModel, { from, type, to }: ModelEdge): Promise<void> {
  for (const id of new Set([from, to])) if (!model.nodes.has(id)) await create(graph, model, id);
  await graph.transact((tx) => tx.link(from, type, to));
  model.link({ from, type, to });
}

type Reads = Pick<Graph, "neighbours" | "walk" | "path" | "reachable">;

async function compare(
  reads: Reads,
  model: TraversalModel,
  asked: { readonly node: string; readonly to: string; readonly choice: ModelChoice; readonly depth: number },
): Promise<void> {
  const { node: start, to, choice: edges, depth } = asked;
  const near = [...model.neighbours(start, edges)].filter((id) => id !== start);
  expect(await reads.neighbours(start, edges)).toEqual(near);

  const distances = model.distances(start, edges);
  const reached = await reads.reachable(start, edges);
  expect(reached.toSorted()).toEqual([...distances.keys()].filter((id) => id !== start).toSorted());
  expect(reached.map((id) => distances.get(id))).toEqual(reached.map((id) => distances.get(id)).toSorted());

  const near3 = [...model.distances(start, edges, depth).keys()].filter((id) => id !== start).toSorted();
  let walk = reads.walk(start).maxDepth(depth);
  for (const [way, names] of Object.entries(edges)) walk = walk[way as "out"](...(names as readonly string[]));
  expect((await walk.ids()).toSorted()).toEqual(near3);
  expect((await walk.depthFirst().ids()).toSorted()).toEqual(near3);
  expect((await walk.all()).map(({ id }) => id)).toEqual(await walk.ids());

  const path = await reads.path(start, to, edges);
  if (!model.nodes.has(start)) return expect(path).toBeUndefined();
  expect(path === undefined ? undefined : path.length - 1).toBe(distances.get(to));
  expect(model.isPath(path ?? [], edges)).toBe(true);
}
