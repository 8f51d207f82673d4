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
import { builtInKeysOf, declaredKeysOf } from "../index-keys.ts";
import type { IndexedVersion, IndexKey } from "../index-keys.ts";

export interface LinePosition {
  readonly offset: number;
  readonly length: number;
}

export const entityKey = (id: string): ByteString => `p${encodeKeyPart(id)}`;
export const commitKey = (seq: number): ByteString => `c${encodeKeyPart(seq)}`;
export const idempotencyKey = (key: string): ByteString => `k${encodeKeyPart(key)}`;
export const txidKey = (txid: string): ByteString => `x${encodeKeyPart(txid)}`;
/** Tables of which keys are looked up one by one: index runs have a filter for them. */
export const FILTERED_TABLES: ByteString = "ckpx";

export const indexPrefix = (index: string): ByteString => `i${encodeKeyPart(index)}`;

/** The keys of an interval of one index, in the key space of a run. */
export function intervalRange(
  { index, lower, upper }: IndexInterval,
  prefixEnd: (prefix: ByteString) => ByteString | undefined,
): KeyRange {
  const prefix = indexPrefix(index);
  return { lower: prefix + lower, upper: upper === undefined ? prefixEnd(prefix) : prefix + upper };
}

const POSITION_BYTES = 10;
const TWO_POW_32 = 2 ** 32;

/** Offset u48, length u32. */
export function encodePosition({ offset, length }: LinePosition): ByteString {
  const high = Math.floor(offset / TWO_POW_32);
  return String.fromCharCode(
    (high >>> 8) & 0xff,
    high & 0xff,
    (offset >>> 24) & 0xff,
    (offset >>> 16) & 0xff,
    (offset >>> 8) & 0xff,
    offset & 0xff,
    (length >>> 24) & 0xff,
    (length >>> 16) & 0xff,
    (length >>> 8) & 0xff,
    length & 0xff,
  );
}

export function decodePosition(value: ByteString): LinePosition {
  assert(value.length >= POSITION_BYTES, "A position takes ten bytes");
  return { offset: uintAt(value, 0, 6), length: uintAt(value, 6, 4) };
}

function uintAt(bytes: ByteString, start: number, count: number): number {
  let value = 0;
  for (let at = start; at < start + count; at++) value = value * 256 + bytes.charCodeAt(at);
  return value;
}

/** What indexes see of a commit. */
export interface IndexedCommit {
  readonly seq: number;
  readonly txid: string;
  readonly key: string | undefined;
}

/** The entries of a commit line. */
export function commitEntries({ seq, txid, key }: IndexedCommit, position: LinePosition): IndexEntry[] {
  const value = encodePosition(position);
  const entries: IndexEntry[] = [
    { key: commitKey(seq), seq, remove: false, value },
    { key: txidKey(txid), seq, remove: false, value },
  ];
  if (key !== undefined) entries.push({ key: idempotencyKey(key), seq, remove: false, value });
  return entries;
}

/** What indexes see of a version: of its properties, the declared fields at least. */
export interface VersionIdentity extends IndexedVersion {
  readonly seq: number;
  readonly version: number;
  readonly deleted: boolean;
}

/** The entry of a version's line. */
export function versionEntry({ id, seq, deleted }: VersionIdentity, position: LinePosition): IndexEntry {
  const value = encodePosition(position);
  return { key: entityKey(id), seq, remove: false, value: deleted ? `${value}d` : value };
}

/**
 * What a version adds to and takes from the built-in indexes (when asked) and from those in `definitions`, compared with the
 * version before.
 */
export function indexEntries(
  version: VersionIdentity,
  before: VersionIdentity | undefined,
  definitions: readonly IndexDefinition[],
  withBuiltIn: boolean,
): IndexEntry[] {
  const { seq } = version;
  const entries: IndexEntry[] = [];
  // Type and ends of an entity stay from its creation to its deletion, and with them its keys in the built-in indexes.
  const isSame = before !== undefined && !before.deleted && !version.deleted && hasSameShape(version, before);
  const added = withBuiltIn && !isSame ? builtInKeysOf(version) : [];
  added.push(...declaredKeysOf(version, definitions));
  if (before === undefined) {
    for (const key of added) entries.push(entryOf(key, seq, false));
    return entries;
  }
  const removed = withBuiltIn && !isSame ? builtInKeysOf(before) : [];
  removed.push(...declaredKeysOf(before, definitions));
  const isKept = membership(removed);
  const isLeft = membership(added);
  for (const key of added) if (!isKept(key)) entries.push(entryOf(key, seq, false));
  for (const key of removed) if (!isLeft(key)) entries.push(entryOf(key, seq, true));
  return entries;
}

function hasSameShape(a: VersionIdentity, b: VersionIdentity): boolean {
  return a.type === b.type && a.from === b.from && a.to === b.to;
}

function entryOf({ index, key }: IndexKey, seq: number, remove: boolean): IndexEntry {
  return { key: indexPrefix(index) + key, seq, remove, value: "" };
}

/** Of few keys each is compared; words are many. */
const COMPARED_MAX = 16;

function membership(keys: readonly IndexKey[]): (key: IndexKey) => boolean {
  if (keys.length <= COMPARED_MAX)
    return ({ index, key }) => keys.some((other) => other.index === index && other.key === key);
  const known = new Set(keys.map(({ index, key }) => `${index}\0${key}`));
  return ({ index, key }) => known.has(`${index}\0${key}`);
}
