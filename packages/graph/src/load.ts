/** Bulk loading: many nodes and edges in few commits. */
import type { TransactOptions } from "./transact.ts";
import type { Transaction } from "./transaction.ts";
import { copyProps } from "./storable.ts";
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
  let chunk: LoadItem[] = [];
  let bytes = 0;
  for await (const item of items) {
    const { bytesMax } = copyProps(item.props ?? {});
    if (chunk.length > 0 && (chunk.length >= chunkItemsMax || bytes + bytesMax > chunkBytesMax)) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(item);
    bytes += bytesMax;
  }
  if (chunk.length > 0) yield chunk;
}

async function write<Types extends TypeList>(tx: Transaction<Types>, item: LoadItem): Promise<void> {
  // A list of items is typed by no one type: the schemas check the props.
  const untyped = tx as unknown as Transaction;
  if ("from" in item) await untyped.link(item.from, item.type, item.to, item.props ?? {});
  else await untyped.create(item.type, item.props, item.id === undefined ? {} : { id: item.id });
}
