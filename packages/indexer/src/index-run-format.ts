/**
 * Bytes ↔ values of a run file, except its blocks (`index-block.ts`). The grammar, with a worked example, is
 * docs/format/index-run.md:
 *
 *   header line | (data block … leaf block) … | pages of the filter | their directory | root block | footer
 *
 * Every part is covered by a CRC-32 that its parent holds: the footer holds those of the header, the root and the directory,
 * the directory those of the pages, the root those of the leaves, a leaf those of its data blocks. The footer's own CRC therefore names the whole file.
 */
import { crc32 } from "node:zlib";

import { IndexerError, indexDamaged } from "./indexer-error.ts";
import type { ByteString } from "./sorted-run.ts";

/** A value that JSON can hold. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/** What the header line says. */
export interface IndexRunHeader {
  readonly storeId: string;
  /** The writer's own; the indexer does not look into it. */
  readonly meta: JsonObject;
}

/** What the footer says. Offsets are from the start of the file. */
export interface IndexRunFooter {
  readonly fileBytes: number;
  readonly entryCount: number;
  /** Number of data blocks. */
  readonly blockCount: number;
  /** 0 when the run has no entries. */
  readonly minSeq: number;
  readonly maxSeq: number;
  readonly root: BlockPointer;
  readonly headerBytes: number;
  readonly headerCrc: number;
  /** The directory of the filter, which stands between the filter's pages and the root. */
  readonly filter: BlockPointer;
}

/** Where a block is, and the CRC-32 of its bytes. */
export interface BlockPointer {
  readonly offset: number;
  readonly length: number;
  readonly crc: number;
}

export const KEY_BYTES_MAX = 65_535;
export const VALUE_BYTES_MAX = 65_536;
export const HEADER_BYTES_MAX = 65_536;
export const FOOTER_BYTES = 84;
export const POINTER_BYTES = 14;

const KIND = "index-run";
const FORMAT = 1;
const MAGIC = "KNOTRUN\n";
const FOOTER_CRC_AT = 72;
const MAGIC_AT = 76;
const CRC_MEMBER = /^\{"crc":"([0-9a-f]{8})",/;
const CRC_MEMBER_BYTES = 18;
const NEWLINE = 0x0a;

/** @throws RangeError when `meta` makes the line longer than 64 KiB. */
export function encodeHeader({ storeId, meta }: IndexRunHeader): Buffer {
  const body = { kind: KIND, format: FORMAT, required: [], optional: [], store: storeId, meta };
  const rest = JSON.stringify(body).slice(1);
  const line = Buffer.from(`{"crc":"${crcToHex(crc32(rest))}",${rest}\n`);
  if (line.length > HEADER_BYTES_MAX) throw new RangeError("Cannot write an index run: meta is longer than 64 KiB");
  return line;
}

/**
 * Reads the header line, newline included.
 * @throws IndexerError `INDEX_DAMAGED`, `INDEX_UNSUPPORTED`
 */
export function parseHeader(line: Buffer, file: string): IndexRunHeader {
  const text = line.toString("utf8");
  const crc = CRC_MEMBER.exec(text)?.[1];
  if (crc === undefined || line.at(-1) !== NEWLINE) throw indexDamaged(file, 0, "no header line");
  if (crc !== crcToHex(crc32(line.subarray(CRC_MEMBER_BYTES, -1)))) {
    throw indexDamaged(file, 0, "wrong CRC of the header");
  }
  const header = parseJsonObject(text, file);
  if (header["kind"] !== KIND) throw indexDamaged(file, 0, "not an index run");
  if (header["format"] !== FORMAT) throw unsupported(file, `format ${JSON.stringify(header["format"])}`);
  const required = header["required"];
  if (!Array.isArray(required)) throw indexDamaged(file, 0, "header without features");
  if (required.length > 0) throw unsupported(file, `features ${JSON.stringify(required)}`);
  const { store, meta } = header;
  if (typeof store !== "string" || !isJsonObject(meta)) throw indexDamaged(file, 0, "header without store or meta");
  return { storeId: store, meta };
}

export function encodeFooter(footer: IndexRunFooter): Buffer {
  const bytes = Buffer.alloc(FOOTER_BYTES);
  writeUint64(bytes, footer.fileBytes, 0);
  writeUint64(bytes, footer.entryCount, 8);
  writeUint64(bytes, footer.blockCount, 16);
  writeUint64(bytes, footer.minSeq, 24);
  writeUint64(bytes, footer.maxSeq, 32);
  writeUint64(bytes, footer.root.offset, 40);
  bytes.writeUInt32BE(footer.root.length, 48);
  bytes.writeUInt32BE(footer.root.crc, 52);
  bytes.writeUInt32BE(footer.headerBytes, 56);
  bytes.writeUInt32BE(footer.headerCrc, 60);
  bytes.writeUInt32BE(footer.filter.length, 64);
  bytes.writeUInt32BE(footer.filter.crc, 68);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, FOOTER_CRC_AT)), FOOTER_CRC_AT);
  bytes.write(MAGIC, MAGIC_AT, "latin1");
  return bytes;
}

