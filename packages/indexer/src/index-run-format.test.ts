import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { crc32 } from "node:zlib";
import { nodeDisk, readWholeFile } from "@knotwork/disk";
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { encodeFooter, encodeHeader, FOOTER_BYTES, parseFooter, parseHeader } from "./index-run-format.ts";
import { writeIndexRun } from "./index-run-writer.ts";
import { IndexerError } from "./indexer-error.ts";
import type { IndexEntry } from "./sorted-run.ts";
import { scratchDirectory } from "./testing/scratch.ts";

const DOCUMENT = fileURLToPath(new URL("../../../docs/format/index-run.md", import.meta.url));
const disk = nodeDisk();

test("the worked example of docs/format/index-run.md is what is written", () => {
  const path = join(scratchDirectory(), "run");
  const entries: readonly IndexEntry[] = [
    { key: "t:pending:T-1", seq: 9, remove: true, value: "" },
    { key: "t:pending:T-1", seq: 4, remove: false, value: "" },
    { key: "t:pending:T-22", seq: 5, remove: false, value: "hi" },
  ];
  const { crc } = writeIndexRun({ disk, path, storeId: "01K0STORE", meta: { checkpoint: 9 }, filtered: "t", entries });
  expect(readWholeFile(disk, path)?.toString("hex")).toBe(exampleOf(readWholeFile(disk, DOCUMENT)?.toString() ?? ""));
  expect(crc).toBe("41a3bb3e");
});

test("header and footer come back as they were", () => {
  const header = { storeId: "01K0STORE", meta: { nested: [1, "\u2028 ✓", null, { a: true }] } };
  expect(parseHeader(encodeHeader(header), "run")).toEqual(header);
  const footer = {
    fileBytes: 10_000,
    entryCount: 2 ** 53 - 1,
    blockCount: 3,
    minSeq: 4,
    maxSeq: 2 ** 48 - 1,
    root: { offset: 9_000, length: 10_000 - FOOTER_BYTES - 9_000, crc: 0xffff_ffff },
    headerBytes: 121,
    headerCrc: 7,
    filter: { offset: 8_900, length: 100, crc: 0xffff_fffe },
  };
  expect(parseFooter(encodeFooter(footer), "run", 10_000)).toEqual(footer);
});

test("a run of a newer format, or one that needs a feature, is INDEX_UNSUPPORTED; an optional feature is no matter", () => {
  const line = (members: object): Buffer =>
    lineOf({ kind: "index-run", format: 1, required: [], optional: [], store: "s", meta: {}, ...members });
  const unsupported = expect.objectContaining({ code: "INDEX_UNSUPPORTED" }) as Error;
  expect(() => parseHeader(line({ format: 2 }), "run")).toThrow(unsupported);
  expect(() => parseHeader(line({ required: ["compressed"] }), "run")).toThrow(unsupported);
  expect(parseHeader(line({ optional: ["bloom"], later: 1 }), "run")).toEqual({ storeId: "s", meta: {} });
});

test.each([{ kind: "segment" }, { required: "none" }, { store: 1 }, { meta: [] }, { meta: null }])(
  "a header that says %j is INDEX_DAMAGED though its CRC is right",
  (members) => {
    const line = lineOf({ kind: "index-run", format: 1, required: [], optional: [], store: "s", meta: {}, ...members });
    expect(() => parseHeader(line, "run")).toThrow(expect.objectContaining({ code: "INDEX_DAMAGED" }));
  },
);

test("whatever a footer with a right CRC says, its root and header lie inside the file, or it is INDEX_DAMAGED", () => {
  const anyChange = fc.tuple(fc.nat({ max: FOOTER_BYTES - 13 }), fc.constantFrom(0, 1, 127, 255));
  const sound = encodeFooter({
    fileBytes: 1_000,
    entryCount: 5,
    blockCount: 1,
    minSeq: 1,
    maxSeq: 5,
    root: { offset: 800, length: 1_000 - FOOTER_BYTES - 800, crc: 1 },
    headerBytes: 121,
    headerCrc: 7,
    filter: { offset: 700, length: 100, crc: 3 },
  });
  fc.assert(
    fc.property(fc.array(anyChange, { maxLength: 3 }), (changes) => {
      const bytes = Buffer.from(sound);
      for (const [at, value] of changes) bytes[at] = value;
      bytes.writeUInt32BE(crc32(bytes.subarray(0, FOOTER_BYTES - 12)), FOOTER_BYTES - 12);
      try {
        const { root, filter, headerBytes, fileBytes } = parseFooter(bytes, "run", 1_000);
        expect(fileBytes).toBe(1_000);
        expect(root.offset + root.length + FOOTER_BYTES).toBe(1_000);
        expect(headerBytes).toBeLessThanOrEqual(filter.offset);
        expect(filter.offset + filter.length).toBe(root.offset);
      } catch (error) {
        if (!(error instanceof IndexerError)) throw error;
        expect(error.code).toBe("INDEX_DAMAGED");
      }
    }),
    { numRuns: 1_000 },
  );
});

/** The bytes of the dump in the document, in hexadecimal. */
function exampleOf(document: string): string {
  const dump = /```hexdump\n([^`]*)```/.exec(document)?.[1] ?? "";
  return dump
    .split("\n")
    .map((line) => line.slice(6, 53).replaceAll(" ", ""))
    .join("");
}

function lineOf(body: object): Buffer {
  const rest = JSON.stringify(body).slice(1);
  return Buffer.from(`{"crc":"${crc32(rest).toString(16).padStart(8, "0")}",${rest}\n`);
}
