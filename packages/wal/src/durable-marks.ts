/**
 * `wal/durable`: eight 512-byte slots, never synced (docs/FORMAT.md, "Durable marks").
 *
 * Invariants:
 * - Slots 0 and 1 are marks: the highest valid one is a lower bound of what is durable. A lost or torn mark only lowers it.
 * - Slots 2 to 7 are suspects: a segment some process failed to sync. Only the process whose sync failed writes one, and
 *   only the repairer (log-repair.ts) clears it.
 */
import { assert, writeFully, isDiskError } from "@knotwork/disk";
import type { Disk, DiskFile } from "@knotwork/disk";
import {
  decodeObjectLine,
  encodeObjectLine,
  isSoundLine,
  jsonText,
  LINE_FEED,
  LINE_REST_START,
  sealLine,
  standsAt,
} from "./line-format.ts";

const SLOT_BYTES = 512;
const SLOT_COUNT = 8;
const MARK_SLOTS = 2;
const SUSPECTS_START = MARK_SLOTS * SLOT_BYTES;
const FILE_BYTES = SLOT_COUNT * SLOT_BYTES;
const MARK_NAME = Buffer.from('"mark":', "latin1");
/** Where the number of a mark begins in its slot. */
const MARK_START = LINE_REST_START + MARK_NAME.length;
const ZERO = 0x30;

/** A segment whose bytes after `seq` may be missing on the disk although they can be read. */
export interface Suspect {
  readonly segment: string;
  readonly dev: string;
  readonly ino: string;
  /** The highest seq known durable before the sync failed. */
  readonly seq: number;
}

type SuspectFile = Pick<Suspect, "segment" | "dev" | "ino">;

export class DurableMarks {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #store: string;
  readonly #writable: boolean;
  #file: DiskFile | undefined;
  /** What follows the number of a mark of this store. */
  readonly #markEnd: Buffer;
  #bytes: Buffer = Buffer.alloc(FILE_BYTES);
  #scratch: Buffer = Buffer.alloc(FILE_BYTES);
  readonly #slot: Buffer = Buffer.alloc(SLOT_BYTES);
  readonly #marks: [number, number] = [0, 0];
  /** By suspect slot. */
  #suspectSlots: readonly (Suspect | undefined)[] = [];
  #mark = 0;
  #suspects: readonly Suspect[] = [];
  #nextSlot = 0;
  #isExtended = false;

  constructor(options: {
    readonly disk: Disk;
    readonly path: string;
    readonly store: string;
    readonly writable: boolean;
  }) {
    this.#disk = options.disk;
    this.#path = options.path;
    this.#store = options.store;
    this.#writable = options.writable;
    this.#markEnd = Buffer.from(`,"store":${jsonText(options.store)}}\n`, "utf8");
  }

  /** The suspects as they were last read. */
  get suspects(): readonly Suspect[] {
    return this.#suspects;
  }

