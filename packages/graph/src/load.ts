/** Bulk loading: many nodes and edges in few commits. */
import type { TransactOptions } from "./transact.ts";
import type { Transaction } from "./transaction.ts";
import { depthMax } from "./limits.ts";
import type { TypeList } from "./type-definition.ts";

export type LoadItem =
  | { readonly id?: string; readonly type: string; readonly props: object }
  | { readonly from: string; readonly type: string; readonly to: string; readonly props?: object };

export interface LoadProgress {
  readonly nodes: number;
  readonly edges: number;
  readonly commits: number;
}

export interface LoadReport extends LoadProgress {
  /** The last commit; `undefined` when there was nothing to load. */
  readonly seq: number | undefined;
}

export interface LoadOptions extends Pick<TransactOptions, "durability" | "signal" | "session" | "author"> {
  /** Called after every commit. */
  readonly onProgress?: (progress: LoadProgress) => void;
}

const chunkItemsMax = 1_000;
const chunkBytesMax = 1024 * 1024;

type Transact<Types extends TypeList> = (
  run: (tx: Transaction<Types>) => Promise<void>,
  options: TransactOptions,
) => Promise<{ readonly seq: number }>;

/** @throws what `create` and `link` throw; commits before that stay */
export async function loadItems<Types extends TypeList>(
  items: Iterable<LoadItem> | AsyncIterable<LoadItem>,
  transact: Transact<Types>,
  { onProgress, ...options }: LoadOptions,
): Promise<LoadReport> {
  let progress: LoadProgress = { nodes: 0, edges: 0, commits: 0 };
  let seq: number | undefined;
  for await (const chunk of chunks(items)) {
    ({ seq } = await transact(async (tx) => {
      for (const item of chunk) await write(tx, item);
    }, options));
    const edges = chunk.filter((item) => "from" in item).length;
    progress = {
      nodes: progress.nodes + chunk.length - edges,
      edges: progress.edges + edges,
      commits: progress.commits + 1,
    };
    onProgress?.(progress);
  }
  return { ...progress, seq };
}

async function* chunks(items: Iterable<LoadItem> | AsyncIterable<LoadItem>): AsyncGenerator<readonly LoadItem[]> {
  const pending = new PendingChunk();
  // What is there already is not awaited: that would cost as much as checking it.
  if (Symbol.iterator in items) for (const item of items) yield* pending.add(item);
  else for await (const item of items) yield* pending.add(item);
  yield* pending.take();
}

/** The items of the next commit. */
class PendingChunk {
  #items: LoadItem[] = [];
  #bytes = 0;

  /** Takes an item; gives the chunk before it when it does not fit that any more. */
  *add(item: LoadItem): Generator<readonly LoadItem[]> {
    const bytes = roughBytes(item.props ?? {}, depthMax, chunkBytesMax);
    if (this.#items.length >= chunkItemsMax || this.#bytes + bytes > chunkBytesMax) yield* this.take();
    this.#items.push(item);
    this.#bytes += bytes;
  }

  *take(): Generator<readonly LoadItem[]> {
    const items = this.#items;
    this.#items = [];
    this.#bytes = 0;
    if (items.length > 0) yield items;
  }
}

/**
 * About the bytes of a value's JSON text, or anything from `enough` on: what contains itself twice would never be counted. What
 * may not be stored, too deep or a cycle, is for `create` to refuse.
 */
function roughBytes(value: unknown, depth: number, enough: number): number {
  if (typeof value === "string") return value.length + scalarBytes;
  if (typeof value !== "object" || value === null || depth === 0) return scalarBytes;
  let bytes = scalarBytes;
  for (const [name, inner] of Object.entries(value)) {
    if (bytes >= enough) break;
    bytes += name.length + roughBytes(inner, depth - 1, enough - bytes);
  }
  return bytes;
}

const scalarBytes = 8;

function write<Types extends TypeList>(tx: Transaction<Types>, item: LoadItem): Promise<unknown> {
  // A list of items is typed by no one type: the schemas check the props.
  const untyped = tx as unknown as Transaction;
  if ("from" in item) return untyped.link(item.from, item.type, item.to, item.props ?? {});
  return untyped.create(item.type, item.props, item.id === undefined ? {} : { id: item.id });
}
