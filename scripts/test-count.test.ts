import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

import { addCounts, countReport, formatCount } from "./test-count.mjs";

const directory = mkdtempSync(join(tmpdir(), "knotwork-count-"));
afterAll(() => rmSync(directory, { recursive: true }));

function report(content: object): string {
  const path = join(directory, "report.json");
  const empty = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };
  writeFileSync(path, JSON.stringify({ ...empty, ...content }));
  return path;
}

test("passed, failed and skipped tests are counted as vitest counts them", () => {
  const path = report({ numPassedTests: 7, numFailedTests: 2, numPendingTests: 1, numTodoTests: 1 });
  expect(countReport(path, 1)).toEqual({ passed: 7, failed: 2, skipped: 2 });
});

test("a test file that cannot be loaded counts as one failure", () => {
  const path = report({ numPassedTests: 7, testResults: [{ status: "failed", assertionResults: [] }] });
  expect(countReport(path, 1)).toEqual({ passed: 7, failed: 1, skipped: 0 });
});

test("a run that failed without a failed test counts as one failure", () => {
  expect(countReport(report({ numPassedTests: 7 }), 1)).toEqual({ passed: 7, failed: 1, skipped: 0 });
  expect(countReport(join(directory, "missing.json"), 137)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test("the last line adds the runs up and names skipped tests only when there are any", () => {
  const sum = addCounts({ passed: 7, failed: 0, skipped: 0 }, { passed: 3, failed: 1, skipped: 0 });
  expect(formatCount(sum)).toBe("10 passed, 1 failed");
  expect(formatCount({ passed: 1, failed: 0, skipped: 2 })).toBe("1 passed, 0 failed, 2 skipped");
});
