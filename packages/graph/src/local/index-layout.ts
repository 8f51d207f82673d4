/**
 * How the store's tables lie in the one key space of an index run (docs/FORMAT.md, "Keys"). The first byte tells the
 * table; a value tells where a line stands in the history run that holds the entry's seq.
 *
 *     p id              every version of an entity       value: position of its line, then "d" for a tombstone
 *     c seq             a commit                         value: position of its commit line
 *     k key             an idempotency key               value: position of its commit line
 *     x txid            a transaction id                 value: position of its commit line
 *     i index key       an entry of an index             value: empty; the key ends with the entity's id
 */
import { assert } from "@knotwork/disk";
import { encodeKeyPart } from "@knotwork/indexer";
import type { ByteString, IndexEntry, KeyRange } from "@knotwork/indexer";
import type { IndexDefinition, IndexInterval } from "../engine.ts";
import type { StoredVersion } from "../entity.ts";
import { indexKeysOf } from "../index-keys.ts";
import type { HistoryCommit } from "./history-run.ts";

export interface LinePosition {
  readonly offset: number;
  readonly length: number;
}

export const entityKey = (id: string): ByteString => `p${encodeKeyPart(id)}`;
export const commitKey = (seq: number): ByteString => `c${encodeKeyPart(seq)}`;
export const idempotencyKey = (key: string): ByteString => `k${encodeKeyPart(key)}`;
export const txidKey = (txid: string): ByteString => `x${encodeKeyPart(txid)}`;
export const indexPrefix = (index: string): ByteString => `i${encodeKeyPart(index)}`;

/** The keys of an interval of one index, in the key space of a run. */
export function intervalRange(
  { index, lower, upper }: IndexInterval,
  prefixEnd: (prefix: ByteString) => ByteString | undefined,
): KeyRange {
  const prefix = indexPrefix(index);
  return { lower: prefix + lower, upper: upper === undefined ? prefixEnd(prefix) : prefix + upper };
}

const OFFSET_BYTES = 6;
const LENGTH_BYTES = 4;

export function encodePosition({ offset, length }: LinePosition): ByteString {
  const bytes = Buffer.allocUnsafe(OFFSET_BYTES + LENGTH_BYTES);
  bytes.writeUIntBE(offset, 0, OFFSET_BYTES);
  bytes.writeUInt32BE(length, OFFSET_BYTES);
  return bytes.toString("latin1");
}

export function decodePosition(value: ByteString): LinePosition {
  assert(value.length >= OFFSET_BYTES + LENGTH_BYTES, "A position takes ten bytes");
  return { offset: uintAt(value, 0, OFFSET_BYTES), length: uintAt(value, OFFSET_BYTES, LENGTH_BYTES) };
}

function uintAt(bytes: ByteString, start: number, count: number): number {
  let value = 0;
  for (let at = start; at < start + count; at++) value = value * 256 + bytes.charCodeAt(at);
  return value;
}

/** The entries of a commit line. */
export function commitEntries(commit: HistoryCommit, position: LinePosition): IndexEntry[] {
  const value = encodePosition(position);
  const seq = commit.commit;
  const entries: IndexEntry[] = [
    { key: commitKey(seq), seq, remove: false, value },
    { key: txidKey(commit.txid), seq, remove: false, value },
  ];
  if (commit.key !== undefined) entries.push({ key: idempotencyKey(commit.key), seq, remove: false, value });
  return entries;
}

/** The entries of a version: its own, and what it adds to and takes from each index compared with the version before. */
export function versionEntries(
  version: StoredVersion,
  before: StoredVersion | undefined,
  definitions: readonly IndexDefinition[],
  position: LinePosition,
): IndexEntry[] {
  const { seq } = version;
  const value = encodePosition(position) + (version.deleted ? "d" : "");
  return [
    { key: entityKey(version.id), seq, remove: false, value },
    ...indexEntries(version, before, definitions, true),
  ];
}

/** What a version adds to and takes from the built-in indexes (when asked) and from those in `definitions`. */
export function indexEntries(
  version: StoredVersion,
  before: StoredVersion | undefined,
  definitions: readonly IndexDefinition[],
  withBuiltIn: boolean,
): IndexEntry[] {
  const { seq } = version;
  const added = keysIn(version, definitions, withBuiltIn);
  const removed = before === undefined ? new Set<ByteString>() : keysIn(before, definitions, withBuiltIn);
  const entries: IndexEntry[] = [];
  for (const key of added) if (!removed.has(key)) entries.push({ key, seq, remove: false, value: "" });
  for (const key of removed) if (!added.has(key)) entries.push({ key, seq, remove: true, value: "" });
  return entries;
}

const BUILT_IN = new Set(["type", "out", "in"]);

function keysIn(
  version: StoredVersion,
  definitions: readonly IndexDefinition[],
  withBuiltIn: boolean,
): Set<ByteString> {
  const keys = indexKeysOf(version, definitions).filter((key) => withBuiltIn || !BUILT_IN.has(key.index));
  return new Set(keys.map(({ index, key }) => indexPrefix(index) + key));
}
