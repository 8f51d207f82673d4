/** What makes a build stale. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { buildInputs } from "./build-stamp.mjs";

test("whatever the bundler names of its own makes the build stale when it changes", () => {
  const inputs = new Set(buildInputs());
  const bundler = readFileSync(new URL("bundle.mjs", import.meta.url), "utf8");
  const named = [...bundler.matchAll(/"(bundle-[a-z-]+\.[cm]js)"/g)].map(([, name]) => `scripts/${name}`);
  expect(named.length).toBeGreaterThan(5);
  for (const path of [...named, "scripts/bundle.mjs", "pnpm-lock.yaml", "packages/graph/package.json"])
    expect(inputs).toContain(path);
  expect([...inputs].filter((path) => path.includes(".test."))).toEqual([]);
});
