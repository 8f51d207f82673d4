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
import { Log, LogGapError } from "@knotwork/wal";
import type { RecordHead, RecordLocation, Segment } from "@knotwork/wal";
import type { AppliedChanges, EngineSnapshot, PinnedSnapshot } from "../engine.ts";
import type { Replay } from "./checkpoint-threshold.ts";
import { Generation } from "./generation.ts";
import type { GenerationOptions } from "./generation.ts";
import type { LocalEngineOptions, Machine } from "./local-engine-options.ts";
import { readManifest, readManifestPointer, replayStart } from "./manifest.ts";
import type { Manifest, NamedManifest } from "./manifest.ts";
import { Overlay } from "./overlay.ts";
import { notTold, segmentMissing, tooFast } from "./state-errors.ts";
import { StoreState } from "./store-state.ts";

const BLOCK_CACHE_BYTES = 32 * 1024 * 1024;
/** Each is one generation that was superseded while it was being opened. */
const GENERATIONS_MISSED_MAX = 100;
const HOLD_PAUSE_MS = 0.1;
const POINTER_CHECK_MS = 250;
const LOOK_EVERY_MS = 250;
/** Far more than a checkpoint lets the tail become. */
const TAIL_BYTES_MAX = 32 * 1024 * 1024;
/** Of a log that is replayed little is asked for again: to hold it all would cost the garbage collector a fifth of the replay. */
const REPLAY_BYTES_MAX = 2 * 1024 * 1024;

export class CurrentState {
  readonly log: Log;
  readonly #machine: Machine;
  readonly #storeId: string;
  readonly #generations: GenerationOptions;
  readonly #tailBytesMax: number;
  readonly #listeners = new Set<(changes: AppliedChanges) => void>();
  readonly #pinnedSeqs: number[] = [];
  #state: StoreState;
  #isReplayed = false;
  #replay: Replay = { bytes: 0, ms: 0 };
  #segmentSeen = "";
  #pointerCheckedMs = 0;
  #lookedMs = -Infinity;

  /** @throws StoreError STORE_DAMAGED; WalError LOG_DAMAGED */
  constructor(options: LocalEngineOptions, machine: Machine, storeId: string) {
    const { disk, paths } = machine;
    this.#machine = machine;
    this.#storeId = storeId;
    const blockCache = new BlockCache({ bytesMax: options.blockCacheBytesMax ?? BLOCK_CACHE_BYTES });
    this.#generations = { disk, paths, blockCache };
    this.#tailBytesMax = options.tailBytesMax ?? TAIL_BYTES_MAX;
    const { generation, result } = this.#openCurrent((manifest) => this.#openLog(options, manifest));
    this.log = result;
    this.#state = this.#stateOf(generation);
  }

  /** The state that is shown now. */
  get state(): StoreState {
    return this.#state;
  }

