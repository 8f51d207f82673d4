import type { Disk } from "@knotwork/disk";
import { enumerateCrashes, MemoryDisk } from "@knotwork/disk/testing";
import { expect, test } from "vitest";

import { IndexRun } from "./index-run.ts";
import { writeIndexRun } from "./index-run-writer.ts";
import { IndexerError } from "./indexer-error.ts";
import type { IndexEntry } from "./sorted-run.ts";
import { idEntries, STORE_ID } from "./testing/write-run.ts";

const DIRECTORY = "/index";
const PATH = "/index/run";
/** About 700 KiB: three writes. */
const ENTRIES: readonly IndexEntry[] = [...idEntries(4_000)].map((entry) => ({ ...entry, value: "v".repeat(140) }));

test("after a power cut at any step of writing, a run is absent, INDEX_DAMAGED or whole", () => {
  const memory = new MemoryDisk();
  const disk = memory.process("writer");
  disk.makeDirectory(DIRECTORY);
  disk.syncDirectory("/");
  const outcomes = { absent: 0, damaged: 0, whole: 0 };
  const look = (): void => {
    for (const state of enumerateCrashes(memory, { limit: 60 })) {
      outcomes[outcomeOn(state.disk.process("reader"), state.description)]++;
    }
  };
  memory.onOperation = look;
  writeIndexRun({ disk, path: PATH, storeId: STORE_ID, meta: {}, entries: ENTRIES });
  memory.onOperation = undefined;
  look();
  expect(Object.values(outcomes).every((count) => count > 0)).toBe(true);
});

test("once a run is written its data survives every power cut, and with a synced directory its name too", () => {
  const memory = new MemoryDisk();
  const disk = memory.process("writer");
  disk.makeDirectory(DIRECTORY);
  disk.syncDirectory("/");
  writeIndexRun({ disk, path: PATH, storeId: STORE_ID, meta: {}, entries: ENTRIES });
  for (const state of enumerateCrashes(memory)) {
    expect(["absent", "whole"]).toContain(outcomeOn(state.disk.process("reader"), state.description));
  }
  disk.syncDirectory(DIRECTORY);
  for (const state of enumerateCrashes(memory)) {
    expect(outcomeOn(state.disk.process("reader"), state.description)).toBe("whole");
  }
});

function outcomeOn(disk: Disk, description: string): "absent" | "damaged" | "whole" {
  if (disk.stat(PATH) === undefined) return "absent";
  try {
    const run = IndexRun.open({ disk, path: PATH, storeId: STORE_ID });
    run.check();
    expect(run.summary.entries, description).toBe(ENTRIES.length);
    expect(run.get(ENTRIES[0]?.key ?? "", 1e9), description).toEqual(ENTRIES[0]);
    run.close();
    return "whole";
  } catch (error) {
    if (error instanceof IndexerError && error.code === "INDEX_DAMAGED") return "damaged";
    throw error;
  }
}
