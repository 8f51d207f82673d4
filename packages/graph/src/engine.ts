/**
 * The seam between the graph and whatever keeps it: local files now, other engines later. One conformance suite
 * (`testing/engine-conformance.ts`) runs against every engine, phantoms included.
 *
 * The engine knows entities, index keys and commits; it knows nothing of schemas, queries or the domain. It decides
 * conflicts by the reads and ranges a request carries, so that transactions that write are strictly serializable.
 */
import type { KnotworkError } from "@knotwork/disk";
import type { ByteString } from "@knotwork/indexer";
import type { StoredVersion } from "./entity.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { FileKeeping } from "./keeping.ts";

export type Awaitable<T> = T | Promise<T>;

/** When a commit is acknowledged: after a sync inside the lock, after a sync, after the write. */
export type Durability = "paranoid" | "balanced" | "relaxed";

/**
 * One column of an index. `order` ranks the values of an enum as declared; others sort after them. `weight`, 1 to 9: how
 * much the words of a field of a text index count.
 */
export interface IndexPart {
  readonly field: string;
  readonly order?: readonly string[];
  readonly weight?: number;
}

/** What the keys of a declared index are made of: values in order (when left out), words of texts, ends of ids. */
export type IndexKind = "text" | "endings";

/** A declared index over one type. Its name is `indexName(type, parts, kind)`: another order is another index. */
export interface IndexDefinition {
  readonly name: string;
  readonly type: string;
  readonly parts: readonly IndexPart[];
  readonly kind?: IndexKind;
}

/** Names of the indexes that every store has; see index-keys.ts for their keys. */
export type BuiltInIndex = "type" | "out" | "in";

/** The half-open interval [lower, upper) of an index; its keys end with the entity's id. */
export interface IndexInterval {
  readonly index: string;
  readonly lower: ByteString;
  readonly upper: ByteString | undefined;
}

export interface ScanRequest extends IndexInterval {
  readonly reverse?: boolean;
  /** At most so many hits a page; engines may return fewer, with `done: false`. */
  readonly limit: number;
}

export interface IndexHit {
  readonly key: ByteString;
  readonly id: string;
}

export interface ScanPage {
  readonly hits: readonly IndexHit[];
  /** False: go on after the last key (before it, in reverse). */
  readonly done: boolean;
}

/** The state of the store at one seq. Never changes. */
export interface EngineSnapshot {
  readonly seq: number;
  /** How often files of history and indexes were read so far, for whomever; engines without files leave it out. */
  readonly fileReads?: number;
  /** The newest version at this snapshot, a tombstone included; `undefined` when there never was one. */
  get(id: string): Awaitable<StoredVersion | undefined>;
  /**
   * The same for many ids, in their order. Engines for which this is no quicker than to ask for one after the other leave
   * it out.
   */
  getMany?(ids: readonly string[]): Awaitable<readonly (StoredVersion | undefined)[]>;
  scan(request: ScanRequest): Awaitable<ScanPage>;
  /** All versions up to this snapshot, oldest first. */
  history(id: string): Awaitable<readonly StoredVersion[]>;
  /**
   * Ids among which are those of all live entities that hold each of the texts, in any case, in their id or in a string
   * of their props; others may be among them. `undefined` when the engine cannot tell these texts; engines with no quicker
   * way than to read every entity leave it out.
   * @param texts in lower case
   */
  mentioning?(texts: readonly string[]): Awaitable<ReadonlySet<string> | undefined>;
  /** Whether `scan` may be asked for this index now; a new definition may need a build first. */
  hasIndex(index: string): boolean;
}

export interface PinnedSnapshot extends EngineSnapshot {
  /** Frees what the snapshot holds back. Using it afterwards is an error of the caller. */
  release(): void;
}

/** What a transaction saw of one entity: its version and seq, tombstones included; both 0 when there never was one. */
export interface ReadStamp {
  readonly version: number;
  readonly seq: number;
}

/** An interval a transaction visited, and the ids it found there. */
export interface RecordedRange extends IndexInterval {
  readonly ids: ReadonlySet<string>;
}

/** One new version. `version` = version read + 1; `createdAt` is absent when the entity comes into being with this commit. */
export interface Write {
  readonly op: "put" | "delete";
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly createdAt?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly props: JsonObject;
}

export interface CommitRequest {
  /** A ULID; a request sent again under the same id takes effect once. */
  readonly txid: string;
  readonly author: string;
  readonly session?: string;
  /** With a key, the outcome is remembered for ever: the same key again gives `duplicate`. */
  readonly idempotency?: { readonly key: string; readonly fingerprint: string; readonly result: JsonValue };
  readonly snapshotSeq: number;
  readonly reads: ReadonlyMap<string, ReadStamp>;
  readonly ranges: readonly RecordedRange[];
  /** Empty: the request only waits until `snapshotSeq` is durable at the level asked for. */
  readonly writes: readonly Write[];
  readonly durability: Durability;
  /** True when an earlier request under this txid may have taken effect. */
  readonly resubmitted?: boolean;
  readonly signal?: AbortSignal;
}

export interface Conflict {
  /** The entity, or the index of the range, that changed. */
  readonly id?: string;
  readonly index?: string;
  readonly expectedVersion?: number;
  readonly actualVersion?: number;
}

