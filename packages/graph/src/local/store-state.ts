/**
 * What a handle shows: a generation and the tail of the log behind it. The handle replaces its state in one assignment
 * (ENGINE V2); whoever is still reading the old one keeps it open.
 *
 * Invariants:
 * - The files of a retired state are closed when nobody uses it any more.
 */
import { assert } from "@knotwork/disk";
import type { Generation } from "./generation.ts";
import { LocalSnapshot } from "./local-snapshot.ts";
import type { Overlay } from "./overlay.ts";

export class StoreState {
  readonly generation: Generation;
  readonly overlay: Overlay;
  /** Of the tail that is kept for pinned snapshots: what the generation's runs hold, too. */
  readonly #movedBytes: number;
  #users = 0;
  #retired = false;

  constructor(generation: Generation, overlay: Overlay) {
    this.generation = generation;
    this.overlay = overlay;
    this.#movedBytes = overlay.bytesUpTo(generation.manifest.seq);
  }

  /** Bytes of log that no run holds yet: what a checkpoint would move. */
  get unmovedBytes(): number {
    return this.overlay.bytes - this.#movedBytes;
  }

  snapshot(seq: number = this.overlay.head): LocalSnapshot {
    return new LocalSnapshot(this.generation, this.overlay, seq);
  }

  use(): void {
    assert(!this.#retired || this.#users > 0, "A closed state is not used again");
    this.#users += 1;
  }

  leave(): void {
    assert(this.#users > 0, "A state is left as often as it was used");
    this.#users -= 1;
    this.#closeWhenIdle();
  }

  retire(): void {
    this.#retired = true;
    this.#closeWhenIdle();
  }

  #closeWhenIdle(): void {
    if (!this.#retired || this.#users > 0) return;
    this.generation.close();
    this.overlay.close();
  }
}
