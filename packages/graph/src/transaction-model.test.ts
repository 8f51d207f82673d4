/**
 * Transactions of two graphs over one store against a plain map: random programs, interleaved step by step. Every
 * committed transaction must have seen exactly what the transactions committed before it left, so running the committed
 * ones alone, in the order of their seqs, gives the same answers and the same final state.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { ConflictError } from "./conflict-error.ts";
import type { Graph } from "./graph.ts";
import { GraphError } from "./graph-error.ts";
import { openGraph } from "./open-graph.ts";
import { anySchema } from "./testing/any-schema.ts";
import { MemoryEngine } from "./testing/memory-engine.ts";
import { MemoryStore } from "./testing/memory-store.ts";
import type { Transaction } from "./transaction.ts";
import { defineType } from "./type-definition.ts";

const ids = ["a", "b", "c", "d"];
const id = fc.constantFrom(...ids);
const n = fc.integer({ min: 0, max: 3 });
const step = fc.oneof(
  fc.record({ do: fc.constant("get" as const), id }),
  fc.record({ do: fc.constant("create" as const), id, n }),
  fc.record({ do: fc.constant("update" as const), id, n }),
  fc.record({ do: fc.constant("delete" as const), id }),
  fc.record({ do: fc.constant("link" as const), id, to: id }),
  fc.record({ do: fc.constant("unlink" as const), id, to: id }),
  fc.record({ do: fc.constant("count" as const), n }),
  fc.record({ do: fc.constant("first" as const), n }),
  fc.record({ do: fc.constant("reach" as const), id }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
const program = fc.array(step, { minLength: 1, maxLength: 6 });

const item = defineType("item", { fields: anySchema, indexes: [["n"]] });

/** The model: numbers by id, and edges written "from>to". */
interface Model {
  readonly numbers: Map<string, number>;
  readonly edges: Set<string>;
}

function runOnModel({ numbers, edges }: Model, one: Step): unknown {
  switch (one.do) {
    case "get":
      return numbers.get(one.id);
    case "create":
      if (numbers.has(one.id)) return "ALREADY_EXISTS";
      numbers.set(one.id, one.n);
      return "ok";
    case "update":
      if (!numbers.has(one.id)) return "NOT_FOUND";
      numbers.set(one.id, one.n);
      return "ok";
    case "delete": {
      if (!numbers.delete(one.id)) return "NOT_FOUND";
      const gone = [...edges].filter((edge) => edge.split(">").includes(one.id));
      for (const edge of gone) edges.delete(edge);
      return gone.length;
    }
    case "link":
      if (!numbers.has(one.id) || !numbers.has(one.to)) return "DANGLING_EDGE";
      edges.add(`${one.id}>${one.to}`);
      return "ok";
    case "unlink":
      return edges.delete(`${one.id}>${one.to}`);
    case "count":
      return [...numbers.values()].filter((value) => value === one.n).length;
    case "first":
      return [...numbers].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1)).find(([, value]) => value >= one.n)?.[0];
    case "reach":
      return reach(edges, one.id);
  }
}

function reach(edges: ReadonlySet<string>, start: string): readonly string[] {
  const met = new Set([start]);
  for (const at of met) {
    for (const edge of edges) if (edge.startsWith(`${at}>`)) met.add(edge.slice(at.length + 1));
  }
  met.delete(start);
  return [...met].sort();
}

async function runOnGraph(tx: Transaction, one: Step): Promise<unknown> {
  switch (one.do) {
    case "get":
      return (await tx.get(one.id))?.props["n"];
    case "create":
      return await outcome(tx.create("item", { n: one.n }, { id: one.id }));
    case "update":
      return await outcome(tx.update(one.id, { n: one.n }));
    case "delete":
      return await tx.delete(one.id).then(({ edges }) => edges.length, codeOf);
    case "link":
      return await outcome(tx.link(one.id, "TO", one.to));
    case "unlink":
      return (await tx.unlink(one.id, "TO", one.to)) !== undefined;
    case "count":
      return await tx.query("item").where("n", "=", one.n).count();
    case "first":
      return (await tx.query("item").where("n", ">=", one.n).orderBy("n").first())?.id;
    case "reach":
      return [...(await tx.walk(one.id).out("TO").ids())].sort();
  }
}

async function outcome(call: Promise<unknown>): Promise<unknown> {
  return await call.then(() => "ok", codeOf);
}

function codeOf(error: unknown): string {
  if (error instanceof GraphError) return error.code;
  throw error;
}

interface Done {
  readonly seq: number;
  readonly wrote: boolean;
  readonly program: readonly Step[];
  readonly answers: readonly unknown[];
}

/** Runs a program as one transaction that yields between its steps; `undefined` when it lost a conflict. */
async function attempt(graph: Graph, steps: readonly Step[]): Promise<Done | undefined> {
  try {
    const { value, seq, time } = await graph.transact(
      async (tx) => {
        const answers: unknown[] = [];
        for (const one of steps) {
          answers.push(await runOnGraph(tx, one));
          await new Promise((resolve) => setImmediate(resolve));
        }
        return answers;
      },
      { retries: 0 },
    );
    return { seq, wrote: time !== undefined, program: steps, answers: value };
  } catch (error) {
    if (error instanceof ConflictError) return undefined;
    throw error;
  }
}

test("ENGINE I1, I2: committed transactions are as if run one after the other in the order of their seqs", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(program, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 4 }),
      async (callers) => {
        const store = new MemoryStore();
        const graphs: Graph[] = [];
        for (let i = 0; i < 2; i++)
          graphs.push(await openGraph({ engine: new MemoryEngine({ store }), types: [item] }));
        const done: Done[] = [];
        const run = async (caller: readonly (readonly Step[])[], i: number) => {
          for (const steps of caller) {
            const result = await attempt(graphs[i % 2] as Graph, steps);
            if (result !== undefined) done.push(result);
          }
        };
        await Promise.all(callers.map(run));
        const model: Model = { numbers: new Map(), edges: new Set() };
        // One that only read saw the state after the commit it names; one that wrote made the commit it names.
        const inOrder = done.sort((a, b) => a.seq - b.seq || Number(b.wrote) - Number(a.wrote));
        for (const { program: steps, answers } of inOrder)
          expect(answers).toEqual(steps.map((one) => runOnModel(model, one)));
        const final = await graphs[0]?.query("item").all();
        expect(final?.map((entity) => [entity.id, entity.props["n"]])).toEqual([...model.numbers].sort());
        expect(await graphs[1]?.query("TO").count()).toBe(model.edges.size);
        expect(await graphs[0]?.check()).toMatchObject({ ok: true });
      },
    ),
    { numRuns: process.env["KNOT_LONG"] === "1" ? 3_000 : 40 },
  );
});
