/**
 * A history run: an immutable file of commit lines, each followed by the versions it made (docs/FORMAT.md, "History run").
 *
 *     {"crc":…,"history":1,"store":…,"from":1,"through":40,"required":[],"optional":[]}
 *     {"crc":…,"commit":1,"record":…,"txid":…,"time":…,"author":…,"versions":2}
 *     {"crc":…,"id":…,"type":…,"version":1,"seq":1,"createdAt":…,"updatedAt":…,"author":…,"props":{…}}
 */
import { readWholeFile } from "@knotwork/disk";
import type { Disk, ReadableFile, ReadableFiles } from "@knotwork/disk";
import { decodeObjectLine, encodeObjectLine, LINE_FEED } from "@knotwork/wal";
import type { IndexDefinition } from "../engine.ts";
import type { StoredVersion } from "../entity.ts";
import type { JsonValue } from "../json.ts";
import type { LinePosition } from "./index-layout.ts";
import { StoreError, storeDamaged } from "./store-error.ts";

export const HISTORY_FORMAT = 1;
const READ_AHEAD_BYTES = 64 * 1024;
const GAP_BYTES_MAX = 4 * 1024;
const READ_BYTES_MAX = 256 * 1024;

export interface HistoryHeader {
  readonly history: number;
  readonly store: string;
  readonly from: number;
  readonly through: number;
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

export interface HistoryCommit {
  readonly commit: number;
  /** CRC of the log record, and of the one before it: the chain goes on through history. */
  readonly record: string;
  readonly prev: string;
  readonly txid: string;
  readonly time: string;
  readonly author: string;
  readonly session?: string;
  readonly key?: string;
  readonly fingerprint?: string;
  readonly result?: JsonValue;
  readonly defines?: readonly IndexDefinition[];
  /** How many version lines follow. */
  readonly versions: number;
  /** The record was lost; a repair put this in its place, so that the chain goes on. */
  readonly lost?: true;
}

export function encodeHistoryHeader(header: {
  readonly store: string;
  readonly from: number;
  readonly through: number;
}): Buffer {
  return encodeObjectLine({ history: HISTORY_FORMAT, ...header, required: [], optional: [] } satisfies HistoryHeader)
    .bytes;
}

export function encodeHistoryCommit(commit: HistoryCommit): Buffer {
  return encodeObjectLine(commit).bytes;
}

export function encodeHistoryVersion(version: StoredVersion): Buffer {
  const { id, type, seq, createdAt, updatedAt, author, deleted, from, to, props } = version;
  return encodeObjectLine({
    id,
    type,
    version: version.version,
    seq,
    createdAt,
    updatedAt,
    author,
    ...(deleted ? { deleted } : {}),
    from,
    to,
    props,
    ...(version.purged === true ? { purged: true } : {}),
    ...(version.lost === true ? { lost: true } : {}),
  }).bytes;
}

/** An open history run. */
export class HistoryRun {
  readonly #file: ReadableFile;

  /** @throws DiskError ENOENT */
  constructor(files: ReadableFiles, path: string) {
    this.#file = files.open(path, "read");
  }

  /** The version whose line is at `offset`. @throws StoreError VERSION_DAMAGED */
  readVersion(offset: number, length: number): StoredVersion {
    const line = this.#readLine(offset, length) as unknown as Omit<StoredVersion, "deleted"> & {
      readonly deleted?: boolean;
      readonly crc: string;
    };
    return toStoredVersion(line);
  }

  /** The versions whose lines are at these places, which are in the order of the file. @throws StoreError VERSION_DAMAGED */
  readVersions(places: readonly LinePosition[]): readonly StoredVersion[] {
    const versions: StoredVersion[] = [];
    for (let first = 0; first < places.length;) {
      const start = places[first]?.offset ?? 0;
      let end = start;
      let next = first;
      // A read costs about as much as to pass over so many bytes.
      for (; next < places.length; next += 1) {
        const { offset, length } = places[next] ?? { offset: 0, length: 0 };
        if (next > first && (offset > end + GAP_BYTES_MAX || offset + length > start + READ_BYTES_MAX)) break;
        end = Math.max(end, offset + length);
      }
      const bytes = Buffer.allocUnsafe(end - start);
      const count = this.#file.read(bytes, 0, bytes.length, start);
      for (const { offset, length } of places.slice(first, next)) {
        const at = offset - start;
        const line = at + length <= count ? decodeObjectLine(bytes, at, at + length - 1) : undefined;
        if (line === undefined) throw this.#damaged(offset, length);
        versions.push(toStoredVersion(line as unknown as StoredVersion));
      }
      first = next;
    }
    return versions;
  }

  readCommit(offset: number, length: number): HistoryCommit {
    return this.#readLine(offset, length) as unknown as HistoryCommit;
  }

