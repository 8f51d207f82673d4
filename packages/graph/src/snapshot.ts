/** One state of the store, held until it is released: reads of it agree with each other, whatever is committed meanwhile. */
import type { Edge, Entity } from "./entity.ts";
import type { EntityCache } from "./entity-cache.ts";
import { versionToEntity } from "./entity-view.ts";
import type { EngineSnapshot, PinnedSnapshot } from "./engine.ts";
import { GraphReads } from "./graph-reads.ts";
import type { ReadSource } from "./graph-reads.ts";
import { assertId } from "./index-keys.ts";
import { SnapshotReader } from "./reader.ts";
import type { TypeList } from "./type-definition.ts";
import type { TypeRegistry } from "./type-registry.ts";

/** A version of an entity as history shows it; `deleted` when it is the end of it. */
export type HistoryVersion = (Entity | Edge) & { readonly deleted: boolean };

export interface SnapshotOptions {
  readonly types: TypeRegistry;
  readonly cache: EntityCache;
}

export class Snapshot<Types extends TypeList = TypeList> extends GraphReads<Types> {
  /** The last commit this snapshot sees. */
  readonly seq: number;
  protected override readonly source: ReadSource;
  readonly #pinned: PinnedSnapshot;

  constructor(pinned: PinnedSnapshot, { types, cache }: SnapshotOptions) {
    super();
    this.seq = pinned.seq;
    this.#pinned = pinned;
    const reader = new SnapshotReader(pinned, { types, cache });
    this.source = { run: (read) => read(reader), open: async () => ({ reader, release: () => undefined }) };
  }

  /** All versions of an entity up to this snapshot, oldest first; empty when there never was one. */
  async history(id: string): Promise<readonly HistoryVersion[]> {
    assertId(id);
    return await readHistory(this.#pinned, id);
  }

  /** Lets go of what the snapshot holds back. Do not use it afterwards. */
  release(): void {
    this.#pinned.release();
  }
}

export async function readHistory(snapshot: EngineSnapshot, id: string): Promise<readonly HistoryVersion[]> {
  const versions = await snapshot.history(id);
  return versions.map((version) => Object.freeze({ ...versionToEntity(version), deleted: version.deleted }));
}
