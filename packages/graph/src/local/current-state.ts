/**
 * The state a handle shows, kept up with the store: follows the log, moves to later generations, pins what outlives a call.
 *
 * Invariants:
 * - V1, V2: a record is visible here before the kernel lock it was appended under is free; generation and tail are replaced in
 *   one assignment.
 * - V3: when records were skipped, every listener is told to forget everything.
 * - K4: what is pinned holds its generation's manifest, and the tail that a pinned snapshot began in is kept.
 */
import { BlockCache } from "@knotwork/indexer";
import { Log, LogGapError, WalError } from "@knotwork/wal";
import type { RecordHead, RecordLocation, Segment } from "@knotwork/wal";
import type { AppliedChanges, EngineSnapshot, PinnedSnapshot } from "../engine.ts";
import { Generation } from "./generation.ts";
import type { GenerationOptions } from "./generation.ts";
import type { LocalEngineOptions, Machine } from "./local-engine-options.ts";
import { readManifest, readManifestPointer, replayStart } from "./manifest.ts";
import type { Manifest, NamedManifest } from "./manifest.ts";
import { Overlay } from "./overlay.ts";
import { StoreError } from "./store-error.ts";
import { StoreState } from "./store-state.ts";

const BLOCK_CACHE_BYTES = 16 * 1024 * 1024;
const RELOADS_MAX = 10;
const POINTER_CHECK_MS = 250;
/** Far more than a checkpoint lets the tail become. */
const TAIL_BYTES_MAX = 32 * 1024 * 1024;

export class CurrentState {
  readonly log: Log;
  readonly #machine: Machine;
  readonly #storeId: string;
  readonly #generations: GenerationOptions;
  readonly #tailBytesMax: number;
  readonly #listeners = new Set<(changes: AppliedChanges) => void>();
  readonly #pinnedSeqs: number[] = [];
  #state: StoreState;
  #segmentSeen = "";
  #pointerCheckedMs = 0;

  /** @throws StoreError STORE_DAMAGED; WalError LOG_DAMAGED */
  constructor(options: LocalEngineOptions, machine: Machine, storeId: string) {
    const { disk, paths } = machine;
    this.#machine = machine;
    this.#storeId = storeId;
    const blockCache = new BlockCache({ bytesMax: options.blockCacheBytesMax ?? BLOCK_CACHE_BYTES });
    this.#generations = { disk, paths, blockCache };
    this.#tailBytesMax = options.tailBytesMax ?? TAIL_BYTES_MAX;
    const { named, result } = this.#readManifest((manifest) => this.#openLog(options, manifest));
    this.log = result;
    this.#state = this.#stateOf(named);
  }

  /** The state that is shown now. */
  get state(): StoreState {
    return this.#state;
  }