  onApplied(listener: (changes: AppliedChanges) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** What the first `advance` took, which replayed the log. */
  get replay(): Replay {
    return this.#replay;
  }

  /** Reads to the end of the log; gives its head. */
  advance(): number {
    if (this.#isReplayed) return this.#advance();
    const { clock } = this.#machine;
    const startMs = clock.monotonicMs();
    const head = this.#advance();
    this.#replay = { bytes: this.#state.overlay.bytes, ms: clock.monotonicMs() - startMs };
    this.#state.overlay.recentBytesMax = this.#tailBytesMax;
    this.#isReplayed = true;
    return head;
  }

  #advance(): number {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const nowMs = this.#machine.clock.monotonicMs();
        if (this.#isTimeToLook(nowMs) || !this.log.isAtEnd()) this.log.advance();
        if (this.log.activeSegment !== this.#segmentSeen) this.#adoptWhenNewer(nowMs);
        return this.#state.overlay.head;
      } catch (error) {
        if (!(error instanceof LogGapError) || attempt >= GENERATIONS_MISSED_MAX) throw error;
        this.restart();
      }
    }
  }

  /** Moves to a generation all of whose commits were applied here. Keeps the tail that open transactions began in. */
  adopt(named: NamedManifest): void {
    if (named.manifest.generation <= this.#state.generation.manifest.generation) return;
    this.#adopt(new Generation(this.#generations, named));
  }

  /** The log went on without this process: starts again from the current manifest, and whoever caches forgets (V3). */
  restart(): void {
    this.#moveTo((manifest) => this.log.restart(replayStart(manifest), manifest.seq));
  }

  /** Moves to the store's current generation when it is a later one than this. */
  refresh(): void {
    const { disk, paths } = this.#machine;
    const pointer = readManifestPointer(disk, paths);
    if (pointer !== undefined && pointer.generation > this.#state.generation.manifest.generation) this.reload();
  }

  /** Moves to the current generation, without a gap when there is none. */
  reload(): void {
    this.#reload();
  }

  /**
   * Holds the state at `seq`, which is not beyond the head.
   * @throws StoreError SNAPSHOT_TOO_OLD when the generation that can be held does not tell it any more
   */
  pinAt(seq: number): PinnedSnapshot {
    const state = this.#heldState();
    const { historyFloor } = state.generation.manifest;
    if (seq < historyFloor - 1) throw notTold(seq, historyFloor);
    return this.#pinned(state, seq);
  }

  /** The state with its generation held: a later one when checkpoints took this one away. Ends at the head or behind it. */
  #heldState(): StoreState {
    for (let attempt = 1; attempt <= GENERATIONS_MISSED_MAX; attempt += 1) {
      if (this.#state.generation.hold()) return this.#state;
      this.#reload({ hold: true });
      try {
        this.log.advance();
        return this.#state;
      } catch (error) {
        if (!(error instanceof LogGapError)) throw error;
        this.restart();
      }
    }
    throw tooFast();
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

  /** The end of the log tells of every commit, but not that strangers removed the file: four times a second it is looked for. */
  #isTimeToLook(nowMs: number): boolean {
    if (nowMs - this.#lookedMs < LOOK_EVERY_MS) return false;
    this.#lookedMs = nowMs;
    return true;
  }

  /** A new segment is a sign of a checkpoint: looks for its manifest now and then, until it is there. */
  #adoptWhenNewer(nowMs: number): void {
    const { disk, paths } = this.#machine;
    if (nowMs - this.#pointerCheckedMs < POINTER_CHECK_MS) return;
    this.#pointerCheckedMs = nowMs;
    const current = this.#state.generation.manifest;
    const pointer = readManifestPointer(disk, paths);
    if (pointer === undefined || pointer.generation <= current.generation) return;
    const named = readManifest(disk, paths, this.#storeId);
    if (named.manifest.seq <= this.#state.overlay.head) this.adopt(named);
    if (named.manifest.replay === this.log.activeSegment) this.#segmentSeen = this.log.activeSegment;
  }

  #reload(options: { readonly hold?: boolean } = {}): void {
    this.#moveTo((manifest) => {
      const isNewer = manifest.generation > this.#state.generation.manifest.generation;
      if (isNewer && manifest.seq <= this.#state.overlay.head) return "follows";
      this.log.restart(replayStart(manifest), manifest.seq);
    }, options);
  }

  /** Moves to the current generation: keeps what was applied if `openLog` says that it follows, else begins anew (V3). */
  #moveTo(openLog: (manifest: Manifest) => "follows" | void, options: { readonly hold?: boolean } = {}): void {
    const { generation, result } = this.#openCurrent(openLog, options);
    if (result === "follows") {
      this.#adopt(generation);
      return;
    }
    const old = this.#state;
    this.#state = this.#stateOf(generation);
    old.retire();
    for (const listener of this.#listeners) listener({ seq: generation.manifest.seq, ids: "everything" });
  }

  #adopt(generation: Generation): void {
    const old = this.#state;
    const base = Math.max(old.overlay.base, Math.min(generation.manifest.seq, ...this.#pinnedSeqs));
    this.#state = new StoreState(generation, old.overlay.trimmed(base));
    old.retire();
  }

  /**
   * The current generation, held if asked for, and the log opened behind it. Checkpoints of others may take away either
   * meanwhile: then there is a later generation. It is held before the log is read, however long that takes.
   */
  #openCurrent<T>(
    openLog: (manifest: Manifest) => T,
    { hold = false }: { readonly hold?: boolean } = {},
  ): { readonly generation: Generation; readonly result: T } {
    const { disk, clock, paths } = this.#machine;
    let missed: string | undefined;
    for (let attempt = 1; attempt <= GENERATIONS_MISSED_MAX; attempt += 1) {
      const named = readManifest(disk, paths, this.#storeId);
      const generation = new Generation(this.#generations, named);
      try {
        if (!hold || generation.hold()) return { generation, result: openLog(named.manifest) };
        clock.pauseMs(HOLD_PAUSE_MS);
      } catch (error) {
        generation.close();
        if (!(error instanceof LogGapError)) throw error;
        // Missed while its manifest was the current one, before and after.
        if (missed === named.name) throw segmentMissing(error, paths.walDirectory);
        missed = named.name;
      }
    }
    throw tooFast();
  }

  #openLog(options: LocalEngineOptions, manifest: Manifest): Log {
    const { disk, clock, random, paths } = this.#machine;
    const { lockTimeoutMs, durability, readOnly = false } = options;
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
      syncsOnlyInPlace: durability === "paranoid",
      onRecord: (head, location, segment) => this.#apply(head, location, segment),
      ...(lockTimeoutMs === undefined ? {} : { lockTimeoutMs }),
    });
  }

  #stateOf(generation: Generation): StoreState {
    const { seq, definitions } = generation.manifest;
    const recentBytesMax = this.#isReplayed ? this.#tailBytesMax : Math.min(this.#tailBytesMax, REPLAY_BYTES_MAX);
    return new StoreState(generation, new Overlay(seq, definitions, { recentBytesMax }));
  }

  #apply(head: RecordHead, location: RecordLocation, segment: Segment): void {
    const commit = this.#state.overlay.apply(head, location, segment);
    if (this.#listeners.size === 0) return;
    for (const listener of this.#listeners) listener(commit);
  }
}
