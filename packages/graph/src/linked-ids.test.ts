import { expect, test } from "vitest";
import { openOne } from "./testing/open-memory-graphs.ts";

test("nodes with edges are told apart from those without, types left out", async () => {
  const graph = await openOne();
  await graph.transact(async (tx) => {
    for (const id of ["a", "b", "c", "d", "e"]) await tx.create("node", {}, { id });
    await tx.link("a", "TO", "b");
    await tx.link("c", "NEAR", "b");
    await tx.link("d", "TO", "e");
  });
  await graph.transact((tx) => tx.unlink("d", "TO", "e"));
  expect([...(await graph.linkedIds())].sort()).toEqual(["a", "b", "c"]);
  expect([...(await graph.linkedIds({ without: ["NEAR"] }))].sort()).toEqual(["a", "b"]);
  expect([...(await graph.linkedIds({ without: ["NEAR", "TO"] }))]).toEqual([]);
  await graph.close();
});
