/** Changed, cut and mixed-up files: every answer is the right one, or INDEX_DAMAGED. */
import { join } from "node:path";
import { nodeDisk, readWholeFile } from "@knotwork/disk";
import { expect, test } from "vitest";

import { IndexRun } from "./index-run.ts";
import { encodeHeader } from "./index-run-format.ts";
import type { IndexEntry } from "./sorted-run.ts";
import { scratchDirectory } from "./testing/scratch.ts";
import { idEntries, overwrite, STORE_ID, writeRun } from "./testing/write-run.ts";

const disk = nodeDisk();
/** KNOT_LONG=1 tries every byte; otherwise a step that is prime, so that all kinds of bytes are met. */
const STEP = process.env["KNOT_LONG"] === "1" ? 1 : 31;
const SWEEP = { timeout: 300_000 };

test("every changed byte is noticed by check, and no question is answered wrongly", SWEEP, () => {
  const path = join(scratchDirectory(), "run");
  const { entries, bytes } = manyBlocks(path);
  expect(bytes.length).toBeGreaterThanOrEqual(16_384);
  const tried = [...every(STEP, bytes.length - 200), ...every(1, bytes.length).slice(-200)];
  for (const at of tried) {
    for (const mask of [0x01, 0xff]) {
      overwrite(path, Uint8Array.of((bytes[at] ?? 0) ^ mask), at);
      expect(damageIn(path, entries), `byte ${at} ^ ${mask}`).toBe(true);
    }
    overwrite(path, bytes.subarray(at, at + 1), at);
  }
  expect(damageIn(path, entries)).toBe(false);
});

test("a file cut at any length is INDEX_DAMAGED when it is opened, as is one with bytes after its end", SWEEP, () => {
  const path = join(scratchDirectory(), "run");
  const { bytes } = manyBlocks(path);
  const lengths = [...every(STEP * 3, bytes.length - 200), ...every(1, bytes.length).slice(-200)];
  for (const length of lengths.reverse()) {
    const file = disk.open(path, "read-write");
    file.truncate(length);
    file.close();
    expect(() => IndexRun.open({ disk, path, storeId: STORE_ID }), `length ${length}`).toThrow(damaged);
  }
  overwrite(path, bytes, 0);
  IndexRun.open({ disk, path, storeId: STORE_ID }).close();
  overwrite(path, Buffer.alloc(1), bytes.length);
  expect(() => IndexRun.open({ disk, path, storeId: STORE_ID })).toThrow(damaged);
});

test("the end of the file overwritten by zeros, as a power cut leaves it, is INDEX_DAMAGED", () => {
  const path = join(scratchDirectory(), "run");
  const { bytes, entries } = manyBlocks(path);
  for (let start = bytes.length - 4_096; start >= 0; start -= 4_096) {
    overwrite(path, Buffer.alloc(bytes.length - start), start);
    expect(() => IndexRun.open({ disk, path, storeId: STORE_ID })).toThrow(damaged);
  }
  overwrite(path, bytes, 0);
  for (let start = 0; start + 4_096 < bytes.length; start += 4_096) {
    overwrite(path, Buffer.alloc(4_096), start);
    expect(damageIn(path, entries)).toBe(true);
    overwrite(path, bytes.subarray(start, start + 4_096), start);
  }
});

test("sound blocks of another run of the same shape in their places are INDEX_DAMAGED", () => {
  const directory = scratchDirectory();
  const [path, otherPath] = [join(directory, "run"), join(directory, "other")];
  const { bytes, entries } = manyBlocks(path);
  writeRun(
    otherPath,
    entries.map((entry) => ({ ...entry, remove: !entry.remove })),
  );
  const other = readWholeFile(disk, otherPath);
  expect(other).toHaveLength(bytes.length);
  for (let start = 4_096; start + 8_192 < bytes.length; start += 4_096) {
    overwrite(path, other?.subarray(start, start + 8_192) ?? new Uint8Array(0), start);
    expect(damageIn(path, entries)).toBe(true);
    overwrite(path, bytes.subarray(start, start + 8_192), start);
  }
});

test("a sound header of another run in its place is INDEX_DAMAGED", () => {
  const path = join(scratchDirectory(), "run");
  const { bytes } = manyBlocks(path);
  const header = encodeHeader({ storeId: STORE_ID, meta: { definition: 2 } });
  expect(bytes.indexOf("\n")).toBe(header.length - 1);
  overwrite(path, header, 0);
  expect(() => IndexRun.open({ disk, path, storeId: STORE_ID })).toThrow(damaged);
});

test("damage in one block leaves the others readable", () => {
  const path = join(scratchDirectory(), "run");
  const { entries } = manyBlocks(path);
  overwrite(path, Uint8Array.of(0xee), 300);
  const run = IndexRun.open({ disk, path, storeId: STORE_ID });
  const last = entries.at(-1);
  expect(run.get(last?.key ?? "", 1e9)).toMatchObject({ key: last?.key });
  expect(() => run.get(entries[0]?.key ?? "", 1e9)).toThrow(
    expect.objectContaining({
      code: "INDEX_DAMAGED",
      context: { file: path, offset: expect.any(Number) as number, what: "wrong CRC of a block" },
    }),
  );
  run.close();
});

const damaged = expect.objectContaining({ code: "INDEX_DAMAGED" }) as Error;

function manyBlocks(path: string): { readonly entries: readonly IndexEntry[]; readonly bytes: Buffer } {
  const entries = [...idEntries(1_000)].map((entry) => ({ ...entry, value: entry.value.padEnd(12, "x") }));
  writeRun(path, entries);
  return { entries, bytes: readWholeFile(disk, path) ?? Buffer.alloc(0) };
}

/** Asks everything; true when something was INDEX_DAMAGED, fails when an answer is wrong. */
function damageIn(path: string, entries: readonly IndexEntry[]): boolean {
  let run: IndexRun;
  try {
    run = IndexRun.open({ disk, path, storeId: STORE_ID });
  } catch (error) {
    expect(error).toEqual(damaged);
    return true;
  }
  const middle = entries[500];
  const questions = [
    () => sameEntries([...run.entries({ lower: "", upper: undefined })], entries),
    () => expect(run.get(middle?.key ?? "", 1e9)?.seq).toBe(middle?.seq),
    () => run.check(),
  ];
  const failures = questions.map((ask) => isDamaged(ask));
  run.close();
  return failures.at(-1) === true;
}

function isDamaged(ask: () => void): boolean {
  try {
    ask();
    return false;
  } catch (error) {
    if (error instanceof Error && error.name === "IndexerError") {
      expect(error).toEqual(damaged);
      return true;
    }
    throw error;
  }
}

/** `toEqual` on a thousand entries would take most of the time of the sweep. */
function sameEntries(actual: readonly IndexEntry[], expected: readonly IndexEntry[]): void {
  expect(actual.length).toBe(expected.length);
  const wrong = actual.findIndex((entry, i) => {
    const other = expected[i];
    return (
      entry.key !== other?.key ||
      entry.seq !== other.seq ||
      entry.remove !== other.remove ||
      entry.value !== other.value
    );
  });
  expect(wrong).toBe(-1);
}

function every(step: number, length: number): number[] {
  return Array.from({ length: Math.ceil(length / step) }, (_, i) => i * step);
}