  /** Reads the slots: the mark (0 when none is valid) and the suspects of this store. Costs one pread when nothing changed. */
  read(): { readonly mark: number; readonly suspects: readonly Suspect[] } {
    const file = this.#open();
    if (file !== undefined) {
      const count = file.read(this.#scratch, 0, FILE_BYTES, 0);
      if (count < FILE_BYTES) this.#scratch.fill(0, count);
      if (!this.#scratch.equals(this.#bytes)) this.#takeOver();
    }
    return { mark: this.#mark, suspects: this.#suspects };
  }

  /** Raises the mark. A failure is ignored: the mark is only a hint of what was proved already. */
  raise(seq: number): void {
    const file = this.#open();
    if (file === undefined || !this.#writable || seq <= this.#mark) return;
    try {
      this.#extend(file);
      writeFully(file, this.#markSlot(seq), this.#nextSlot * SLOT_BYTES);
      this.#nextSlot = (this.#nextSlot + 1) % MARK_SLOTS;
      this.#mark = seq;
    } catch (error) {
      if (!isDiskError(error)) throw error;
    }
  }

  /** Writes a suspect slot and reads it back. False when it could not be made visible. */
  addSuspect(suspect: Suspect): boolean {
    const file = this.#open();
    if (file === undefined) return false;
    const slot = this.#freeSuspectSlot(suspect);
    if (slot === undefined) return this.#knows(suspect);
    try {
      writeFully(file, suspectSlot({ suspect, store: this.#store }), slot * SLOT_BYTES);
    } catch (error) {
      if (!isDiskError(error)) throw error;
      return false;
    }
    return this.#knows(suspect);
  }

  /** Clears the slots of a segment file. For the repairer, under the kernel lock. */
  clearSuspect(suspect: SuspectFile): void {
    const file = this.#open();
    if (file === undefined) return;
    this.read();
    for (const [index, known] of this.#suspectSlots.entries()) {
      if (known !== undefined && isSameSuspect(known, suspect))
        writeFully(file, Buffer.alloc(SLOT_BYTES), SUSPECTS_START + index * SLOT_BYTES);
    }
    this.read();
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #open(): DiskFile | undefined {
    if (this.#file !== undefined) return this.#file;
    try {
      this.#file = this.#disk.open(this.#path, this.#writable ? "open-or-create" : "read");
    } catch (error) {
      if (!isDiskError(error, "ENOENT")) throw error;
    }
    return this.#file;
  }

  /** A file of its full length is read by one call. Growing it by zeros takes nothing from what others write meanwhile. */
  #extend(file: DiskFile): void {
    if (this.#isExtended) return;
    this.#isExtended = true;
    if (file.stat().sizeBytes < FILE_BYTES) file.truncate(FILE_BYTES);
  }

  /** Made in the same bytes each time: a mark is written behind every durable commit. */
  #markSlot(seq: number): Buffer {
    const slot = this.#slot;
    slot.set(MARK_NAME, LINE_REST_START);
    const numberEnd = MARK_START + slot.write(String(seq), MARK_START, "latin1");
    const end = numberEnd + this.#markEnd.length;
    assert(end <= SLOT_BYTES, "A slot of wal/durable holds a mark");
    slot.set(this.#markEnd, numberEnd);
    slot.fill(0, end);
    sealLine(slot, 0, end - 1);
    return slot;
  }

  /**
   * What was read into the scratch counts from now on; what did not change is not decoded again. Where a sound slot cannot be
   * decoded every read throws: nothing is taken over before all suspects are known.
   */
  #takeOver(): void {
    const [read, known] = [this.#scratch, this.#bytes];
    if (read.compare(known, SUSPECTS_START, FILE_BYTES, SUSPECTS_START, FILE_BYTES) !== 0) {
      this.#suspectSlots = Array.from({ length: SLOT_COUNT - MARK_SLOTS }, (_, index) =>
        this.#decodeSuspect(read, SUSPECTS_START + index * SLOT_BYTES),
      );
      this.#suspects = this.#suspectSlots.filter((suspect) => suspect !== undefined);
    }
    for (const slot of [0, 1] as const) {
      const [start, end] = [slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES];
      if (read.compare(known, start, end, start, end) !== 0) this.#marks[slot] = this.#decodeMark(read, start);
    }
    [this.#bytes, this.#scratch] = [read, known];
    this.#mark = Math.max(...this.#marks);
  }

  /** 0 where no sound mark of this store stands. Read for every durable commit of every process: only digits are parsed. */
  #decodeMark(bytes: Buffer, start: number): number {
    let mark = 0;
    let at = start + MARK_START;
    for (; isDigit(bytes[at]); at += 1) mark = mark * 10 + (bytes[at] ?? 0) - ZERO;
    const end = at + this.#markEnd.length;
    if (end > start + SLOT_BYTES || !standsAt(bytes, MARK_NAME, start + LINE_REST_START)) return 0;
    return standsAt(bytes, this.#markEnd, at) && isSoundLine(bytes, start, end - 1) ? mark : 0;
  }

  #decodeSuspect(bytes: Buffer, start: number): Suspect | undefined {
    const end = bytes.indexOf(LINE_FEED, start);
    if (end === -1 || end >= start + SLOT_BYTES) return undefined;
    const content = decodeObjectLine(bytes, start, end) as
      | { readonly suspect: Suspect; readonly store: string }
      | undefined;
    return content?.store === this.#store ? content.suspect : undefined;
  }

  /** Whether a slot of this file can be read. */
  #knows(suspect: SuspectFile): boolean {
    return this.read().suspects.some((known) => isSameSuspect(known, suspect));
  }

  #freeSuspectSlot(suspect: Suspect): number | undefined {
    this.read();
    for (let slot = MARK_SLOTS; slot < SLOT_COUNT; slot += 1) {
      const known = this.#suspectSlots[slot - MARK_SLOTS];
      if (known === undefined) return slot;
      // A slot keeps the lowest bound that any process proved: what a second failure reports must not raise it.
      if (isSameSuspect(known, suspect)) return known.seq <= suspect.seq ? undefined : slot;
    }
    return undefined;
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= 0x39;
}

function isSameSuspect(one: SuspectFile, other: SuspectFile): boolean {
  return one.segment === other.segment && one.ino === other.ino && one.dev === other.dev;
}

function suspectSlot(content: { readonly suspect: Suspect; readonly store: string }): Buffer {
  const slot = Buffer.alloc(SLOT_BYTES);
  const line = encodeObjectLine(content).bytes;
  if (line.length > SLOT_BYTES) throw new RangeError("A slot of wal/durable holds at most 512 bytes");
  line.copy(slot);
  return slot;
}
