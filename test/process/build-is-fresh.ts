import { isBuildFresh } from "../../scripts/build-stamp.mjs";

/**
 * Call it first in every test file that starts processes: they run `dist/`, and a stale one would prove yesterday's code.
 * @throws Error when the sources have changed since `npm run build`, or `npm run build` never ran here
 */
export function assertBuildIsFresh(): void {
  if (!isBuildFresh()) throw new Error("Cannot test processes: dist/ is older than packages/*/src. Run: npm run build");
}
