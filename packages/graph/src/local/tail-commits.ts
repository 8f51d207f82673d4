/**
 * The commits of a tail, found by seq, by what they changed, and by transaction id and key. Of each stays where it stands and
 * hashes of what it touched, some hundred bytes in typed arrays; the newest are held whole besides, as far as their bound goes.
 * So a log of a gigabyte that nobody checkpointed is opened in little memory: what is asked for is read again from its segment,
 * and verified again.
 *
 * Invariants:
 * - Append-only, in order of seq, without a gap.
 * - `recent[i].seq === head - recent.length + 1 + i`.
 * - The segments are retained by the overlay that holds this, not here.
 */
import { assert } from "@knotwork/disk";
import { decodeRecord, WalError } from "@knotwork/wal";
import type { Segment } from "@knotwork/wal";
import { LRUCache } from "lru-cache";
import { HashChains } from "./hash-chains.ts";
import { NumberColumn } from "./number-column.ts";
import { OverlayCommit } from "./overlay-commit.ts";
import type { OverlayVersion } from "./overlay-commit.ts";

export interface TailOptions {
  /** The first commit that is added has the next seq. */
  readonly base: number;
  /** When the newest commits are more bytes of log than this, none is held whole any more. */
  readonly recentBytesMax: number;
  /** How many index definitions there were at a seq. */
  readonly definitionCountAt: (seq: number) => number;
}

interface Columns {
  readonly offsets: NumberColumn;
  readonly lengths: NumberColumn;
  /** Each with the index of its first commit. */
  readonly segments: { readonly segment: Segment; readonly from: number }[];
  readonly ids: HashChains;
  readonly txids: HashChains;
  readonly keys: HashChains;
}

/** Once some are not held whole the rest go sooner: a long log was replayed, or nobody checkpoints. */
const RECENT_BYTES_MAX_LONG = 4 * 1024 * 1024;
/** Of so many bytes of log, commits that were read again are kept. */
const READ_AGAIN_BYTES_MAX = 4 * 1024 * 1024;

export class TailCommits {
  readonly base: number;
  readonly #definitionCountAt: TailOptions["definitionCountAt"];
  readonly #columns: Columns;
  #recent: OverlayCommit[] = [];
  #recentBytes = 0;
  #recentBytesMax: number;
  #readAgain: LRUCache<number, OverlayCommit> | undefined;

  constructor({ base, recentBytesMax, definitionCountAt }: TailOptions, columns: Columns = newColumns()) {
    this.base = base;
    this.#recentBytesMax = recentBytesMax;
    this.#definitionCountAt = definitionCountAt;
    this.#columns = columns;
  }

  /** The seq of the newest commit. */
  get head(): number {
    return this.base + this.#columns.offsets.length;
  }

  /** The segments that the commits stand in. */
  get segments(): readonly Segment[] {
    return this.#columns.segments.map(({ segment }) => segment);
  }

  /** Another bound from the next commit on. */
  set recentBytesMax(recentBytesMax: number) {
    this.#recentBytesMax = recentBytesMax;
  }

  add(commit: OverlayCommit): void {
    assert(commit.seq === this.head + 1, "Records are applied in order, each once");
    const { offsets, lengths, segments, ids, txids, keys } = this.#columns;
    const { head, location, segment } = commit;
    const index = offsets.length;
    offsets.push(location.offset);
    lengths.push(location.length);
    if (segments.at(-1)?.segment !== segment) segments.push({ segment, from: index });
    for (const id of commit.ids) ids.add(id, index);
    txids.add(head.txid, index);
    if (head.key !== undefined) keys.add(head.key, index);
    this.#keepWhole(commit);
  }

