/**
 * The older part of a long tail: where each commit stands and hashes of what it touched, some hundred bytes a commit, so that
 * a log of a gigabyte that nobody checkpointed is opened in little memory. What is asked for is read again from its segment,
 * and verified again.
 *
 * Invariants:
 * - Append-only, in order of seq, without a gap.
 * - The segments are retained by the overlays that hold this, not here.
 */
import { assert } from "@knotwork/disk";
import { decodeRecord, WalError } from "@knotwork/wal";
import type { RecordHead, RecordLocation, Segment } from "@knotwork/wal";
import { LRUCache } from "lru-cache";
import { HashChains } from "./hash-chains.ts";
import { NumberColumn } from "./number-column.ts";

export interface PackedOptions<Commit> {
  /** The first commit that is added has the next seq. */
  readonly base: number;
  /** Makes a commit of what its segment holds. */
  readonly unpack: (head: RecordHead, location: RecordLocation, segment: Segment) => Commit;
}

/** What is remembered of a commit. */
export interface PackedCommit {
  readonly seq: number;
  readonly txid: string;
  readonly key: string | undefined;
  readonly versions: readonly { readonly id: string }[];
  readonly location: RecordLocation;
  readonly segment: Segment;
}

interface Columns {
  readonly offsets: NumberColumn;
  readonly lengths: NumberColumn;
  readonly segments: { readonly segment: Segment; readonly from: number }[];
  readonly ids: HashChains;
  readonly txids: HashChains;
  readonly keys: HashChains;
}

/** Of so many bytes of log, commits that were asked for are kept. */
const UNPACKED_BYTES_MAX = 4 * 1024 * 1024;

export class PackedCommits<Commit extends PackedCommit> {
  readonly #options: PackedOptions<Commit>;
  readonly #columns: Columns;
  readonly #unpacked = new LRUCache<number, Commit>({
    maxSize: UNPACKED_BYTES_MAX,
    sizeCalculation: ({ location }) => location.length,
  });

  constructor(options: PackedOptions<Commit>, columns: Columns = newColumns()) {
    this.#options = options;
    this.#columns = columns;
  }

  /** The same commits for a later overlay, which alone may add to them from now on. */
  sharedWith(unpack: PackedOptions<Commit>["unpack"]): PackedCommits<Commit> {
    return new PackedCommits({ base: this.#options.base, unpack }, this.#columns);
  }

  /** The seq of the newest commit in here. */
  get through(): number {
    return this.#options.base + this.#columns.offsets.length;
  }

  add({ seq, txid, key, versions, location, segment }: PackedCommit): void {
    assert(seq === this.through + 1, "Commits are packed in order, each once");
    const index = this.#columns.offsets.length;
    this.#columns.offsets.push(location.offset);
    this.#columns.lengths.push(location.length);
    if (this.#columns.segments.at(-1)?.segment !== segment) this.#columns.segments.push({ segment, from: index });
    for (const { id } of versions) this.#columns.ids.add(id, index);
    this.#columns.txids.add(txid, index);
    if (key !== undefined) this.#columns.keys.add(key, index);
  }

  /** Length of the record's line. */
  bytesAt(seq: number): number {
    return this.#columns.lengths.at(this.#indexOf(seq));
  }

  segmentAt(seq: number): Segment {
    const index = this.#indexOf(seq);
    const found = this.#columns.segments.findLast(({ from }) => from <= index);
    assert(found !== undefined, "Every packed commit stands in a segment");
    return found.segment;
  }

  /** @throws WalError LOG_DAMAGED when the record cannot be read any more */
  commit(seq: number): Commit {
    const index = this.#indexOf(seq);
    const known = this.#unpacked.get(index);
    if (known !== undefined) return known;
    const segment = this.segmentAt(seq);
    const offset = this.#columns.offsets.at(index);
    const line = segment.read(offset, this.#columns.lengths.at(index));
    const record = decodeRecord(line, 0, line.length - 1, offset);
    if (record?.head.seq !== seq) throw recordDamaged(segment, offset, seq);
    const commit = this.#options.unpack(record.head, record.location, segment);
    this.#unpacked.set(index, commit);
    return commit;
  }

  /** Commits behind `after` and up to `seq` that changed the entity, newest first. */
  *commitsOf(id: string, { after, seq }: { readonly after: number; readonly seq: number }): Generator<Commit> {
    let last: number | undefined;
    for (const index of this.#columns.ids.find(id)) {
      // Another id of the same commit has this hash, too.
      if (index === last) continue;
      last = index;
      const found = this.#options.base + 1 + index;
      if (found <= after) return;
      if (found > seq) continue;
      const commit = this.commit(found);
      if (commit.versions.some((version) => version.id === id)) yield commit;
    }
  }

  /** The one behind `after` with this transaction id. */
  byTxid(txid: string, after: number): Commit | undefined {
    return this.#first(this.#columns.txids.find(txid), after, (commit) => commit.txid === txid);
  }

  /** The one behind `after` under this idempotency key. */
  byKey(key: string, after: number): Commit | undefined {
    return this.#first(this.#columns.keys.find(key), after, (commit) => commit.key === key);
  }

  #first(indexes: Iterable<number>, after: number, isMeant: (commit: Commit) => boolean): Commit | undefined {
    for (const index of indexes) {
      const seq = this.#options.base + 1 + index;
      // Segments of what is older may be closed by now.
      if (seq <= after) return undefined;
      const commit = this.commit(seq);
      if (isMeant(commit)) return commit;
    }
    return undefined;
  }

  #indexOf(seq: number): number {
    const index = seq - this.#options.base - 1;
    assert(index >= 0 && index < this.#columns.offsets.length, "Only what was packed is asked for");
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
