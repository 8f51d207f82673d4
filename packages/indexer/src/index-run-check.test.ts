/** Files whose every CRC is right and whose content is wrong: what a defect in a writer would leave. */
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { nodeDisk, writeFully } from "@knotwork/disk";
import { expect, test } from "vitest";

import { encodeFilterDirectory } from "./filter-directory.ts";
import { BLOCK_KIND, type BlockKind } from "./index-block.ts";
import { IndexBlockBuilder } from "./index-block-builder.ts";
import { IndexRun } from "./index-run.ts";
import {
  type BlockPointer,
  encodeFooter,
  encodeHeader,
  encodePointer,
  FOOTER_BYTES,
  type IndexRunFooter,
} from "./index-run-format.ts";
import { KeyFilterBuilder, type KeyFilterPages } from "./key-filter.ts";
import type { IndexEntry } from "./sorted-run.ts";
import { scratchDirectory } from "./testing/scratch.ts";
import { STORE_ID } from "./testing/write-run.ts";

interface Craft {
  /** The data blocks. */
  readonly blocks: readonly (readonly IndexEntry[])[];
  /** Bytes between the last data block and the leaf. */
  readonly gap?: number;
  /** Bytes between the leaf and the filter. */
  readonly rootGap?: number;
  /** The filter holds the keys of these entries, and says so of every key. */
  readonly inFilter?: readonly IndexEntry[];
  readonly footer?: Partial<IndexRunFooter>;
  /** Changes the leaf's entries. */
  readonly leaf?: (entries: readonly IndexEntry[]) => readonly IndexEntry[];
}

const disk = nodeDisk();
const A = entryOf("a", 3);
const B = entryOf("b", 2);
const C = entryOf("c", 1);

test("a crafted run that is right passes the check", () => {
  expect(checkOf({ blocks: [[A, B], [C]] })).not.toThrow();
  expect(checkOf({ blocks: [[A, B], [C]], inFilter: [A, B, C] })).not.toThrow();
});

test.each<readonly [string, Craft]>([
  ["entries out of order in a block", { blocks: [[B, A], [C]] }],
  ["an entry twice", { blocks: [[A, A], [C]] }],
  ["blocks out of order", { blocks: [[B], [A, C]] }],
  ["versions of a key oldest first", { blocks: [[A, entryOf("a", 4)], [C]] }],
  ["bytes between blocks", { blocks: [[A, B], [C]], gap: 5 }],
  ["bytes before the root", { blocks: [[A, B], [C]], rootGap: 5 }],
  ["a filter that denies a key", { blocks: [[A, B], [C]], inFilter: [A] }],
  ["a filter without pages that denies every key", { blocks: [[A, B], [C]], inFilter: [] }],
  [
    "a leaf that names a block twice",
    { blocks: [[A, B], [C]], leaf: (entries) => [...entries.slice(0, 1), ...entries] },
  ],
  ["a leaf that leaves out a block", { blocks: [[A, B], [C]], leaf: (entries) => entries.slice(1) }],
  [
    "a leaf with a wrong last seq",
    { blocks: [[A], [C]], leaf: ([a, ...rest]) => [entryOf("a", 9, a?.value), ...rest] },
  ],
  [
    "a leaf with a wrong last key",
    { blocks: [[A], [C]], leaf: ([a, ...rest]) => [entryOf("aa", 3, a?.value), ...rest] },
  ],
  ["a wrong count of entries", { blocks: [[A, B], [C]], footer: { entryCount: 4 } }],
  ["a wrong count of blocks", { blocks: [[A, B], [C]], footer: { blockCount: 3 } }],
  ["a wrong smallest seq", { blocks: [[A, B], [C]], footer: { minSeq: 2 } }],
  ["a wrong largest seq", { blocks: [[A, B], [C]], footer: { maxSeq: 4 } }],
  ["an empty block", { blocks: [[A, B], []] }],
  ["a leaf whose value is no pointer", { blocks: [[A]], leaf: () => [entryOf("a", 3, "13 bytes long")] }],
  [
    "a pointer behind the root",
    { blocks: [[A]], leaf: () => [pointerEntry(A, { offset: 2 ** 40, length: 9, crc: 0 })] },
  ],
  ["a pointer into the header", { blocks: [[A]], leaf: () => [pointerEntry(A, { offset: 0, length: 9, crc: 0 })] }],
  [
    "a pointer to gigabytes",
    { blocks: [[A]], leaf: () => [pointerEntry(A, { offset: 200, length: 2 ** 32 - 1, crc: 0 })] },
  ],
])("check finds %s", (_name, craft) => {
  expect(checkOf(craft)).toThrow(expect.objectContaining({ code: "INDEX_DAMAGED" }));
});

