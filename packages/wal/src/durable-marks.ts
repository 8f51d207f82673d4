/**
 * `wal/durable`: eight 512-byte slots, never synced (docs/FORMAT.md, "Durable marks").
 *
 * Invariants:
 * - Slots 0 and 1 are marks: the highest valid one is a lower bound of what is durable. A lost or torn mark only lowers it.
 * - Slots 2 to 7 are suspects: a segment some process failed to sync. Only the process whose sync failed writes one, and
 *   only the repairer (log-repair.ts) clears it.
 */
import { writeFully, isDiskError } from "@knotwork/disk";
import type { Disk, DiskFile } from "@knotwork/disk";
import { decodeObjectLine, encodeObjectLine } from "./line-format.ts";

const SLOT_BYTES = 512;
const SLOT_COUNT = 8;
const MARK_SLOTS = 2;

/** A segment whose bytes after `seq` may be missing on the disk although they can be read. */
export interface Suspect {
  readonly segment: string;
  readonly dev: string;
  readonly ino: string;
  /** The highest seq known durable before the sync failed. */
  readonly seq: number;
}

/** What one slot says of this store: one of the two, or nothing. */
interface SlotContent {
  readonly mark?: number | undefined;
  readonly suspect?: Suspect | undefined;
}

type SuspectFile = Pick<Suspect, "segment" | "dev" | "ino">;

export class DurableMarks {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #store: string;
  readonly #writable: boolean;
  #file: DiskFile | undefined;
  #bytes: Buffer = Buffer.alloc(SLOT_BYTES * SLOT_COUNT);
  #scratch: Buffer = Buffer.alloc(SLOT_BYTES * SLOT_COUNT);
  #contents: readonly SlotContent[] = Array.from({ length: SLOT_COUNT }, () => ({}));
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
  }

  /** The suspects as they were last read. */
  get suspects(): readonly Suspect[] {
    return this.#suspects;
  }

  /** Reads the slots: the mark (0 when none is valid) and the suspects of this store. Costs one pread when nothing changed. */
  read(): { readonly mark: number; readonly suspects: readonly Suspect[] } {
    const file = this.#open();
    if (file !== undefined) {
      const count = file.read(this.#scratch, 0, this.#scratch.length, 0);
      this.#scratch.fill(0, count);
      if (!this.#scratch.equals(this.#bytes)) this.#parse();
    }
    return { mark: this.#mark, suspects: this.#suspects };
  }

  /** Raises the mark. A failure is ignored: the mark is only a hint of what was proved already. */
  raise(seq: number): void {
    const file = this.#open();
    if (file === undefined || !this.#writable || seq <= this.#mark) return;
    try {
      this.#extend(file);
      writeFully(file, slotBytes({ mark: seq, store: this.#store }), this.#nextSlot * SLOT_BYTES);
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
      writeFully(file, slotBytes({ suspect, store: this.#store }), slot * SLOT_BYTES);
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
    for (let slot = MARK_SLOTS; slot < SLOT_COUNT; slot += 1) {
      const known = this.#contents[slot]?.suspect;
      if (known !== undefined && isSameSuspect(known, suspect))
        writeFully(file, Buffer.alloc(SLOT_BYTES), slot * SLOT_BYTES);
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
    if (file.stat().sizeBytes < this.#bytes.length) file.truncate(this.#bytes.length);
  }

  /** Takes over what was read into the scratch; slots that did not change are not decoded again. */
  #parse(): void {
    const [read, known] = [this.#scratch, this.#bytes];
    this.#contents = this.#contents.map((content, slot) => {
      const [start, end] = [slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES];
      return read.compare(known, start, end, start, end) === 0 ? content : this.#decodeSlot(read, start);
    });
    [this.#bytes, this.#scratch] = [read, known];
    this.#mark = Math.max(0, ...this.#contents.map(({ mark }) => mark ?? 0));
    this.#suspects = this.#contents.flatMap(({ suspect }) => suspect ?? []);
  }

  #decodeSlot(bytes: Buffer, start: number): SlotContent {
    const end = bytes.indexOf(0x0a, start);
    if (end === -1 || end >= start + SLOT_BYTES) return {};
    const content = decodeObjectLine(bytes, start, end) as (SlotContent & { readonly store: string }) | undefined;
    if (content === undefined || content.store !== this.#store) return {};
    return start < MARK_SLOTS * SLOT_BYTES ? { mark: content.mark } : { suspect: content.suspect };
  }

  /** Whether a slot of this file can be read. */
  #knows(suspect: SuspectFile): boolean {
    return this.read().suspects.some((known) => isSameSuspect(known, suspect));
  }

  #freeSuspectSlot(suspect: Suspect): number | undefined {
    this.read();
    for (let slot = MARK_SLOTS; slot < SLOT_COUNT; slot += 1) {
      const known = this.#contents[slot]?.suspect;
      if (known === undefined) return slot;
      // A slot keeps the lowest bound that any process proved: what a second failure reports must not raise it.
      if (isSameSuspect(known, suspect)) return known.seq <= suspect.seq ? undefined : slot;
    }
    return undefined;
  }
}

function isSameSuspect(one: SuspectFile, other: SuspectFile): boolean {
  return one.segment === other.segment && one.ino === other.ino && one.dev === other.dev;
}

function slotBytes(content: object): Buffer {
  const slot = Buffer.alloc(SLOT_BYTES);
  const line = encodeObjectLine(content).bytes;
  if (line.length > SLOT_BYTES) throw new RangeError("A slot of wal/durable holds at most 512 bytes");
  line.copy(slot);
  return slot;
}
