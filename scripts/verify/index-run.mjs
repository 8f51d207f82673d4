// An index run, read from its footer down to every entry (docs/format/index-run.md).
//
//     header line | (data block … leaf block) … | pages of the filter | directory | root block | footer of 84 bytes
//     block   u8 kind | u32 count | u16 prefix length | prefix | entries | slots
//     entry   u16 suffix length | u48 seq | u8 flags | suffix | value
//     slot    where the entry starts in its block: u16, in a root u32
//     pointer u48 offset | u32 length | u32 crc: the value of an entry in a leaf or root

import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import { soundLine } from "./lines.mjs";

const FOOTER_BYTES = 84;
const FOOTER_CRC_AT = 72;
const MAGIC = "KNOTRUN\n";
const ENTRY_HEAD_BYTES = 9;
const POINTER_BYTES = 14;
const DATA = 0x44;
const LEAF = 0x4c;
const ROOT = 0x52;

/** What makes a run unreadable; caught by `readIndexRun`, which turns it into a problem. */
class RunDamage extends Error {}

/** @typedef {import("./problems.mjs").Problems} Problems */
/** @typedef {{ readonly key: string, readonly seq: number, readonly remove: boolean, readonly value: string }} IndexEntry */
/** @typedef {{ readonly offset: number, readonly length: number, readonly crc: number }} Pointer */

/**
 * All entries of a run, in the order they stand. Everything in the file is looked at; what is wrong becomes a problem.
 *
 * @param {{ path: string, name: string, storeId: string, bytes: number, problems: Problems }} options `bytes`: as the manifest says
 * @returns {readonly IndexEntry[]}
 */
export function readIndexRun({ path, name, storeId, bytes: expectedBytes, problems }) {
  try {
    const file = readFileSync(path);
    if (file.length !== expectedBytes) throw new RunDamage(`has ${file.length} bytes, not ${expectedBytes}`);
    return readRun(file, storeId);
  } catch (error) {
    // Buffer methods throw a RangeError where a length leads out of the file.
    if (!(error instanceof RunDamage) && !(error instanceof RangeError) && !isMissing(error)) throw error;
    problems.add("INDEX_RUN", name, error.message);
    return [];
  }
}

/** @param {Buffer} file @param {string} storeId @returns {readonly IndexEntry[]} */
function readRun(file, storeId) {
  const footer = readFooter(file);
  checkHeader(file, footer, storeId);
  /** @type {IndexEntry[]} */
  const entries = [];
  let offset = footer.headerBytes;
  let blockCount = 0;
  for (const leaf of readBlock(file, footer.root, ROOT)) {
    const leafPointer = toPointer(leaf.value);
    for (const data of readBlock(file, leafPointer, LEAF)) {
      const pointer = toPointer(data.value);
      if (pointer.offset !== offset) throw new RunDamage(`has bytes at ${offset} that belong to no block`);
      entries.push(...readBlock(file, pointer, DATA));
      checkLast(entries.at(-1), data, pointer);
      offset += pointer.length;
      blockCount += 1;
    }
    if (leafPointer.offset !== offset) throw new RunDamage(`has bytes at ${offset} that belong to no block`);
    checkLast(entries.at(-1), leaf, leafPointer);
    offset += leafPointer.length;
  }
  const filter = readFilter(file, footer);
  if (offset !== filter.start) throw new RunDamage(`has bytes at ${offset} that belong to no block`);
  checkOrder(entries);
  for (const { key } of entries) {
    if (!mayHold(filter, key)) throw new RunDamage("has a filter that denies a key of the run");
  }
  const seqs = entries.map((entry) => entry.seq);
  const minSeq = seqs.reduce((least, seq) => Math.min(least, seq), Number.POSITIVE_INFINITY);
  const maxSeq = seqs.reduce((most, seq) => Math.max(most, seq), 0);
  if (
    entries.length !== footer.entryCount ||
    blockCount !== footer.blockCount ||
    maxSeq !== footer.maxSeq ||
    (entries.length === 0 ? 0 : minSeq) !== footer.minSeq
  ) {
    throw new RunDamage("has a footer that does not count what is there");
  }
  return entries;
}

/** @param {Buffer} file */
function readFooter(file) {
  const start = file.length - FOOTER_BYTES;
  const bytes = file.subarray(start);
  if (start < 0 || bytes.toString("latin1", FOOTER_BYTES - MAGIC.length) !== MAGIC)
    throw new RunDamage("has no footer");
  if (bytes.readUInt32BE(FOOTER_CRC_AT) !== crc32(bytes.subarray(0, FOOTER_CRC_AT))) {
    throw new RunDamage("has a footer with a wrong CRC");
  }
  const footer = {
    fileBytes: Number(bytes.readBigUInt64BE(0)),
    entryCount: Number(bytes.readBigUInt64BE(8)),
    blockCount: Number(bytes.readBigUInt64BE(16)),
    minSeq: Number(bytes.readBigUInt64BE(24)),
    maxSeq: Number(bytes.readBigUInt64BE(32)),
    root: {
      offset: Number(bytes.readBigUInt64BE(40)),
      length: bytes.readUInt32BE(48),
      crc: bytes.readUInt32BE(52),
    },
    headerBytes: bytes.readUInt32BE(56),
    headerCrc: bytes.readUInt32BE(60),
    filterBytes: bytes.readUInt32BE(64),
    filterCrc: bytes.readUInt32BE(68),
  };
  if (footer.fileBytes !== file.length) throw new RunDamage(`has a footer for ${footer.fileBytes} bytes`);
  if (footer.root.offset + footer.root.length !== start) throw new RunDamage("has a gap before its footer");
  return footer;
}

/**
 * The pages of the filter, and which tables it speaks of.
 *
 * @param {Buffer} file @param {{ root: Pointer, filterBytes: number, filterCrc: number }} footer
 */
