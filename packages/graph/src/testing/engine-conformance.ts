/**
 * What every engine must do, as tests. An engine that passes can stand behind a graph. Uses vitest, so it is imported by
 * test files only (and is not part of the built package's index).
 */
import { describe } from "vitest";
import { testCommits } from "./conformance/commits.ts";
import { testConflicts } from "./conformance/conflicts.ts";
import { testSnapshots } from "./conformance/snapshots.ts";
import type { OpenSubject } from "./conformance/subject.ts";

export type { EngineUnderTest, OpenSubject } from "./conformance/subject.ts";

/** Declares the tests; `open` gives an engine over a new, empty store each time. */
export function describeEngine(name: string, open: OpenSubject): void {
  describe(name, () => {
    testCommits(open);
    testConflicts(open);
    testSnapshots(open);
  });
}
