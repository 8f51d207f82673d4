import { expect, test } from "vitest";
import { canonicalEdge, edgeTypes, inverseType } from "./relations.ts";

test("an inverse spelling turns the edge round; a canonical one stays", () => {
  expect(canonicalEdge({ from: "a", type: "BLOCKS", to: "b" })).toEqual({ from: "b", type: "DEPENDS_ON", to: "a" });
  expect(canonicalEdge({ from: "a", type: "CHILD_OF", to: "b" })).toEqual({ from: "b", type: "PARENT_OF", to: "a" });
  expect(canonicalEdge({ from: "a", type: "PART_OF", to: "b" })).toEqual({ from: "b", type: "CONTAINS", to: "a" });
  for (const type of edgeTypes)
    expect(canonicalEdge({ from: "a", type, to: "b" })).toEqual({ from: "a", type, to: "b" });
});

test("turning round twice gives the edge back", () => {
  for (const type of edgeTypes) {
    const inverse = inverseType(type);
    if (inverse === undefined) continue;
    expect(canonicalEdge({ from: "a", type: inverse, to: "b" })).toEqual({ from: "b", type, to: "a" });
  }
});