function readFilter(file, { root, filterBytes, filterCrc }) {
  const directoryStart = root.offset - filterBytes;
  const directory = file.subarray(directoryStart, root.offset);
  if (directoryStart < 0 || crc32(directory) !== filterCrc) throw new RunDamage("has a filter with a wrong CRC");
  const tablesEnd = 1 + directory.readUInt8(0);
  const pageBytes = directory.readUInt16BE(tablesEnd);
  const pageCount = directory.readUInt32BE(tablesEnd + 2);
  if (directory.length !== tablesEnd + 6 + 4 * pageCount) throw new RunDamage("has a filter of a wrong length");
  const start = directoryStart - pageBytes * pageCount;
  const pages = Array.from({ length: pageCount }, (_, index) => {
    const page = file.subarray(start + index * pageBytes, start + (index + 1) * pageBytes);
    if (crc32(page) !== directory.readUInt32BE(tablesEnd + 6 + 4 * index))
      throw new RunDamage(`has a page of the filter, ${index}, with a wrong CRC`);
    return page;
  });
  return { start, tables: directory.toString("latin1", 1, tablesEnd), pages };
}

/** @param {{ tables: string, pages: readonly Buffer[] }} filter @param {string} key */
function mayHold({ tables, pages }, key) {
  if (key === "" || !tables.includes(key.charAt(0))) return true;
  let a = 0x9e3779b9;
  let b = 0x85ebca6b;
  for (let i = 0; i < key.length; i += 1) {
    a = Math.imul(a ^ key.charCodeAt(i), 0x9e3779b1);
    b = Math.imul(b ^ key.charCodeAt(i), 0x5f356495);
  }
  const page = pages[Math.floor((mixed(a, b) / 2 ** 32) * pages.length)];
  if (page === undefined) return false;
  const start = mixed(b, a);
  const step = (start >>> 16) | 1;
  return [0, 1, 2, 3, 4, 5, 6].every((probe) => {
    const bit = (start + probe * step) % (8 * page.length);
    return ((page[bit >>> 3] ?? 0) & (1 << (bit & 7))) !== 0;
  });
}

/** @param {number} a @param {number} b */
function mixed(a, b) {
  let hash = a ^ Math.imul(b ^ (b >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** @param {Buffer} file @param {{ headerBytes: number, headerCrc: number }} footer @param {string} storeId */
function checkHeader(file, { headerBytes, headerCrc }, storeId) {
  const line = soundLine(file, 0, headerBytes - 1);
  if (line === undefined || crc32(file.subarray(0, headerBytes)) !== headerCrc)
    throw new RunDamage("has no sound header");
  const { kind, format, store } = line.value;
  if (kind !== "index-run" || format !== 1) throw new RunDamage("is not an index run of format 1");
  if (store !== storeId) throw new RunDamage(`belongs to store ${String(store)}`);
}

/** @param {Buffer} file @param {Pointer} pointer @param {number} kind @returns {readonly IndexEntry[]} */
function readBlock(file, { offset, length, crc }, kind) {
  const block = file.subarray(offset, offset + length);
  if (block.length !== length || crc32(block) !== crc) throw new RunDamage(`has a block at ${offset} with a wrong CRC`);
  if (block.readUInt8(0) !== kind) throw new RunDamage(`has a block of another kind at ${offset}`);
  const count = block.readUInt32BE(1);
  const entriesStart = 7 + block.readUInt16BE(5);
  const prefix = block.toString("latin1", 7, entriesStart);
  const slotBytes = kind === ROOT ? 4 : 2;
  const slotsStart = length - count * slotBytes;
  const starts = Array.from({ length: count }, (_, index) =>
    block.readUIntBE(slotsStart + index * slotBytes, slotBytes),
  );
  if ((starts[0] ?? slotsStart) !== entriesStart) throw new RunDamage(`has a gap in the block at ${offset}`);
  return starts.map((start, index) => {
    const end = starts[index + 1] ?? slotsStart;
    const suffixEnd = start + ENTRY_HEAD_BYTES + block.readUInt16BE(start);
    const flags = block.readUInt8(start + 8);
    if (suffixEnd > end || end > slotsStart || flags > 1)
      throw new RunDamage(`has a broken entry in the block at ${offset}`);
    return {
      key: prefix + block.toString("latin1", start + ENTRY_HEAD_BYTES, suffixEnd),
      seq: block.readUIntBE(start + 2, 6),
      remove: flags === 1,
      value: block.toString("latin1", suffixEnd, end),
    };
  });
}

/** @param {string} value @returns {Pointer} */
function toPointer(value) {
  if (value.length !== POINTER_BYTES) throw new RunDamage("has a pointer of a wrong length");
  const bytes = Buffer.from(value, "latin1");
  return { offset: bytes.readUIntBE(0, 6), length: bytes.readUInt32BE(6), crc: bytes.readUInt32BE(10) };
}

/** A pointer's key and seq are those of the last entry below it. @param {IndexEntry | undefined} last @param {IndexEntry} parent @param {Pointer} pointer */
function checkLast(last, parent, pointer) {
  if (last?.key !== parent.key || last.seq !== parent.seq) {
    throw new RunDamage(`has a block at ${pointer.offset} whose last entry is not the one its parent names`);
  }
}

/** Key ascending, then seq descending. @param {readonly IndexEntry[]} entries */
function checkOrder(entries) {
  let before;
  for (const entry of entries) {
    if (before !== undefined && (before.key > entry.key || (before.key === entry.key && before.seq <= entry.seq))) {
      throw new RunDamage("has entries out of order");
    }
    before = entry;
  }
}

/** @param {unknown} error @returns {error is Error} */
function isMissing(error) {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
