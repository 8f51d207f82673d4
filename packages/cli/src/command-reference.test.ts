import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { commandReference } from "./command-reference.ts";
import { commandTable } from "./command-table.ts";
import { globalOptionSpecs, helpSpec, versionSpec } from "./parsing/global-options.ts";
import { labelOf } from "./parsing/option-spec.ts";

test("docs/CLI.md is what the commands say of themselves", async () => {
  await expect(await commandReference()).toMatchFileSnapshot(
    fileURLToPath(new URL("../../../docs/CLI.md", import.meta.url)),
  );
});

test("the table and the commands say the same of each other", async () => {
  for (const entry of commandTable) {
    const command = await entry.load();
    expect([command.path, command.summary]).toEqual([entry.path, entry.summary]);
  }
});

test("no option hides another, and no misspelling is an option of the same command", async () => {
  const globals = [...Object.values(globalOptionSpecs), helpSpec, versionSpec];
  for (const entry of commandTable) {
    const specs = [...globals, ...Object.values((await entry.load()).options)];
    const names = specs.flatMap(({ flags }) => flags.match(/(?<=^|, )--?[a-zA-Z][a-z-]*/g) ?? []);
    expect(new Set(names).size, `${entry.path}: ${names.join(" ")}`).toBe(names.length);
    const labels = new Set(specs.map(({ flags }) => labelOf(flags)));
    const misspellings = specs.flatMap(({ misspellings: words = [] }) => words);
    expect(
      misspellings.filter((word) => labels.has(word)),
      entry.path,
    ).toEqual([]);
  }
});

test("every list can be limited", async () => {
  for (const entry of commandTable) {
    if (!/ (list|ready|history|why)$|^log$/.test(entry.path)) continue;
    const labels = Object.values((await entry.load()).options).map(({ flags }) => flags);
    expect(labels, entry.path).toContain("-n, --limit <count>");
  }
});
