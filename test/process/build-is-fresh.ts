import { isBuildFresh } from "../../scripts/build-stamp.mjs";

/**
 * Vitest calls it once before any test that starts processes (vitest.config.ts): they run `dist/`, and a build older
 * than the sources would prove yesterday's code.
 * @throws Error when the sources have changed since `npm run build`, or it never ran here
 */
export function setup(): void {
  if (!isBuildFresh()) throw new Error("Cannot test processes: dist/ is older than packages/*/src. Run: npm run build");
}
