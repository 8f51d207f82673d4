/** Header and seal of a segment (docs/FORMAT.md, "Segment"). */
import { decodeObjectLine, encodeObjectLine, LINE_REST_START } from "./line-format.ts";
import type { EncodedLine } from "./line-format.ts";
import { WalError } from "./errors.ts";

export const LOG_FORMAT = 1;

export interface SegmentHeader {
  readonly log: number;
  readonly store: string;
  readonly first: number;
  /** CRC of the record before `first`. */
  readonly prev: string;
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

export interface Seal {
  /** Name of the successor. */
  readonly next: string;
  /** Seq of the last record before the seal, and its CRC. */
  readonly last: number;
  readonly prev: string;
}

export function encodeSegmentHeader(header: {
  readonly store: string;
  readonly first: number;
  readonly prev: string;
}): EncodedLine {
  return encodeObjectLine({ log: LOG_FORMAT, ...header, required: [], optional: [] } satisfies SegmentHeader);
}

/**
 * The header in `bytes` (which start at byte 0 of a segment), or `undefined` when it is not sound.
 * @throws WalError FORMAT_UNKNOWN for a newer format or an unknown required feature; STORE_REPLACED for another store's id
 */
export function decodeSegmentHeader(
  bytes: Buffer,
  storeId: string,
  path: string,
): { readonly header: SegmentHeader; readonly bytes: number } | undefined {
  const end = bytes.indexOf(0x0a);
  if (end === -1) return undefined;
  const header = decodeObjectLine(bytes, 0, end) as unknown as SegmentHeader | undefined;
  if (header === undefined || header.log === undefined) return undefined;
  if (header.log !== LOG_FORMAT || header.required.length > 0) {
    throw new WalError(
      "FORMAT_UNKNOWN",
      `Cannot read segment: it is of log format ${header.log} and needs [${header.required.join(", ")}]`,
      {
        hint: "Use a newer Knotwork.",
        context: { path },
      },
    );
  }
  if (header.store !== storeId) {
    throw new WalError(
      "STORE_REPLACED",
      `Cannot read segment: it belongs to store "${header.store}", not to "${storeId}"`,
      {
        hint: "The store was replaced while it was open, or files of two stores were mixed. Open it again.",
        context: { path },
      },
    );
  }
  return { header, bytes: end + 1 };
}

export function encodeSeal(seal: Seal): EncodedLine {
  return encodeObjectLine({ seal });
}

const SEAL_MARK = Buffer.from('"seal":', "latin1");

/** The seal in the line [start, end), or `undefined` when it is none or not sound. */
export function decodeSeal(bytes: Buffer, start: number, end: number): Seal | undefined {
  const markStart = start + LINE_REST_START;
  if (
    end < markStart + SEAL_MARK.length ||
    bytes.compare(SEAL_MARK, 0, SEAL_MARK.length, markStart, markStart + SEAL_MARK.length) !== 0
  )
    return undefined;
  return (decodeObjectLine(bytes, start, end) as { readonly seal: Seal } | undefined)?.seal;
}
