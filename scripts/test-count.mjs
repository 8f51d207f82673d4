// Adds up several runs of vitest and other checks into the one line that `npm test` ends with: "N passed, N failed".

import { existsSync, readFileSync } from "node:fs";

/** @typedef {{ readonly passed: number, readonly failed: number, readonly skipped: number }} TestCount */

/**
 * The part of vitest's JSON report that is read here.
 *
 * @typedef {object} VitestReport
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {readonly { readonly status: string, readonly assertionResults: readonly object[] }[]} testResults
 */

/** @type {TestCount} */
export const nothingCounted = { passed: 0, failed: 0, skipped: 0 };

/** A check without tests of its own (format, lint, types): it counts when it fails. @type {TestCount} */
export const oneFailed = { passed: 0, failed: 1, skipped: 0 };

/** @param {TestCount} a @param {TestCount} b @returns {TestCount} */
export function addCounts(a, b) {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** @param {TestCount} count */
export function formatCount({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/**
 * Counts one vitest run by its JSON report. A run that failed counts at least one failure, whatever the report says: a
 * test file that cannot be loaded, an unhandled rejection and a crash of the runner have no test to carry them.
 *
 * @param {string} reportPath
 * @param {number} exitCode of vitest
 * @returns {TestCount}
 */
export function countReport(reportPath, exitCode) {
  if (!existsSync(reportPath)) return exitCode === 0 ? nothingCounted : oneFailed;
  const report = /** @type {VitestReport} */ (JSON.parse(readFileSync(reportPath, "utf8")));
  const unloaded = report.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
  const failed = report.numFailedTests + unloaded.length;
  return {
    passed: report.numPassedTests,
    failed: exitCode === 0 ? failed : Math.max(1, failed),
    skipped: report.numPendingTests + report.numTodoTests,
  };
}
