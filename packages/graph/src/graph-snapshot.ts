/** Read-only views of the store at one moment: a pinned snapshot, or the state as of a seq or a time. */
import type { Clock } from "@knotwork/disk";
import type { Awaitable, EngineSnapshot, PinnedSnapshot } from "./engine.ts";
import type { Entity, StoredVersion } from "./entity.ts";
import { GraphReads, type OpenReader, type ReadSource } from "./graph-reads.ts";
import { assertId } from "./index-keys.ts";
import type { Reader } from "./reader.ts";
import type { TypeList } from "./type-definition.ts";

/** Where a view gets its state from. `acquire` pins it for one call, or gives what is pinned already. */
export interface SnapshotHolder {
  acquire(): Promise<EngineSnapshot>;
  /** After a call. */
  leave(snapshot: EngineSnapshot): void;
  /** When the view is released. */
  release(): void;
}

export interface SnapshotOptions {
  readonly clock: Clock;
  readonly readerOf: (snapshot: EngineSnapshot) => Reader;
}

/** One state, held by somebody else or until it is released. */
export interface HeldState {
  readonly snapshot: EngineSnapshot;
  /** What the state holds for a valid or invalid id. */
  readonly get: (id: string) => Promise<Entity | undefined>;
  readonly onRelease: (() => void) | undefined;
}

export class GraphSnapshot<Types extends TypeList = TypeList> extends GraphReads<Types> {
  protected override readonly source: ReadSource;
  readonly #holder: SnapshotHolder;

  constructor(holder: SnapshotHolder, { clock, readerOf }: SnapshotOptions) {
    super();
    this.#holder = holder;
    this.source = {
      clock,
      run: (read) => this.#use((snapshot) => read(readerOf(snapshot))),
      open: async (): Promise<OpenReader> => {
        const snapshot = await holder.acquire();
        return { reader: readerOf(snapshot), release: () => holder.leave(snapshot) };
      },
    };
  }

  /** All versions of an entity up to this state, oldest first, deletions included. */
  async history(id: string): Promise<readonly StoredVersion[]> {
    assertId(id);
    return await this.#use(async (snapshot) => await snapshot.history(id));
  }

  /** Frees what the view holds back. Further calls are refused. Releasing twice is harmless. */
  release(): void {
    this.#holder.release();
  }

  async #use<T>(read: (snapshot: EngineSnapshot) => Awaitable<T>): Promise<T> {
    const snapshot = await this.#holder.acquire();
    try {
      return await read(snapshot);
    } finally {
      this.#holder.leave(snapshot);
    }
  }
}

/** The store at one seq, until it is released. */
export class PinnedGraphSnapshot<Types extends TypeList = TypeList> extends GraphSnapshot<Types> {
  readonly seq: number;
  readonly #get: HeldState["get"];
  #isReleased = false;

  constructor({ snapshot, get, onRelease }: HeldState, options: SnapshotOptions) {
    super(
      {
        acquire: async () => {
          if (this.#isReleased) throw new TypeError("Cannot read: the snapshot was released");
          return snapshot;
        },
        leave: () => undefined,
        release: () => onRelease?.(),
      },
      options,
    );
    this.seq = snapshot.seq;
    this.#get = get;
  }

  /** The node or edge with this id, or `undefined`. @throws GraphError INVALID_ID */
  override get(id: string): Promise<Entity | undefined> {
    // A hit in the cache makes no promise of its own; what is not as usual is the other one's to say.
    return this.#isReleased ? super.get(id) : this.#get(id);
  }

  override release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    super.release();
  }
}

/** Pins the state as of a moment for each call, so that a view that is never released holds nothing back. */
export function holdAsOf(at: number | Date, pin: (at: number | Date) => Promise<PinnedSnapshot>): SnapshotHolder {
  // A time is resolved once: later commits within the same millisecond must not move it.
  let resolved = at;
  const pinned = new Map<EngineSnapshot, PinnedSnapshot>();
  return {
    acquire: async () => {
      const snapshot = await pin(resolved);
      resolved = snapshot.seq;
      pinned.set(snapshot, snapshot);
      return snapshot;
    },
    leave: (snapshot) => {
      pinned.get(snapshot)?.release();
      pinned.delete(snapshot);
    },
    release: () => undefined,
  };
}
