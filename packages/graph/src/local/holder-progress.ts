/**
 * Whether the process that holds the directory lock of checkpoints gets on: files of history and indexes come, grow or go, or a
 * generation is published. What is slow and gets on is left alone, however long it takes.
 */
import type { Machine } from "./local-engine-options.ts";

/** Of what happened between looks that are further apart nothing is known. */
const LOOKS_APART_MAX_MS = 10_000;

export class HolderProgress {
  readonly #machine: Machine;
  readonly #generation: () => number;
  #seen: { readonly what: string; readonly sinceMs: number; readonly lookedMs: number } | undefined;

  /** @param generation the newest one that is known here */
  constructor(machine: Machine, generation: () => number) {
    this.#machine = machine;
    this.#generation = generation;
  }

  /** Looks. Gives for how many milliseconds nothing has changed, as far as was looked since `forget`. */
  stillForMs(): number {
    const nowMs = this.#machine.clock.monotonicMs();
    const what = this.#look();
    const seen = this.#seen;
    const isSame = seen?.what === what && nowMs - seen.lookedMs <= LOOKS_APART_MAX_MS;
    const sinceMs = isSame ? seen.sinceMs : nowMs;
    this.#seen = { what, sinceMs, lookedMs: nowMs };
    return nowMs - sinceMs;
  }

  /** Nobody need get on. */
  forget(): void {
    this.#seen = undefined;
  }

  #look(): string {
    const { disk, paths } = this.#machine;
    const files = [
      ...disk.list(paths.historyDirectory).map((name) => paths.history(name)),
      ...disk.list(paths.indexDirectory).map((name) => paths.index(name)),
    ];
    const bytes = files.reduce((sum, path) => sum + (disk.stat(path)?.sizeBytes ?? 0), 0);
    return `${this.#generation()} ${files.length} ${bytes}`;
  }
}
