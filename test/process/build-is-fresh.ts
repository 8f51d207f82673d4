import { isBuildFresh } from "../../scripts/build-stamp.mjs";

/**
 * Vitest calls it once before any test that starts processes (vitest.config.ts): they run `dist/`, and a build older
 * than the sources would prove yesterday's code.
 * @throws Error when the sources have changed since `npm run build`, or it never ran here
 */
export function setup(): void {
  // For work on the tests themselves while others change sources in the same tree.
  if (process.env["KNOT_TEST_ANY_BUILD"] === "1") return;
  if (!isBuildFresh()) throw new Error("Cannot test processes: dist/ is older than packages/*/src. Run: npm run build");
}