  onApplied(listener: (changes: AppliedChanges) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Reads to the end of the log; gives its head. */
  advance(): number {
    for (let attempt = 1; ; attempt += 1) {
      try {
        this.log.advance();
        if (this.log.activeSegment !== this.#segmentSeen) this.#adoptWhenNewer();
        return this.#state.overlay.head;
      } catch (error) {
        if (!(error instanceof LogGapError) || attempt >= RELOADS_MAX) throw error;
        this.restart();
      }
    }
  }

  /** Moves to a generation all of whose commits were applied here. Keeps the tail that open transactions began in. */
  adopt(named: NamedManifest): void {
    const old = this.#state;
    if (named.manifest.generation <= old.generation.manifest.generation) return;
    const base = Math.max(old.overlay.base, Math.min(named.manifest.seq, ...this.#pinnedSeqs));
    this.#state = new StoreState(new Generation(this.#generations, named), old.overlay.trimmed(base));
    old.retire();
  }

  /** The log went on without this process: starts again from the current manifest, and whoever caches forgets (V3). */
  restart(): void {
    const named = this.#readManifest((manifest) => this.log.restart(replayStart(manifest), manifest.seq)).named;
    const old = this.#state;
    this.#state = this.#stateOf(named);
    old.retire();
    for (const listener of this.#listeners) listener({ seq: named.manifest.seq, ids: "everything" });
  }

  /** Moves to the store's current generation when it is a later one than this. */
  refresh(): void {
    const { disk, paths } = this.#machine;
    const pointer = readManifestPointer(disk, paths);
    if (pointer !== undefined && pointer.generation > this.#state.generation.manifest.generation) this.reload();
  }

  /** Moves to the current generation, without a gap when there is none. */
  reload(): void {
    const { disk, paths } = this.#machine;
    const named = readManifest(disk, paths, this.#storeId);
    const isNewer = named.manifest.generation > this.#state.generation.manifest.generation;
    if (isNewer && named.manifest.seq <= this.#state.overlay.head) this.adopt(named);
    else this.restart();
  }

  pinAt(seq: number): PinnedSnapshot {
    for (let attempt = 1; attempt <= RELOADS_MAX; attempt += 1) {
      const state = this.#state;
      if (state.generation.hold()) return this.#pinned(state, seq);
      this.reload();
      this.advance();
    }
    throw new StoreError("SNAPSHOT_TOO_OLD", "Cannot pin a snapshot: generations change faster than they can be held", {
      hint: "Try again.",
      retryable: true,
    });
  }

  #pinned(state: StoreState, seq: number): PinnedSnapshot {
    state.use();
    this.#pinnedSeqs.push(seq);
    const snapshot = state.snapshot(seq) as EngineSnapshot as PinnedSnapshot;
    let released = false;
    return Object.assign(snapshot, {
      release: () => {
        if (released) return;
        released = true;
        this.#pinnedSeqs.splice(this.#pinnedSeqs.indexOf(seq), 1);
        state.leave();
      },
    });
  }

  close(): void {
    this.#state.retire();
    this.log.close();
  }

  /** A new segment is a sign of a checkpoint: looks for its manifest now and then, until it is there. */
  #adoptWhenNewer(): void {
    const { disk, clock, paths } = this.#machine;
    const nowMs = clock.monotonicMs();
    if (nowMs - this.#pointerCheckedMs < POINTER_CHECK_MS) return;
    this.#pointerCheckedMs = nowMs;
    const current = this.#state.generation.manifest;
    const pointer = readManifestPointer(disk, paths);
    if (pointer === undefined || pointer.generation <= current.generation) return;
    const named = readManifest(disk, paths, this.#storeId);
    if (named.manifest.seq <= this.#state.overlay.head) this.adopt(named);
    if (named.manifest.replay === this.log.activeSegment) this.#segmentSeen = this.log.activeSegment;
  }

  /** The current manifest, and the log opened behind it. A checkpoint may drop the segment between the two: looks again. */
  #readManifest<T>(openLog: (manifest: Manifest) => T): { readonly named: NamedManifest; readonly result: T } {
    const { disk, paths } = this.#machine;
    for (let attempt = 1; ; attempt += 1) {
      const named = readManifest(disk, paths, this.#storeId);
      try {
        return { named, result: openLog(named.manifest) };
      } catch (error) {
        if (!(error instanceof LogGapError)) throw error;
        if (attempt >= RELOADS_MAX) throw segmentMissing(error, paths.walDirectory);
      }
    }
  }

  #openLog(options: LocalEngineOptions, manifest: Manifest): Log {
    const { disk, clock, random, paths } = this.#machine;
    const { lockTimeoutMs, readOnly = false } = options;
    return new Log({
      disk,
      clock,
      random,
      directory: paths.walDirectory,
      quarantineDirectory: paths.quarantineDirectory,
      storeId: this.#storeId,
      writable: !readOnly,
      start: replayStart(manifest),
      durableSeq: manifest.seq,
      onRecord: (head, location, segment) => this.#apply(head, location, segment),
      ...(lockTimeoutMs === undefined ? {} : { lockTimeoutMs }),
    });
  }

  #stateOf(named: NamedManifest): StoreState {
    return new StoreState(
      new Generation(this.#generations, named),
      new Overlay(named.manifest.seq, named.manifest.definitions, this.#tailBytesMax),
    );
  }

  #apply(head: RecordHead, location: RecordLocation, segment: Segment): void {
    const commit = this.#state.overlay.apply(head, location, segment);
    if (this.#listeners.size === 0) return;
    const { seq, versions } = commit;
    const changes: AppliedChanges = { seq, ids: versions.map((version) => version.id), changes: versions };
    for (const listener of this.#listeners) listener(changes);
  }
}

function segmentMissing(cause: LogGapError, path: string): WalError {
  const { segment } = cause.context;
  return new WalError("LOG_DAMAGED", `Cannot use the log: segment "${segment}", which the manifest names, is missing`, {
    hint: "Nothing was changed. Run: knot doctor",
    context: { path, segment },
    cause,
  });
}
