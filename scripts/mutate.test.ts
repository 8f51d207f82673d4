import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mutantsByPackage } from "./mutants/all-mutants.mjs";
import { withFault } from "./mutants/plant.mjs";
import { root } from "./processes.mjs";

const mutants = Object.values(mutantsByPackage).flat();

test("there are 30 faults to plant at least, three a package, and each has a name of its own", () => {
  expect(mutants.length).toBeGreaterThanOrEqual(30);
  for (const [part, own] of Object.entries(mutantsByPackage)) expect(own.length, part).toBeGreaterThanOrEqual(3);
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
});

test.each(mutants)("the place to plant is there: $name", ({ tests, ...mutant }) => {
  const text = readFileSync(join(root, mutant.file), "utf8");
  expect(withFault(text, { ...mutant, tests })).not.toBe(text);
  for (const file of tests) expect(existsSync(join(root, file)), file).toBe(true);
});