  /** The `count` versions whose lines follow the commit line at `position`. */
  readVersionsBehind(
    position: { readonly offset: number; readonly length: number },
    count: number,
  ): readonly StoredVersion[] {
    const versions: StoredVersion[] = [];
    let offset = position.offset + position.length;
    let bytes = Buffer.alloc(0);
    while (versions.length < count) {
      const end = bytes.indexOf(LINE_FEED);
      if (end === -1) {
        const more = Buffer.allocUnsafe(READ_AHEAD_BYTES);
        const read = this.#file.read(more, 0, more.length, offset + bytes.length);
        if (read === 0) throw this.#damaged(offset, bytes.length);
        bytes = Buffer.concat([bytes, more.subarray(0, read)]);
        continue;
      }
      const line = decodeObjectLine(bytes, 0, end);
      if (line === undefined) throw this.#damaged(offset, end + 1);
      versions.push(toStoredVersion(line as unknown as StoredVersion));
      offset += end + 1;
      bytes = bytes.subarray(end + 1);
    }
    return versions;
  }

  /** Reads bytes as they are, unverified: up to `length` at `offset`. Gives how many there were. */
  read(bytes: Buffer, length: number, offset: number): number {
    return this.#file.read(bytes, 0, length, offset);
  }

  close(): void {
    this.#file.close();
  }

  #readLine(offset: number, length: number): Readonly<Record<string, unknown>> {
    const bytes = Buffer.allocUnsafe(length);
    const count = this.#file.read(bytes, 0, length, offset);
    const line = count === length ? decodeObjectLine(bytes, 0, length - 1) : undefined;
    if (line === undefined) throw this.#damaged(offset, length);
    return line;
  }

  #damaged(offset: number, length: number): StoreError {
    return new StoreError("VERSION_DAMAGED", "Cannot read a version in history: its line is damaged", {
      hint: "Other versions are not affected. Nothing was changed. Run: knot doctor",
      context: { path: this.#file.path, offset, length },
    });
  }
}

export type HistoryLine =
  | { readonly kind: "commit"; readonly commit: HistoryCommit; readonly offset: number; readonly length: number }
  | { readonly kind: "version"; readonly version: StoredVersion; readonly offset: number; readonly length: number };

/**
 * All lines of a run, in order, each verified.
 * @throws StoreError STORE_DAMAGED with the offset of the first line that is not sound, or when the run is missing
 */
export function* readHistoryRun(disk: Disk, path: string, storeId: string): Generator<HistoryLine> {
  const bytes = readWholeFile(disk, path);
  if (bytes === undefined)
    throw storeDamaged("Cannot read history: a run that the manifest names is missing", { path });
  let offset = 0;
  let isHeader = true;
  while (offset < bytes.length) {
    const end = bytes.indexOf(LINE_FEED, offset);
    const line = end === -1 ? undefined : decodeObjectLine(bytes, offset, end);
    if (line === undefined) throw storeDamaged("Cannot read history: a line is damaged", { path, offset });
    if (isHeader) assertHeader(line as unknown as HistoryHeader, storeId, path);
    else if (line["commit"] !== undefined)
      yield { kind: "commit", commit: line as unknown as HistoryCommit, offset, length: end + 1 - offset };
    else
      yield {
        kind: "version",
        version: toStoredVersion(line as unknown as StoredVersion),
        offset,
        length: end + 1 - offset,
      };
    isHeader = false;
    offset = end + 1;
  }
}

function assertHeader(header: HistoryHeader, storeId: string, path: string): void {
  if (header.history === HISTORY_FORMAT && header.store === storeId && header.required.length === 0) return;
  if (header.store !== undefined && header.store !== storeId) {
    throw new StoreError("STORE_REPLACED", `Cannot read history: the run belongs to store "${header.store}"`, {
      hint: "Files of two stores were mixed.",
      context: { path },
    });
  }
  throw new StoreError("FORMAT_UNKNOWN", `Cannot read history: the run is of format ${header.history}`, {
    hint: "Use a newer Knotwork.",
    context: { path },
  });
}

function toStoredVersion(line: Omit<StoredVersion, "deleted"> & { readonly deleted?: boolean }): StoredVersion {
  const { id, type, version, seq, createdAt, updatedAt, author, deleted = false, from, to, props } = line;
  const common = { id, type, version, seq, createdAt, updatedAt, author, deleted, props };
  const stored: StoredVersion = from === undefined || to === undefined ? common : { ...common, from, to };
  if (line.purged !== true && line.lost !== true) return stored;
  return {
    ...stored,
    ...(line.purged === true ? { purged: true } : {}),
    ...(line.lost === true ? { lost: true } : {}),
  };
}
