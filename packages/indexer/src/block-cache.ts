/**
 * Parsed blocks of many runs, the least recently used dropped first, bounded by bytes. One cache serves all runs of a
 * handle; each run sees its own part of it.
 *
 * Invariants:
 * - `#newest … #oldest` is a doubly linked list of exactly the nodes in all parts; `bytes` is the sum of their sizes.
 * - `bytes` is at most `bytesMax` whenever no method is running; a block larger than that is not kept.
 */

/** What is kept: parsed blocks, pages of filters. */
export interface CachedBlock {
  readonly byteLength: number;
}

/** The part of a cache that belongs to one run: its blocks by their offset in the file, or its pages by their number. */
export interface BlockCachePart<Block extends CachedBlock> {
  /** The block, now the most recently used. */
  get(offset: number): Block | undefined;
  set(offset: number, block: Block): void;
  /** Forgets every block of this part. */
  clear(): void;
}

interface Node {
  readonly offset: number;
  readonly block: CachedBlock;
  readonly part: Map<number, Node>;
  newer: Node | undefined;
  older: Node | undefined;
}

/** What a cached block takes beside its bytes: the objects around them. */
const BLOCK_OVERHEAD_BYTES = 400;

export class BlockCache {
  readonly bytesMax: number;
  #bytes = 0;
  #newest: Node | undefined;
  #oldest: Node | undefined;

  constructor({ bytesMax }: { readonly bytesMax: number }) {
    this.bytesMax = bytesMax;
  }

  /** Memory in use, by estimate. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A new, empty part. */
  part<Block extends CachedBlock>(): BlockCachePart<Block> {
    const nodes = new Map<number, Node>();
    return {
      get: (offset) => {
        const node = nodes.get(offset);
        if (node === undefined) return undefined;
        if (node !== this.#newest) {
          this.#unlink(node);
          this.#linkNewest(node);
        }
        return node.block as Block;
      },
      set: (offset, block) => this.#set(nodes, offset, block),
      clear: () => {
        for (const node of nodes.values()) this.#drop(node);
      },
    };
  }

  #set(part: Map<number, Node>, offset: number, block: CachedBlock): void {
    const present = part.get(offset);
    if (present !== undefined) this.#drop(present);
    if (costBytes(block) > this.bytesMax) return;
    const node: Node = { offset, block, part, newer: undefined, older: undefined };
    part.set(offset, node);
    this.#linkNewest(node);
    this.#bytes += costBytes(block);
    while (this.#bytes > this.bytesMax && this.#oldest !== undefined) this.#drop(this.#oldest);
  }

  #drop(node: Node): void {
    node.part.delete(node.offset);
    this.#unlink(node);
    this.#bytes -= costBytes(node.block);
  }

  #linkNewest(node: Node): void {
    node.newer = undefined;
    node.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = node;
    else this.#newest.newer = node;
    this.#newest = node;
  }

  #unlink(node: Node): void {
    if (node.newer === undefined) this.#newest = node.older;
    else node.newer.older = node.older;
    if (node.older === undefined) this.#oldest = node.newer;
    else node.older.newer = node.newer;
  }
}

function costBytes(block: CachedBlock): number {
  return block.byteLength + BLOCK_OVERHEAD_BYTES;
}
