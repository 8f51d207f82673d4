/**
 * What a run says of its filter (docs/format/index-run.md, "Filter"):
 *
 *   directory   u8 count of tables | tables | u16 page bytes | u32 page count | the CRC of each page, u32
 */
import { indexDamaged } from "./indexer-error.ts";
import { FILTER_PAGE_BYTES_MAX } from "./key-filter.ts";
import type { ByteString } from "./sorted-run.ts";

export interface FilterDirectory {
  /** The first bytes of the keys that are in the filter, or would be. It says nothing of others. */
  readonly filtered: ByteString;
  /** Bytes of each page; 0 when there is none, and no key either. */
  readonly pageBytes: number;
  readonly crcs: readonly number[];
}

const NUMBERS_BYTES = 7;

export function encodeFilterDirectory({ filtered, pageBytes, crcs }: FilterDirectory): Buffer {
  const bytes = Buffer.alloc(filtered.length + NUMBERS_BYTES + 4 * crcs.length);
  let at = bytes.writeUInt8(filtered.length, 0);
  at += bytes.write(filtered, at, "latin1");
  at = bytes.writeUInt16BE(pageBytes, at);
  at = bytes.writeUInt32BE(crcs.length, at);
  for (const crc of crcs) at = bytes.writeUInt32BE(crc, at);
  return bytes;
}

/** Parses the directory at `offset` of `file`, whose CRC matched. @throws IndexerError `INDEX_DAMAGED` */
export function parseFilterDirectory(bytes: Buffer, file: string, offset: number): FilterDirectory {
  const tables = bytes[0] ?? 0;
  const numbersAt = 1 + tables;
  if (bytes.length < tables + NUMBERS_BYTES) throw indexDamaged(file, offset, "directory of a filter cut short");
  const pageBytes = bytes.readUInt16BE(numbersAt);
  const pageCount = bytes.readUInt32BE(numbersAt + 2);
  const isSound =
    bytes.length === tables + NUMBERS_BYTES + 4 * pageCount &&
    pageBytes <= FILTER_PAGE_BYTES_MAX &&
    pageBytes > 0 === pageCount > 0;
  if (!isSound) throw indexDamaged(file, offset, "directory of a filter that contradicts itself");
  return {
    filtered: bytes.toString("latin1", 1, numbersAt),
    pageBytes,
    crcs: Array.from({ length: pageCount }, (_, i) => bytes.readUInt32BE(numbersAt + 6 + 4 * i)),
  };
}
