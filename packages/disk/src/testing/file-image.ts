/**
 * The bytes of a file at one moment, as a value. A new image shares the memory of the one it came from where it can, so
 * that appending a record costs the record, not the file, and ten thousand crash states of a file cost little.
 *
 * Invariants:
 * - The bytes of an image never change.
 * - `memory.used` is the end of the longest image in that memory; behind it the memory is zero.
 */
import { createHash } from "node:crypto";

interface Memory {
  readonly bytes: Uint8Array;
  used: number;
}

export class FileImage {
  static readonly EMPTY: FileImage = new FileImage({ bytes: new Uint8Array(0), used: 0 }, 0);

  readonly sizeBytes: number;
  readonly #memory: Memory;
  #digest: string | undefined;

  private constructor(memory: Memory, sizeBytes: number) {
    this.#memory = memory;
    this.sizeBytes = sizeBytes;
  }

  /** Copies up to `length` bytes into `target`; returns the count, short only at the end. */
  read(target: Uint8Array, offset: number, length: number, position: number): number {
    const end = Math.min(this.sizeBytes, position + length);
    if (end <= position) return 0;
    target.set(this.#memory.bytes.subarray(position, end), offset);
    return end - position;
  }

  /** The image after `bytes` were written at `position`; a gap before them is zero. */
  write(bytes: Uint8Array, position: number): FileImage {
    if (bytes.length === 0) return this;
    const sizeBytes = Math.max(this.sizeBytes, position + bytes.length);
    const memory = this.#growable(sizeBytes, position);
    memory.bytes.set(bytes, position);
    memory.used = Math.max(memory.used, sizeBytes);
    return new FileImage(memory, sizeBytes);
  }

  /** The image cut, or filled with zeros, to `sizeBytes`. */
  resize(sizeBytes: number): FileImage {
    if (sizeBytes <= this.sizeBytes) return new FileImage(this.#memory, sizeBytes);
    const memory = this.#growable(sizeBytes, this.sizeBytes);
    memory.used = Math.max(memory.used, sizeBytes);
    return new FileImage(memory, sizeBytes);
  }

  /** A copy of the bytes. */
  toBytes(): Uint8Array {
    return this.#memory.bytes.slice(0, this.sizeBytes);
  }

  /** Equal for images with equal bytes. */
  get digest(): string {
    return (this.#digest ??= createHash("sha1").update(this.#memory.bytes.subarray(0, this.sizeBytes)).digest("hex"));
  }

  /** Memory that may be written from `position` on: our own when nobody has written behind our end, else a copy. */
  #growable(sizeBytes: number, position: number): Memory {
    const { bytes, used } = this.#memory;
    if (position >= this.sizeBytes && used === this.sizeBytes && bytes.length >= sizeBytes) return this.#memory;
    const copy = new Uint8Array(Math.max(64, sizeBytes * 2));
    copy.set(bytes.subarray(0, this.sizeBytes));
    return { bytes: copy, used: this.sizeBytes };
  }
}
