/** A log on a disk in memory, used by several simulated processes. */
import type { Disk, Random } from "@knotwork/disk";
import { type DiskCall, type DiskOperation, MemoryDisk, seededRandom } from "@knotwork/disk/testing";
import { DurableMarks } from "../durable-marks.ts";
import { createFirstSegment } from "../first-segment.ts";
import { NO_CRC } from "../line-format.ts";
import { Log } from "../log.ts";
import type { AppendResult } from "../log-append.ts";
import type { LogStart } from "../log-tail.ts";
import type { RecordDraft, RecordHead } from "../record.ts";
import { segmentName, walPaths } from "../segment-names.ts";
import { QuickClock } from "./quick-clock.ts";

export const STORE = "01K0000000000000000000TEST";
export const WAL = "/store/wal";
export const QUARANTINE = "/store/quarantine";
export const LOG_BEGIN: LogStart = { segment: segmentName(1), seq: 0, crc: NO_CRC, time: "" };

export interface OpenLogOptions {
  readonly writable?: boolean;
  /** What the manifest says is durable. */
  readonly durableSeq?: number;
  readonly start?: LogStart;
  readonly syncsOnlyInPlace?: boolean;
}

/** One process's handle, and every record it has seen. */
export class OpenLog {
  readonly log: Log;
  readonly heads: RecordHead[] = [];

  constructor(world: LogWorld, process: string, options: OpenLogOptions) {
    this.log = new Log({
      disk: world.memory.process(process),
      clock: world.clock,
      random: world.random,
      directory: WAL,
      quarantineDirectory: QUARANTINE,
      storeId: STORE,
      writable: options.writable ?? true,
      start: options.start ?? LOG_BEGIN,
      durableSeq: options.durableSeq ?? 0,
      syncsOnlyInPlace: options.syncsOnlyInPlace ?? false,
      onRecord: (head) => void this.heads.push(head),
    });
  }

  /** What the records seen so far say, oldest first. */
  get texts(): readonly string[] {
    return this.heads.map((head) => head.txid);
  }

  /** Reads to the end, and gives what all records say. */
  readAll(): readonly string[] {
    this.log.advance();
    return this.texts;
  }

  /** Appends without waiting for a sync. */
  async write(...texts: readonly string[]): Promise<AppendResult> {
    return this.log.append(() => texts.map(draft));
  }

  /** Appends and waits until it is durable, as a balanced commit does. */
  async commit(...texts: readonly string[]): Promise<void> {
    const { records, noSpace } = await this.write(...texts);
    if (noSpace !== undefined) throw noSpace;
    await this.log.waitDurable(records.at(-1)?.seq ?? 0, { isNew: true });
  }
}

export class LogWorld {
  readonly memory: MemoryDisk;
  readonly clock: QuickClock = new QuickClock();
  readonly random: Random = seededRandom(1);

  constructor(memory: MemoryDisk) {
    this.memory = memory;
  }

  /** A machine with an empty log, all of it durable. */
  static create(): LogWorld {
    const memory = new MemoryDisk();
    const disk = memory.process("creator");
    for (const path of ["/store", WAL, QUARANTINE]) disk.makeDirectory(path);
    createFirstSegment(disk, WAL, STORE);
    for (const path of ["/", "/store", WAL, QUARANTINE]) disk.syncDirectory(path);
    memory.kill("creator");
    return new LogWorld(memory);
  }

  open(process: string, options: OpenLogOptions = {}): OpenLog {
    return new OpenLog(this, process, options);
  }

  /** The machine after a power cut that kept only what was synced. */
  afterPowerCut(): LogWorld {
    return new LogWorld(this.memory.crash());
  }

  /** Somebody who is no process of the store. */
  get stranger(): Disk {
    return this.memory.process("stranger");
  }

  bytes(path: string): Buffer {
    return Buffer.from(this.memory.files().get(path) ?? Buffer.alloc(0));
  }

  segmentBytes(firstSeq = 1): Buffer {
    return this.bytes(segmentPath(firstSeq));
  }

  /** Puts other bytes into a file, durably, as damage or an older writer might. */
  overwrite(path: string, bytes: Uint8Array): void {
    const file = this.stranger.open(path, "open-or-create");
    file.truncate(0);
    file.write(bytes, 0);
    file.syncData();
    file.close();
  }

  names(directory: string): readonly string[] {
    return this.stranger.list(directory);
  }

  get marks(): DurableMarks {
    return new DurableMarks({ disk: this.stranger, path: walPaths(WAL).durable, store: STORE, writable: true });
  }

  /** The operations that change something while `run` runs, as `process call path`. */
  async operationsDuring(run: () => Promise<unknown>): Promise<readonly DiskOperation[]> {
    const operations: DiskOperation[] = [];
    this.memory.onOperation = (operation) => void operations.push(operation);
    try {
      await run();
    } finally {
      this.memory.onOperation = undefined;
    }
    return operations;
  }

  /** Calls `run` once, right before `process` does `call` on `path`. */
  before(wanted: { readonly process: string; readonly call: DiskCall; readonly path: string }, run: () => void): void {
    this.memory.onCall = (operation) => {
      const { process, call, path } = operation;
      if (process !== wanted.process || call !== wanted.call || path !== wanted.path) return;
      this.memory.onCall = undefined;
      run();
    };
  }
}

export function segmentPath(firstSeq: number): string {
  return `${WAL}/${segmentName(firstSeq)}`;
}

/** A record that says `text`. */
export function draft(text: string): RecordDraft {
  return { txid: text, author: "tester", rows: [["put", text]], bodies: [JSON.stringify({ text })] };
}

/** `call path` of operations, for comparing. */
export function briefly(operations: readonly DiskOperation[]): readonly string[] {
  return operations.map(({ call, path }) => `${call} ${path.slice(path.lastIndexOf("/") + 1)}`);
}
