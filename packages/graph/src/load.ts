/** Bulk load: many nodes and edges a commit, in the order given. */
import type { JsonObject } from "./json.ts";

export type LoadItem =
  | { readonly id?: string; readonly type: string; readonly props: JsonObject }
  | { readonly type: string; readonly from: string; readonly to: string; readonly props?: JsonObject };

export interface LoadProgress {
  readonly items: number;
  readonly commits: number;
}

export interface LoadOptions {
  readonly onProgress?: (progress: LoadProgress) => void;
  readonly signal?: AbortSignal;
}

/** What a load needs of a graph, whatever its types. */
export interface LoadTarget {
  transact(fn: (tx: LoadTransaction) => Promise<void>): Promise<unknown>;
}

export interface LoadTransaction {
  create(type: string, props: JsonObject, options: { readonly id?: string }): Promise<unknown>;
  link(from: string, type: string, to: string, props: JsonObject): Promise<unknown>;
}

const ITEMS_PER_COMMIT = 1000;
const BYTES_PER_COMMIT = 1024 * 1024;

/**
 * Commits the items in chunks; each chunk is atomic, the whole is not. Ends of an edge must come before it.
 * @throws what `create` and `link` throw, with the chunks before it committed
 */
export async function load(
  graph: LoadTarget,
  items: Iterable<LoadItem> | AsyncIterable<LoadItem>,
  options: LoadOptions = {},
): Promise<LoadProgress> {
  let progress: LoadProgress = { items: 0, commits: 0 };
  let chunk: LoadItem[] = [];
  let bytes = 0;
  const commit = async (): Promise<void> => {
    if (chunk.length === 0) return;
    options.signal?.throwIfAborted();
    const full = chunk;
    await graph.transact(async (tx) => {
      for (const item of full) {
        if ("from" in item) await tx.link(item.from, item.type, item.to, item.props ?? {});
        else await tx.create(item.type, item.props, item.id === undefined ? {} : { id: item.id });
      }
    });
    progress = { items: progress.items + full.length, commits: progress.commits + 1 };
    [chunk, bytes] = [[], 0];
    options.onProgress?.(progress);
  };
  for await (const item of items) {
    chunk.push(item);
    bytes += JSON.stringify(item.props ?? {}).length;
    if (chunk.length >= ITEMS_PER_COMMIT || bytes >= BYTES_PER_COMMIT) await commit();
  }
  await commit();
  return progress;
}
