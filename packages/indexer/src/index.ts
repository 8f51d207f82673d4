export type { ByteString, IndexEntry, KeyRange, SortedRun } from "./sorted-run.ts";
export { compareEntries, SEQ_MAX } from "./entry-order.ts";
export { IndexerError } from "./indexer-error.ts";
export { decodeKeyParts, encodeKeyPart, encodeTextPrefix, keyPrefixEnd } from "./key-encoding.ts";
export type { KeyPart } from "./key-encoding.ts";
export { MemoryRun } from "./memory-run.ts";
export { mergeEntries, mergeGet, mergeScan } from "./merged-view.ts";
export type { MergeScanOptions, VisibleEntry } from "./merged-view.ts";
export { SortedList } from "./sorted-list.ts";