/**
 * Reads the last FOOTER_BYTES of a file of `fileBytes`. On return its offsets lie inside the file and leave no gap.
 * @throws IndexerError `INDEX_DAMAGED`
 */
export function parseFooter(bytes: Buffer, file: string, fileBytes: number): IndexRunFooter {
  const start = fileBytes - FOOTER_BYTES;
  if (bytes.toString("latin1", MAGIC_AT) !== MAGIC) throw indexDamaged(file, start + MAGIC_AT, "no footer");
  if (bytes.readUInt32BE(FOOTER_CRC_AT) !== crc32(bytes.subarray(0, FOOTER_CRC_AT))) {
    throw indexDamaged(file, start, "wrong CRC of the footer");
  }
  const rootOffset = readUint64(bytes, 40);
  const filterBytes = bytes.readUInt32BE(64);
  const footer: IndexRunFooter = {
    fileBytes: readUint64(bytes, 0),
    entryCount: readUint64(bytes, 8),
    blockCount: readUint64(bytes, 16),
    minSeq: readUint64(bytes, 24),
    maxSeq: readUint64(bytes, 32),
    root: { offset: rootOffset, length: bytes.readUInt32BE(48), crc: bytes.readUInt32BE(52) },
    headerBytes: bytes.readUInt32BE(56),
    headerCrc: bytes.readUInt32BE(60),
    filter: { offset: rootOffset - filterBytes, length: filterBytes, crc: bytes.readUInt32BE(68) },
  };
  if (footer.fileBytes !== fileBytes) throw indexDamaged(file, start, "the file does not have its length");
  if (footer.root.offset + footer.root.length !== start) throw indexDamaged(file, start + 40, "misplaced root");
  if (footer.headerBytes > Math.min(HEADER_BYTES_MAX, footer.root.offset)) {
    throw indexDamaged(file, start + 56, "misplaced header");
  }
  if (footer.filter.offset < footer.headerBytes) throw indexDamaged(file, start + 64, "misplaced filter");
  return footer;
}

/** The CRC that names the whole file: that of its footer, as eight hexadecimal digits. */
export function fileCrc(footerBytes: Buffer): string {
  return crcToHex(footerBytes.readUInt32BE(FOOTER_CRC_AT));
}

/** The value of an entry of a leaf or root block. */
export function encodePointer({ offset, length, crc }: BlockPointer): ByteString {
  const bytes = Buffer.alloc(POINTER_BYTES);
  bytes.writeUIntBE(offset, 0, 6);
  bytes.writeUInt32BE(length, 6);
  bytes.writeUInt32BE(crc, 10);
  return bytes.toString("latin1");
}

function crcToHex(crc: number): string {
  return crc.toString(16).padStart(8, "0");
}

function parseJsonObject(text: string, file: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isJsonObject(value)) return value;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  throw indexDamaged(file, 0, "header that is not a JSON object");
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unsupported(file: string, what: string): IndexerError {
  return new IndexerError("INDEX_UNSUPPORTED", `Cannot read index run "${file}": it needs ${what}`, {
    hint: "The store was written by a newer Knotwork: upgrade this one.",
    context: { file, what },
  });
}

function writeUint64(bytes: Buffer, value: number, at: number): void {
  bytes.writeBigUInt64BE(BigInt(value), at);
}

/** Numbers beyond 2^53 lose bits here; whatever they are compared with then differs. */
function readUint64(bytes: Buffer, at: number): number {
  return Number(bytes.readBigUInt64BE(at));
}
