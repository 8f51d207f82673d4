/**
 * What every engine must do, as tests. An engine that passes can stand behind a graph. Uses vitest, so it is imported by
 * test files only (and is not part of the built package's index).
 */
import { describe } from "vitest";
import { testCommits, testListeners, testListing, testOnce } from "./conformance/commits.ts";
import {
  testBatchConflicts,
  testEdgeConflicts,
  testEntityConflicts,
  testFieldConflicts,
  testLimitConflicts,
  testRangeConflicts,
} from "./conformance/conflicts.ts";
import { testHints, testLog } from "./conformance/log.ts";
import { testDefinitions, testScans, testSharing, testSnapshots } from "./conformance/snapshots.ts";
import { type OpenSubject, useSubject } from "./conformance/subject.ts";

export type { EngineUnderTest, OpenSubject } from "./conformance/subject.ts";

/** Declares the tests; `open` gives an engine over a new, empty store each time. */
export function describeEngine(name: string, open: OpenSubject): void {
  describe(name, () => {
    const given = useSubject(open);
    testCommits(given);
    testOnce(given);
    testListing(given);
    testListeners(given);
    testEntityConflicts(given);
    testRangeConflicts(given);
    testFieldConflicts(given);
    testLimitConflicts(given);
    testEdgeConflicts(given);
    testBatchConflicts(given);
    testScans(given);
    testSnapshots(given);
    testDefinitions(given);
    testSharing(given);
    testLog(given);
    testHints(given);
  });
}
