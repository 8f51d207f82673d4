import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { exitCodeOf, hasExitCode } from "./exit-codes.ts";

const packages = fileURLToPath(new URL("../../", import.meta.url));

/** Codes as errors are made with: `new SomeError("CODE"`, or a helper of that shape. */
function codesInSources(): ReadonlySet<string> {
  const found = new Set<string>();
  for (const name of readdirSync(packages)) {
    for (const path of readdirSync(join(packages, name, "src"), { recursive: true, encoding: "utf8" })) {
      if (!path.endsWith(".ts") || path.endsWith(".test.ts") || path.includes("testing")) continue;
      const source = readFileSync(join(packages, name, "src", path), "utf8");
      for (const [, code = ""] of source.matchAll(/new \w*Error\(\s*"([A-Z][A-Z0-9_]+)"/g)) found.add(code);
    }
  }
  return found;
}

test("every error code of every package has an exit code", () => {
  const codes = codesInSources();
  expect(codes.size).toBeGreaterThan(10);
  expect([...codes].filter((code) => !hasExitCode(code))).toEqual([]);
});

test("the exit codes are those of the design", () => {
  expect(
    ["IDENTITY_REQUIRED", "STORE_NOT_FOUND", "NOT_FOUND", "CONFLICT", "CLAIM_HELD", "STALE_FENCE"].map(exitCodeOf),
  ).toEqual([2, 3, 3, 4, 4, 4]);
  expect(
    ["LOCK_TIMEOUT", "LOG_DAMAGED", "OUTCOME_UNKNOWN", "LIMIT_EXCEEDED", "NO_SPACE", "ENOSPC"].map(exitCodeOf),
  ).toEqual([5, 6, 7, 8, 8, 8]);
  expect(exitCodeOf("ENOTTY")).toBe(1);
});
