import { SEQ_MAX } from "./entry-order.ts";
import { type EntrySource, TablesSource } from "./entry-source.ts";
import type { IndexBlock } from "./index-block.ts";
import type { IndexRunSummary } from "./index-run-assembly.ts";
import { checkIndexRunFile } from "./index-run-check.ts";
import { IndexRunCursor } from "./index-run-cursor.ts";
import { IndexRunFile, type OpenIndexRunOptions } from "./index-run-file.ts";
import type { JsonObject } from "./index-run-format.ts";
import type { KeyHash } from "./key-filter.ts";
import type { ByteString, IndexEntry, KeyRange, SortedRun } from "./sorted-run.ts";

/**
 * An immutable run on disk (grammar: docs/format/index-run.md). With nothing cached `get` reads one leaf block and one
 * data block; a scan reads the blocks it reaches, each once. Every method but `close` throws IndexerError
 * `INDEX_DAMAGED` when it meets bytes that are not what was written.
 */
export class IndexRun implements SortedRun {
  readonly path: string;
  /** What the writer noted in the header. */
  readonly meta: JsonObject;
  readonly summary: IndexRunSummary;
  readonly minSeq: number;
  readonly maxSeq: number;
  readonly #file: IndexRunFile;

  /**
   * Opens a run; reads its footer, root and header.
   * @throws DiskError ENOENT when there is no such file
   * @throws IndexerError `INDEX_DAMAGED`, `INDEX_UNSUPPORTED`, `STORE_REPLACED`
   */
  static open(options: OpenIndexRunOptions): IndexRun {
    return new IndexRun(IndexRunFile.open(options));
  }

  private constructor(file: IndexRunFile) {
    const { fileBytes, entryCount, minSeq, maxSeq } = file.footer;
    this.path = file.path;
    this.meta = file.header.meta;
    this.summary = { bytes: fileBytes, entries: entryCount, minSeq, maxSeq, crc: file.crc };
    this.minSeq = minSeq;
    this.maxSeq = maxSeq;
    this.#file = file;
  }

  get(key: ByteString, seq: number): IndexEntry | undefined {
    const block = new IndexRunCursor(this.#file).seek(key, seq);
    if (block === undefined) return undefined;
    const index = block.lowerBound(key, seq);
    return index < block.count && block.hasKey(index, key) ? block.entryOf(key, index) : undefined;
  }

  /** Costs no read once the filter's page of this key is cached. */
  mayHold(key: ByteString, hash: KeyHash): boolean {
    return this.#file.filter.mayHold(key, hash);
  }

  entries(range: KeyRange, options: { readonly reverse?: boolean } = {}): IterableIterator<IndexEntry> {
    return options.reverse === true ? this.#backward(range) : this.#forward(range);
  }

  source(): EntrySource {
    const cursor = new IndexRunCursor(this.#file);
    let block: IndexBlock | undefined;
    let isStarted = false;
    return new TablesSource((table) => {
      block = isStarted ? cursor.next() : cursor.seek("", SEQ_MAX);
      isStarted = true;
      block?.copyTo(table);
      return block !== undefined;
    });
  }

  /**
   * Proves the whole run: every CRC, the order, the counts, that blocks follow each other without a gap. Reads every
   * block from the disk, whatever the cache has.
   * @throws IndexerError `INDEX_DAMAGED` at the first thing wrong.
   */
  check(): void {
    checkIndexRunFile(this.#file);
  }

  /** Closes the file and gives up what the cache held. Iterators still open must not be used any more. */
  close(): void {
    this.#file.close();
  }

  *#forward({ lower, upper }: KeyRange): Generator<IndexEntry, void, undefined> {
    const cursor = new IndexRunCursor(this.#file);
    const block = cursor.seek(lower, SEQ_MAX);
    if (block !== undefined) yield* entriesFrom(cursor, block, { from: block.lowerBound(lower, SEQ_MAX), upper });
  }

  *#backward({ lower, upper }: KeyRange): Generator<IndexEntry, void, undefined> {
    const cursor = new IndexRunCursor(this.#file);
    let block = upper === undefined ? undefined : cursor.seek(upper, SEQ_MAX);
    let end = upper === undefined ? 0 : (block?.lowerBound(upper, SEQ_MAX) ?? 0);
    if (block === undefined) {
      block = cursor.seekLast();
      end = block?.count ?? 0;
    }
    while (block !== undefined) {
      const from = block.lowerBound(lower, SEQ_MAX);
      while (end > from) {
        const first = block.firstOfKey(end - 1);
        if (first === 0 && cursor.previousEndsWith(block.key(0))) break;
        for (let i = first; i < end; i++) yield block.entry(i);
        end = first;
      }
      if (end > from) {
        // The key's entries begin in an earlier block, and the newest, which are there, come first.
        const key = block.key(0);
        block = cursor.seek(key, SEQ_MAX);
        if (block === undefined) return;
        end = block.lowerBound(key, SEQ_MAX);
        yield* entriesFrom(cursor.copy(), block, { from: end, upper: `${key}\0` });
        continue;
      }
      if (from > 0) return;
      block = cursor.previous();
      end = block?.count ?? 0;
    }
  }
}

/** The entries from the one at `from` in the cursor's `block` on, up to the key `upper`. */
function* entriesFrom(
  cursor: IndexRunCursor,
  block: IndexBlock,
  { from, upper }: { readonly from: number; readonly upper: ByteString | undefined },
): Generator<IndexEntry, void, undefined> {
  let present: IndexBlock | undefined = block;
  let start = from;
  while (present !== undefined) {
    const end = upper === undefined ? present.count : present.lowerBound(upper, SEQ_MAX);
    for (let i = start; i < end; i++) yield present.entry(i);
    if (end < present.count) return;
    present = cursor.next();
    start = 0;
  }
}
