/**
 * What every `Disk` must do, as tests. `describeDisk` runs them on one implementation; the engine relies on nothing that
 * is not here. Its own entry point (`@knotwork/disk/testing/contract`), because it imports vitest.
 */
import { afterEach, beforeEach, describe } from "vitest";
import { describeReadingAndWriting, describeSizes } from "./contract/bytes.ts";
import { describeDirectories, describeDirectoryLock } from "./contract/directories.ts";
import type { DiskUnderTest } from "./contract/disk-under-test.ts";
import { describeFreeing, describeGranting } from "./contract/locks.ts";
import { describeLooking, describeRenaming } from "./contract/names.ts";
import { describeWatching } from "./contract/watches.ts";
import { describeClosing, describeOpening, describeRefusals } from "./contract/opening.ts";

export type { DiskUnderTest } from "./contract/disk-under-test.ts";

export function describeDisk(name: string, makeDisk: () => DiskUnderTest): void {
  describe(name, () => {
    let made: DiskUnderTest;
    beforeEach(() => {
      made = makeDisk();
    });
    afterEach(() => made.cleanUp());
    const under = (): DiskUnderTest => made;
    describe("opening", () => describeOpening(under));
    describe("refusing to open", () => describeRefusals(under));
    describe("closing", () => describeClosing(under));
    describe("reading and writing", () => describeReadingAndWriting(under));
    describe("sizes and room", () => describeSizes(under));
    describe("looking at names", () => describeLooking(under));
    describe("unlinking and renaming", () => describeRenaming(under));
    describe("directories", () => describeDirectories(under));
    describe("watching directories", () => describeWatching(under));
    describe("granting locks", () => describeGranting(under));
    describe("freeing locks", () => describeFreeing(under));
    describe("the directory lock", () => describeDirectoryLock(under));
  });
}