  /** The commits behind `base` alone, for a later overlay; these stay as they are. */
  since(base: number, definitionCountAt: TailOptions["definitionCountAt"]): TailCommits {
    const cut = base - this.base;
    assert(cut >= 0 && base <= this.head, "A tail is cut inside its length");
    const { offsets, lengths, segments, ids, txids, keys } = this.#columns;
    const first = segments.findLastIndex(({ from }) => from <= cut);
    const tail = new TailCommits(
      { recentBytesMax: this.#recentBytesMax, base, definitionCountAt },
      {
        offsets: offsets.since(cut),
        lengths: lengths.since(cut),
        segments:
          base === this.head
            ? []
            : segments.slice(first).map(({ segment, from }) => ({ segment, from: Math.max(0, from - cut) })),
        ids: ids.since(cut),
        txids: txids.since(cut),
        keys: keys.since(cut),
      },
    );
    for (const commit of this.#recent) if (commit.seq > base) tail.#keepWhole(commit);
    return tail;
  }

  /** Length of a commit's line. */
  bytesAt(seq: number): number {
    return this.#columns.lengths.at(this.#indexOf(seq));
  }

  /** @throws WalError LOG_DAMAGED when the record cannot be read any more */
  commit(seq: number): OverlayCommit | undefined {
    if (seq <= this.base || seq > this.head) return undefined;
    const firstRecent = this.head - this.#recent.length + 1;
    return seq >= firstRecent ? this.#recent[seq - firstRecent] : this.#readSeq(seq);
  }

  /** The newest version of an entity with seq <= `seq`. */
  versionAt(id: string, seq: number): OverlayVersion | undefined {
    return this.#newest(id, this.base, seq);
  }

  /** The newest version of an entity if it has seq > `seq`. */
  versionSince(id: string, seq: number): OverlayVersion | undefined {
    return this.#newest(id, seq, this.head);
  }

  /** The versions of an entity with seq <= `seq`, newest first. */
  *versionsUpTo(id: string, seq: number): Generator<OverlayVersion> {
    const { ids } = this.#columns;
    let lastSeq: number | undefined;
    for (let entry = ids.first(id); entry !== undefined; entry = ids.next(entry)) {
      const version = this.#versionOf(id, entry, seq);
      // Two entries of one commit may have one hash.
      if (version !== undefined && version.seq !== lastSeq) yield version;
      lastSeq = version?.seq ?? lastSeq;
    }
  }

  /** The one with this transaction id. */
  byTxid(txid: string): OverlayCommit | undefined {
    return this.#first(this.#columns.txids, txid, (commit) => commit.txid === txid);
  }

  /** The one under this idempotency key. */
  byKey(key: string): OverlayCommit | undefined {
    return this.#first(this.#columns.keys, key, (commit) => commit.key === key);
  }

  /** The newest version of an entity with seq in (`after`, `through`]: older commits are not looked at. */
  #newest(id: string, after: number, through: number): OverlayVersion | undefined {
    const { ids } = this.#columns;
    for (let entry = ids.first(id); entry !== undefined; entry = ids.next(entry)) {
      if (this.#seqOf(entry) <= after) return undefined;
      const version = this.#versionOf(id, entry, through);
      if (version !== undefined) return version;
    }
    return undefined;
  }

  /** Of the commit that an entry names, if it is meant: another id may have the hash. */
  #versionOf(id: string, entry: number, seqMax: number): OverlayVersion | undefined {
    const seq = this.#seqOf(entry);
    return seq > seqMax ? undefined : this.commit(seq)?.versionOf(id);
  }

  #seqOf(entry: number): number {
    return this.base + 1 + this.#columns.ids.valueAt(entry);
  }

  #first(chains: HashChains, text: string, isMeant: (commit: OverlayCommit) => boolean): OverlayCommit | undefined {
    for (let entry = chains.first(text); entry !== undefined; entry = chains.next(entry)) {
      const commit = this.commit(this.base + 1 + chains.valueAt(entry));
      if (commit !== undefined && isMeant(commit)) return commit;
    }
    return undefined;
  }

  #keepWhole(commit: OverlayCommit): void {
    this.#recent.push(commit);
    this.#recentBytes += commit.location.length;
    const isLong = this.#recent.length < this.#columns.offsets.length;
    if (this.#recentBytes <= Math.min(this.#recentBytesMax, isLong ? RECENT_BYTES_MAX_LONG : Infinity)) return;
    this.#recent = [];
    this.#recentBytes = 0;
  }

  #readSeq(seq: number): OverlayCommit {
    this.#readAgain ??= new LRUCache({
      maxSize: READ_AGAIN_BYTES_MAX,
      sizeCalculation: ({ location }) => location.length,
    });
    const known = this.#readAgain.get(seq);
    if (known !== undefined) return known;
    const index = this.#indexOf(seq);
    const { segment } = this.#columns.segments.findLast(({ from }) => from <= index) ?? {};
    assert(segment !== undefined, "Every commit of a tail stands in a segment");
    const offset = this.#columns.offsets.at(index);
    const line = segment.read(offset, this.#columns.lengths.at(index));
    const record = decodeRecord(line, 0, line.length - 1, offset);
    if (record?.head.seq !== seq) throw recordDamaged(segment, offset, seq);
    const commit = new OverlayCommit(record.head, record.location, segment, this.#definitionCountAt(seq));
    this.#readAgain.set(seq, commit);
    return commit;
  }

  #indexOf(seq: number): number {
    const index = seq - this.base - 1;
    assert(index >= 0 && index < this.#columns.offsets.length, "Only commits of the tail are asked for");
    return index;
  }
}

function newColumns(): Columns {
  return {
    offsets: new NumberColumn(Float64Array),
    lengths: new NumberColumn(Int32Array),
    segments: [],
    ids: new HashChains(),
    txids: new HashChains(),
    keys: new HashChains(),
  };
}

function recordDamaged(segment: Segment, offset: number, seq: number): WalError {
  return new WalError("LOG_DAMAGED", `Cannot read the log: record ${seq} cannot be read any more`, {
    hint: "Nothing was changed. Run: knot doctor",
    context: { path: segment.path, offset, seq },
  });
}
