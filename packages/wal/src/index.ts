export { LogGapError, WalError } from "./errors.ts";
export { createFirstSegment } from "./first-segment.ts";
export {
  crcHex,
  decodeObjectLine,
  encodeObjectLine,
  type EncodedLine,
  jsonText,
  LINE_FEED,
  LINE_REST_START,
  NO_CRC,
  sealLine,
  verifiedCrc,
} from "./line-format.ts";
export { Log, type LockedOptions, type LogOptions } from "./log.ts";
export type { AppendPlan, AppendResult } from "./log-append.ts";
export { readRecords, type LogReaderOptions, type RecordLine } from "./log-reader.ts";
export { LogTail, type LogStart, type RecordListener } from "./log-tail.ts";
export type { RecordDraft, RecordHead, RecordLocation } from "./record.ts";
export {
  bodyStarts,
  decodeRecord,
  decodeWholeRecord,
  holdsRecord,
  isRecordLine,
  resultText,
  type DecodedRecord,
  type WholeRecord,
} from "./record-format.ts";
export { rowAt } from "./record-head.ts";
export { discard, writeQuarantineFile } from "./recovery.ts";
export { Segment, type SegmentOptions } from "./segment.ts";
export {
  decodeSeal,
  decodeSegmentHeader,
  encodeSegmentHeader,
  LOG_FORMAT,
  type Seal,
  type SegmentHeader,
} from "./segment-format.ts";
export { segmentFirstSeq, segmentName, walPaths, type WalPaths } from "./segment-names.ts";
export { DurableMarks, type Suspect } from "./durable-marks.ts";
