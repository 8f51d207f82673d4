/**
 * Reads every history run and log segment of a store, whatever is wrong with them, into commits and damages. Reads only, and by
 * docs/FORMAT.md alone.
 */
import { isDiskError, readWholeFile } from "@knotwork/disk";
import type { Disk } from "@knotwork/disk";
import { StoreError } from "../store-error.ts";
import { scanLines } from "./scan-lines.ts";
import type { LineValue, ScannedLine } from "./scan-lines.ts";

/** Bytes that are not what was written. */
export interface ScannedDamage {
  /** Relative to the store. */
  readonly file: string;
  readonly offset: number;
  readonly bytes: number;
  readonly what: string;
}

export interface ScannedVersion {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly deleted: boolean;
  readonly createdAt: string;
  readonly from?: string;
  readonly to?: string;
}

export interface ScannedCommit {
  readonly seq: number;
  /** CRC of its record, and of the one before. */
  readonly record: string;
  readonly prev: string;
  readonly txid: string;
  readonly time: string;
  readonly author: string;
  readonly source: "history" | "log";
  readonly file: string;
  /** Where its lines begin and end in the file. */
  readonly offset: number;
  readonly end: number;
  readonly versions: readonly ScannedVersion[];
  /** Version lines that should be there and cannot be read. */
  readonly unreadable: number;
  /** The text of one of its versions was purged. */
  readonly isPurged: boolean;
}

export interface ScannedFile {
  readonly commits: readonly ScannedCommit[];
  readonly damages: readonly ScannedDamage[];
  /** Bytes at the end of a segment that are no finished line. */
  readonly tailBytes: number;
  /** The highest seq that its records call durable. */
  readonly durable: number;
  readonly store: string | undefined;
}

/** One history run or segment; `undefined` when it is not there. @throws StoreError FORMAT_UNKNOWN */
export function scanFile(disk: Disk, root: string, file: string): ScannedFile | undefined {
  const bytes = readIfThere(disk, `${root}/${file}`);
  return bytes === undefined ? undefined : new FileScan(file).scan(bytes);
}

class FileScan {
  readonly #file: string;
  readonly #source: "history" | "log";
  readonly #commits: ScannedCommit[] = [];
  readonly #damages: ScannedDamage[] = [];
  #open:
    | (Omit<ScannedCommit, "unreadable"> & {
        readonly expected: number;
        versions: ScannedVersion[];
        end: number;
        isPurged: boolean;
      })
    | undefined;
  #durable = 0;
  #tailBytes = 0;
  #store: string | undefined;

  constructor(file: string) {
    this.#file = file;
    this.#source = file.startsWith("wal/") ? "log" : "history";
  }

  scan(bytes: Buffer): ScannedFile {
    let isHeader = true;
    for (const line of scanLines(bytes)) {
      if (line.sound === undefined) this.#unsound(line);
      else if (isHeader) this.#header(line, line.sound.value);
      else if (this.#source === "log") this.#logLine(line, line.sound);
      else this.#historyLine(line, line.sound.value);
      isHeader = false;
    }
    this.#closeCommit();
    return {
      commits: this.#commits,
      damages: this.#damages,
      durable: this.#durable,
      tailBytes: this.#tailBytes,
      store: this.#store,
    };
  }

  #unsound({ offset, length, isTerminated }: ScannedLine): void {
    if (!isTerminated) this.#tailBytes = length;
    this.#damages.push({
      file: this.#file,
      offset,
      bytes: length,
      what: isTerminated ? "a line with a wrong checksum" : "an unfinished line",
    });
  }

  #header(line: ScannedLine, value: LineValue): void {
    const format = value[this.#source];
    const required = value["required"];
    if (format === undefined) {
      // The header itself is gone; what stands here is the first line behind it.
      this.#damages.push({ file: this.#file, offset: 0, bytes: 0, what: "no header" });
      return;
    }
    if (format !== 1 || (Array.isArray(required) && required.length > 0))
      throw new StoreError("FORMAT_UNKNOWN", `Cannot read "${this.#file}": it is of format ${JSON.stringify(format)}`, {
        hint: "Use a newer Knotwork.",
        context: { path: this.#file, offset: line.offset },
      });
    this.#store = String(value["store"]);
  }

  #logLine(line: ScannedLine, { crc, value }: NonNullable<ScannedLine["sound"]>): void {
    if (value["seal"] !== undefined) return;
    const rows = value["rows"] as readonly (readonly unknown[])[];
    const time = String(value["time"]);
    this.#durable = Math.max(this.#durable, Number(value["durable"]));
    this.#commits.push({
      seq: Number(value["seq"]),
      record: crc,
      prev: String(value["prev"]),
      txid: String(value["txid"]),
      time,
      author: String(value["author"]),
      source: "log",
      file: this.#file,
      offset: line.offset,
      end: line.offset + line.length,
      versions: rows.filter((row) => row[0] !== "define").map((row) => rowToVersion(row, time)),
      unreadable: 0,
      isPurged: false,
    });
  }

  #historyLine(line: ScannedLine, value: LineValue): void {
    const end = line.offset + line.length;
    if (value["commit"] !== undefined) {
      this.#closeCommit();
      this.#open = {
        seq: Number(value["commit"]),
        record: String(value["record"]),
        prev: String(value["prev"]),
        txid: String(value["txid"]),
        time: String(value["time"]),
        author: String(value["author"]),
        source: "history",
        file: this.#file,
        offset: line.offset,
        end,
        versions: [],
        expected: Number(value["versions"]),
        isPurged: false,
      };
      return;
    }
    const version = value as unknown as ScannedVersion & { readonly seq: number };
    if (this.#open?.seq !== version.seq) {
      this.#damages.push({
        file: this.#file,
        offset: line.offset,
        bytes: 0,
        what: `a version of seq ${version.seq} without its commit`,
      });
      return;
    }
    this.#open.versions.push({ ...pickVersion(version), deleted: value["deleted"] === true });
    this.#open.end = end;
    this.#open.isPurged ||= value["purged"] === true;
  }

  #closeCommit(): void {
    if (this.#open === undefined) return;
    const { expected, ...commit } = this.#open;
    this.#commits.push({ ...commit, unreadable: Math.max(0, expected - commit.versions.length) });
    this.#open = undefined;
  }
}

function pickVersion({ id, type, version, createdAt, from, to }: ScannedVersion): Omit<ScannedVersion, "deleted"> {
  return { id, type, version, createdAt, ...(from === undefined || to === undefined ? {} : { from, to }) };
}

function rowToVersion(row: readonly unknown[], time: string): ScannedVersion {
  const deleted = row[0] === "delete";
  const [from, to] = (deleted ? row.slice(4) : row.slice(6)) as readonly (string | undefined)[];
  return {
    id: String(row[1]),
    type: String(row[2]),
    version: Number(row[3]),
    deleted,
    createdAt: deleted || row[5] === 0 ? time : String(row[5]),
    ...(from === undefined || to === undefined ? {} : { from, to }),
  };
}

function readIfThere(disk: Disk, path: string): Buffer | undefined {
  try {
    return readWholeFile(disk, path);
  } catch (error) {
    if (isDiskError(error, "ENOTDIR")) return undefined;
    throw error;
  }
}
