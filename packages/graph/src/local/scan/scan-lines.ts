/**
 * Lines of a store's text files, read by docs/FORMAT.md alone. Nothing here is shared with what writes and reads them otherwise, so
 * that a defect there does not hide itself.
 */
import { crc32 } from "node:zlib";

export type LineValue = Readonly<Record<string, unknown>>;

export interface ScannedLine {
  readonly offset: number;
  /** Line feed included, when there is one. */
  readonly length: number;
  readonly isTerminated: boolean;
  /** `undefined` when the line is not sound. */
  readonly sound: { readonly crc: string; readonly value: LineValue } | undefined;
}

const START = '{"crc":"';
const REST_AT = '{"crc":"00000000",'.length;

/** Every line, sound or not. A sound one that bytes of a lost page stand before comes with the offset where it begins. */
export function* scanLines(bytes: Buffer): Generator<ScannedLine> {
  for (let start = 0; start < bytes.length;) {
    const feed = bytes.indexOf(0x0a, start);
    const isTerminated = feed !== -1;
    const end = isTerminated ? feed : bytes.length;
    const next = isTerminated ? end + 1 : end;
    const sound = isTerminated ? soundLine(bytes, start, end) : undefined;
    if (sound !== undefined || !isTerminated) yield { offset: start, length: next - start, isTerminated, sound };
    else yield* scanDamaged(bytes, start, end);
    start = next;
  }
}

function* scanDamaged(bytes: Buffer, start: number, end: number): Generator<ScannedLine> {
  const inner = bytes.subarray(start, end).lastIndexOf(START);
  const sound = inner > 0 ? soundLine(bytes, start + inner, end) : undefined;
  if (sound === undefined) {
    yield { offset: start, length: end + 1 - start, isTerminated: true, sound };
    return;
  }
  yield { offset: start, length: inner, isTerminated: true, sound: undefined };
  yield { offset: start + inner, length: end + 1 - start - inner, isTerminated: true, sound };
}

function soundLine(bytes: Buffer, start: number, end: number): ScannedLine["sound"] {
  if (end - start <= REST_AT || bytes.toString("latin1", start, start + START.length) !== START) return undefined;
  const crc = bytes.toString("latin1", start + START.length, start + START.length + 8);
  if (bytes.toString("latin1", start + START.length + 8, start + REST_AT) !== '",') return undefined;
  if (
    crc32(bytes.subarray(start + REST_AT, end))
      .toString(16)
      .padStart(8, "0") !== crc
  )
    return undefined;
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8", start, end));
    return typeof value === "object" && value !== null ? { crc, value: value as LineValue } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
