import { expect, test } from "vitest";
import { editDistance, nearest } from "./near-miss.ts";

test("a slip of the finger finds its word", () => {
  expect(nearest("lsit", ["list", "show", "ready"])).toBe("list");
  expect(nearest("--prioriy", ["--priority", "--parent"])).toBe("--priority");
  expect(nearest("comp", ["complete", "create"])).toBe("complete");
  expect(nearest("DEPENDS-ON", ["DEPENDS_ON", "BLOCKS"])).toBe("DEPENDS_ON");
});

test("a word far from all finds none", () => {
  expect(nearest("teleport", ["list", "show", "ready"])).toBeUndefined();
  expect(nearest("x", ["list"])).toBeUndefined();
});

test("the distance counts inserted, removed, replaced and swapped letters", () => {
  expect(editDistance("", "abc")).toBe(3);
  expect(editDistance("abc", "abc")).toBe(0);
  expect(editDistance("abc", "acb")).toBe(1);
  expect(editDistance("kitten", "sitting")).toBe(3);
});