test("a look-up in a leaf that ends before its parent says is INDEX_DAMAGED", () => {
  const run = open({ blocks: [[A, B], [C]], leaf: (entries) => entries.slice(0, 1) }, C);
  expect(run.get("b", 9)).toEqual(B);
  expect(() => run.get("c", 9)).toThrow(expect.objectContaining({ code: "INDEX_DAMAGED" }));
  run.close();
});

function checkOf(craft: Craft): () => void {
  return () => {
    const run = open(craft);
    try {
      run.check();
    } finally {
      run.close();
    }
  };
}

/** `last`: what the root says that the leaf ends with, when not what it does. */
function open(
  { blocks, gap = 0, rootGap = 0, inFilter, footer, leaf = (entries) => entries }: Craft,
  last?: IndexEntry,
): IndexRun {
  const parts: Buffer[] = [encodeHeader({ storeId: STORE_ID, meta: {} })];
  const put = (bytes: Buffer): BlockPointer => {
    const offset = lengthOf(parts);
    parts.push(bytes);
    return { offset, length: bytes.length, crc: crc32(bytes) };
  };
  const leafEntries = leaf(
    blocks.map((entries) => pointerEntry(entries.at(-1) ?? C, put(blockOf(BLOCK_KIND.data, entries)))),
  );
  parts.push(Buffer.alloc(gap));
  const leafPointer = put(blockOf(BLOCK_KIND.leaf, leafEntries));
  parts.push(Buffer.alloc(rootGap));
  const { pageBytes, pages } = pagesOf(inFilter ?? []);
  const crcs = pages.map((page) => put(page).crc);
  const filter = put(encodeFilterDirectory({ filtered: inFilter === undefined ? "" : "abc", pageBytes, crcs }));
  const root = put(blockOf(BLOCK_KIND.root, [pointerEntry(last ?? leafEntries.at(-1) ?? C, leafPointer)]));
  const header = parts[0] ?? Buffer.alloc(0);
  const counted = {
    fileBytes: lengthOf(parts) + FOOTER_BYTES,
    entryCount: blocks.flat().length,
    blockCount: blocks.length,
    ...seqsOf(blocks.flat()),
  };
  put(encodeFooter({ ...counted, root, filter, headerBytes: header.length, headerCrc: crc32(header), ...footer }));
  const path = join(scratchDirectory(), "run");
  const file = disk.open(path, "create-new");
  writeFully(file, Buffer.concat(parts), 0);
  file.close();
  return IndexRun.open({ disk, path, storeId: STORE_ID });
}

function pagesOf(entries: readonly IndexEntry[]): KeyFilterPages {
  const builder = new KeyFilterBuilder();
  for (const { key } of entries) builder.add(Buffer.from(key, "latin1"), 0, key.length);
  return builder.build();
}

function entryOf(key: string, seq: number, value = ""): IndexEntry {
  return { key, seq, remove: false, value };
}

function pointerEntry({ key, seq }: IndexEntry, pointer: BlockPointer): IndexEntry {
  return entryOf(key, seq, encodePointer(pointer));
}

function blockOf(kind: BlockKind, entries: readonly IndexEntry[]): Buffer {
  const builder = new IndexBlockBuilder({ kind, targetBytes: Number.POSITIVE_INFINITY });
  for (const entry of entries) builder.tryAdd(entry);
  return builder.take();
}

function seqsOf(entries: readonly IndexEntry[]): { readonly minSeq: number; readonly maxSeq: number } {
  const seqs = entries.map(({ seq }) => seq);
  return { minSeq: Math.min(...seqs), maxSeq: Math.max(...seqs) };
}

function lengthOf(parts: readonly Buffer[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}
