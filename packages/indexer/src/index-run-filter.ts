/** The filter of an open run. Its directory and pages are read when they are first needed, and verified then. */
import type { BlockCachePart } from "./block-cache.ts";
import type { FilterDirectory } from "./filter-directory.ts";
import { filterPageOf, hashKey, pageMayHold } from "./key-filter.ts";
import type { KeyHash } from "./key-filter.ts";
import type { ByteString } from "./sorted-run.ts";

/** One page in a cache. */
export interface FilterPage {
  readonly bytes: Uint8Array;
  readonly byteLength: number;
}

export interface IndexRunFilterOptions {
  readonly readDirectory: () => FilterDirectory;
  /** The verified bytes of a page. */
  readonly readPage: (directory: FilterDirectory, index: number) => Uint8Array;
  readonly cache: BlockCachePart<FilterPage> | undefined;
}

export class IndexRunFilter {
  readonly #options: IndexRunFilterOptions;
  #directory: FilterDirectory | undefined;

  constructor(options: IndexRunFilterOptions) {
    this.#options = options;
  }

  /** False only when the run has no entry of `key`. `hash` is that of the key. @throws IndexerError `INDEX_DAMAGED` */
  mayHold(key: ByteString, hash: KeyHash = hashKey(key)): boolean {
    this.#directory ??= this.#options.readDirectory();
    const { filtered, crcs } = this.#directory;
    if (key === "" || !filtered.includes(key.charAt(0))) return true;
    if (crcs.length === 0) return false;
    return pageMayHold(this.#page(this.#directory, filterPageOf(hash, crcs.length)), hash);
  }

  #page(directory: FilterDirectory, index: number): Uint8Array {
    const { cache, readPage } = this.#options;
    const cached = cache?.get(index);
    if (cached !== undefined) return cached.bytes;
    const bytes = readPage(directory, index);
    cache?.set(index, { bytes, byteLength: bytes.length });
    return bytes;
  }
}
