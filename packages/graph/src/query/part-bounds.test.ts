import { expect, test } from "vitest";
import { indexedTextUnitsMax } from "../index-keys.ts";
import { openGraph } from "../open-graph.ts";
import { anySchema } from "../testing/any-schema.ts";
import { MemoryEngine } from "../testing/memory-engine.ts";
import { defineType } from "../type-definition.ts";

/** Around the length at which indexes cut text, with pairs that the cut must not part. */
const texts = ["x", "é"].flatMap((unit) =>
  [-2, -1, 0, 1].flatMap((more) => {
    const start = unit.repeat(indexedTextUnitsMax + more);
    return ["", "a", "z", "😀", "😁", "😀z", "\uffff"].map((rest) => start + rest);
  }),
);
const enums = { text: [texts[9] ?? "", texts[3] ?? "", "low"] };

test("[Q1] a range of long texts is the same with an index and without, wherever the index cuts them", async () => {
  for (const order of [{}, enums]) {
    const open = (indexes: readonly (readonly string[])[]): ReturnType<typeof openGraph> =>
      openGraph({
        engine: new MemoryEngine(),
        types: [defineType("item", { fields: anySchema, enums: order, indexes })],
      });
    const graphs = [await open([["text"]]), await open([])];
    for (const graph of graphs) {
      await graph.transact(async (tx) => {
        for (const [i, text] of [...texts, "", "low", 5, true, null].entries())
          await tx.create("item", { text }, { id: `i${i}` });
      });
    }
    let seeks = 0;
    for (const text of [...texts, "low"]) {
      for (const op of ["<", "<=", ">", ">=", "startsWith", "="] as const) {
        const [indexed = [], plain = []] = await Promise.all(
          graphs.map((graph) => graph.query("item").where("text", op, text).ids()),
        );
        expect(indexed.toSorted(), `${op} ${text.length} ${text.slice(-3)}`).toEqual(plain.toSorted());
        const report = await graphs[0]?.query("item").where("text", op, text).explain();
        if (report?.access === "seek") seeks += 1;
      }
    }
    expect(seeks).toBeGreaterThan(4 * texts.length);
  }
});
