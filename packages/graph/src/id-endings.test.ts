import { expect, test } from "vitest";
import type { EngineSnapshot } from "./engine.ts";
import { idsEndingWith } from "./id-endings.ts";
import { openGraph } from "./open-graph.ts";
import { SnapshotReader } from "./reader.ts";
import { anySchema } from "./testing/any-schema.ts";
import { MemoryEngine } from "./testing/memory-engine.ts";
import { defineType } from "./type-definition.ts";
import { TypeRegistry } from "./type-registry.ts";

const types = [
  defineType("task", { fields: anySchema, endings: true }),
  defineType("other", { fields: anySchema }),
] as const;

const ids = [
  "T-01ABCDEF",
  "t-xxabcdef",
  "T-ABCDEF",
  "T-abcde",
  "T-01ABCDEG",
  "Z-0123456789ABCDEF",
  "Z-9123456789ABCDEF",
];

test("ids that end alike are found in any case, with an index of endings and without, and in the transaction that makes them", async () => {
  const graph = await openGraph({ engine: new MemoryEngine(), types });
  const endings = ["abcdef", "ABCDEF", "f", "T-ABCDEF", "3456789abcdef", "0123456789ABCDEF", "none", "é", "\ud800", ""];
  const expected = (ending: string): string[] =>
    ending === "" ? [] : ids.filter((id) => id.toUpperCase().endsWith(ending.toUpperCase())).sort();
  await graph.transact(async (tx) => {
    for (const id of ids) await tx.create("task", {}, { id });
    for (const ending of endings) expect(await tx.idsEndingWith("task", ending)).toEqual(expected(ending));
  });
  await graph.transact(async (tx) => {
    for (const id of ids) await tx.create("other", {}, { id: `${id}.o` });
    await tx.create("task", {}, { id: "gone-ABCDEF" });
  });
  await graph.transact((tx) => tx.delete("gone-ABCDEF"));
  for (const ending of endings) {
    expect(await graph.idsEndingWith("task", ending)).toEqual(expected(ending));
    expect(await graph.idsEndingWith("other", ending === "" ? "" : `${ending}.o`)).toEqual(
      expected(ending).map((id) => `${id}.o`),
    );
  }
  expect(await graph.check()).toMatchObject({ ok: true });
  await graph.close();
});

test("a look-up by the end of an id meets only the keys that end so", async () => {
  const engine = new MemoryEngine();
  const graph = await openGraph({ engine, types });
  await graph.transact(async (tx) => {
    for (let number = 0; number < 2000; number += 1) await tx.create("task", {}, { id: `T-${1_000_000 + number}` });
  });
  let keys = 0;
  const snapshot = engine.pin();
  const counting: EngineSnapshot = {
    seq: snapshot.seq,
    get: (id) => snapshot.get(id),
    history: (id) => snapshot.history(id),
    hasIndex: (index) => snapshot.hasIndex(index),
    scan: async (request) => {
      const page = await snapshot.scan(request);
      keys += page.hits.length;
      return page;
    },
  };
  const reader = new SnapshotReader(counting, { types: new TypeRegistry(types), cache: undefined });
  expect(await idsEndingWith(reader, "task", "001234")).toEqual(["T-1001234"]);
  expect(keys).toBe(1);
  snapshot.release();
  await graph.close();
});
