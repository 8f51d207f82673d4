/**
 * Who holds a process lock: one line of JSON in a file beside it, overwritten by a holder after it has locked (by one that
 * nobody takes the lock from only now and then), never synced. It is information for people and error messages; nothing
 * may be decided by it, and a failure to write it is ignored. The CRC keeps a reader from believing two half-written notes.
 */
import { crc32 } from "node:zlib";
import type { Disk, DiskFile } from "./disk.ts";
import { isDiskError } from "./errors.ts";
import { readWholeFile } from "./read-whole-file.ts";

/** The process that took the lock last, whether or not it still holds it. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  /** When it took the lock, ISO 8601. */
  readonly since: string;
}

/** Always the same length, so that one write replaces the whole note before it. */
const NOTE_BYTES = 256;
const HOST_LENGTH_MAX = 100;

export function encodeLockHolder(holder: LockHolder): Uint8Array {
  const host = holder.host.replaceAll(/[^\x20-\x7E]/g, "?").slice(0, HOST_LENGTH_MAX);
  const body = JSON.stringify({ pid: holder.pid, host, since: holder.since });
  const note = `${body.slice(0, -1)},"crc":"${checksum(body)}"}`;
  return Buffer.from(`${note.padEnd(NOTE_BYTES - 1)}\n`, "latin1");
}

/** The holder in the note, or `undefined` when the note is torn, damaged or not one of ours. */
export function decodeLockHolder(bytes: Uint8Array): LockHolder | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const match =
    /^(\{"pid":(\d{1,10}),"host":("(?:[^"\\]|\\.)*"),"since":"([^"\\]{1,40})"),"crc":"([0-9a-f]{8})"\} *\n$/.exec(text);
  const [, head, pid, host, since, crc] = match ?? [];
  if (head === undefined || pid === undefined || host === undefined || since === undefined) return undefined;
  if (checksum(`${head}}`) !== crc) return undefined;
  return { pid: Number(pid), host: JSON.parse(host) as string, since };
}

/** Opens the note for writing; `undefined` when it cannot be, which costs information only. */
export function openHolderNote(disk: Disk, path: string, mode: number): DiskFile | undefined {
  try {
    return disk.open(path, "open-or-create", { mode });
  } catch (error) {
    if (isDiskError(error)) return undefined;
    throw error;
  }
}

/** @param bytes from `encodeLockHolder` */
export function writeHolderNote(note: DiskFile, bytes: Uint8Array): void {
  try {
    note.write(bytes, 0);
  } catch (error) {
    // A full disk must not keep anyone from locking.
    if (!isDiskError(error)) throw error;
  }
}

export function readHolderNote(disk: Disk, path: string): LockHolder | undefined {
  try {
    const bytes = readWholeFile(disk, path);
    return bytes === undefined ? undefined : decodeLockHolder(bytes);
  } catch (error) {
    if (isDiskError(error)) return undefined;
    throw error;
  }
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, "0");
}