export type CommitOutcome =
  | { readonly status: "committed"; readonly seq: number; readonly time: string }
  | { readonly status: "duplicate"; readonly seq: number; readonly time: string; readonly result: JsonValue }
  | { readonly status: "conflict"; readonly conflicts: readonly Conflict[] };

/** A commit as listed: who, when, what changed. */
export interface CommitInfo {
  readonly seq: number;
  readonly txid: string;
  readonly time: string;
  readonly author: string;
  readonly session?: string;
  readonly key?: string;
  readonly changes: readonly CommitChange[];
  /** A compaction has dropped versions of that time: `changes` names those that are left. */
  readonly compacted?: true;
}

export interface CommitChange {
  readonly op: "put" | "delete";
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/**
 * A place in the order of commits: right behind the commit `seq` (0: before the first). With its mark it means this very
 * commit; without, whichever has the seq.
 */
export interface LogPosition {
  readonly seq: number;
  readonly mark?: string;
}

export interface LogRequest {
  readonly after: LogPosition;
  /** At most so many commits; engines may give fewer, but at least one when there is one. */
  readonly limit: number;
  /** Only commits that no loss of power can take back. */
  readonly durable: boolean;
}

export interface LoggedCommit {
  readonly commit: CommitInfo;
  /** Letters and digits; another commit that came to bear the same seq has another. */
  readonly mark: string;
}

/** What a cache in front of the engine must forget or follow: the changes of the commit `seq`, or everything. */
export type AppliedChanges =
  | { readonly seq: number; readonly ids: readonly string[]; readonly changes: readonly CommitChange[] }
  | { readonly seq: number; readonly ids: "everything" };

export interface CheckProblem {
  readonly code: string;
  readonly where: string;
  readonly message: string;
}

export interface CheckReport {
  readonly ok: boolean;
  readonly problems: readonly CheckProblem[];
  readonly counts: Readonly<Record<string, number>>;
}

export interface Engine {
  readonly readOnly: boolean;
  /** The last seq visible here; sees every commit acknowledged before the call, whoever made it. */
  head(): Awaitable<number>;
  /** Runs one read call on one snapshot, restarting `read` on a newer one when its files have gone meanwhile. */
  read<T>(read: (snapshot: EngineSnapshot) => Awaitable<T>): Promise<T>;
  /**
   * The same for a `read` that waits for nothing, at once, on the state that `head` told of in this turn. For engines whose
   * snapshots answer without waiting; others leave it out.
   */
  readNow?<T>(read: (snapshot: EngineSnapshot) => T): T;
  /** A snapshot that outlives one call. */
  pin(): Awaitable<PinnedSnapshot>;
  /** The state at a seq, or at the last commit with time <= the date. Pinned. @throws SNAPSHOT_TOO_OLD, RangeError for the future */
  asOf(at: number | Date): Awaitable<PinnedSnapshot>;
  /**
   * Commits a request, whole or not at all. Requests waiting at the same time may be written together; each has its own
   * outcome. Resolves when the outcome holds at the durability asked for.
   * @throws KnotworkError LOCK_TIMEOUT, NO_SPACE, LIMIT_EXCEEDED, KEY_REUSED (key known with another fingerprint): nothing happened
   * @throws KnotworkError OUTCOME_UNKNOWN, HANDLE_POISONED: reopen to learn
   */
  commit(request: CommitRequest): Promise<CommitOutcome>;
  /** Looks up an idempotency key at the head. */
  findKey(
    key: string,
  ): Awaitable<
    | { readonly seq: number; readonly time: string; readonly fingerprint: string; readonly result: JsonValue }
    | undefined
  >;
  /** Commits with seq > after, oldest first (or newest first), at most `limit`. */
  commits(options: {
    readonly after?: number;
    readonly before?: number;
    readonly limit: number;
    readonly reverse?: boolean;
    /** Only those by this author, of this reasoning session. */
    readonly author?: string;
    readonly session?: string;
  }): Awaitable<readonly CommitInfo[]>;
  /**
   * The commits behind a place, oldest first, without a gap; empty when there is none yet. Whoever listens to
   * hints need not make commits durable: the engine sees to it within a fraction of a second.
   * @throws CursorDivergedError when another commit, or none, has the seq of the place now
   * @throws KnotworkError SNAPSHOT_TOO_OLD when commits behind the place are no longer kept
   */
  log(request: LogRequest): Awaitable<readonly LoggedCommit[]>;
  /**
   * Calls `listener` when `log` may give more than before, whoever committed; until the function it gives is called. Only a
   * hint: it may come late, for nothing, or not at all, so whoever waits also asks from time to time.
   */
  onHint(listener: () => void): () => void;
  /** Makes sure the definitions are known to the store, for all processes. Known ones cost nothing. */
  define(definitions: readonly IndexDefinition[]): Promise<void>;
  /** Called synchronously whenever commits (own or foreign) become visible here. */
  onApplied(listener: (changes: AppliedChanges) => void): () => void;
  check(): Promise<CheckReport>;
  /** What is known to be wrong with the newest commits at no cost; they can then not be read, older ones can. Engines that cannot tell leave it out. */
  damage?(): KnotworkError | undefined;
  /** Engines that keep a log of their own move it into history; others do nothing. */
  checkpoint(): Promise<void>;
  stats(): Awaitable<JsonObject>;
  /** What only engines over files offer; others leave it out. */
  readonly files?: FileKeeping;
  close(): Promise<void>;
}
