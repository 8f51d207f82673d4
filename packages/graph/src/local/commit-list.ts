/** Lists commits, from the tail of the log and from history alike. */
import { CursorDivergedError } from "../cursor-diverged-error.ts";
import type { CommitChange, CommitInfo, LoggedCommit, LogPosition } from "../engine.ts";
import { StoreError } from "./store-error.ts";
import type { StoreState } from "./store-state.ts";

export interface CommitListOptions {
  /** Exclusive. */
  readonly after?: number;
  /** Exclusive. */
  readonly before?: number;
  readonly limit: number;
  readonly reverse?: boolean;
  /** Only those by this author. */
  readonly author?: string;
  /** Only those of this reasoning session. */
  readonly session?: string;
}

export function commitInfos(
  state: StoreState,
  head: number,
  { after = 0, before = head + 1, limit, reverse = false, author, session }: CommitListOptions,
): readonly CommitInfo[] {
  const first = after + 1;
  const last = Math.min(before - 1, head);
  const isAsked = (seq: number): boolean => {
    if (author === undefined && session === undefined) return true;
    const commit = state.overlay.commit(seq) ?? state.generation.commit(seq);
    return (
      (author === undefined || commit?.author === author) && (session === undefined || commit?.session === session)
    );
  };
  const infos: CommitInfo[] = [];
  for (let step = 0; first + step <= last && infos.length < limit; step += 1) {
    const seq = reverse ? last - step : first + step;
    if (isAsked(seq)) infos.push(commitInfo(state, seq));
  }
  return infos;
}

/** A place whose commits behind it are asked for, and how many. */
export interface LogPageOptions {
  readonly after: LogPosition;
  /** The last seq to give. */
  readonly through: number;
  readonly limit: number;
}

/** A page is cut short when it has named so many changes: a commit of a bulk load has thousands. */
const PAGE_CHANGES_MAX = 8192;

/** The commits behind a place, oldest first. @throws CursorDivergedError; StoreError SNAPSHOT_TOO_OLD */
export function logPage(
  state: StoreState,
  head: number,
  { after, through, limit }: LogPageOptions,
): readonly LoggedCommit[] {
  const { historyFloor } = state.generation.manifest;
  if (after.seq > head) throw new CursorDivergedError(after.seq, head);
  if (after.seq < historyFloor - 1) {
    throw new StoreError(
      "SNAPSHOT_TOO_OLD",
      `Cannot go on behind commit ${after.seq}: history begins at ${historyFloor}`,
      {
        hint: "Read the state you need, then go on from now.",
        context: { seq: after.seq, historyFloor },
      },
    );
  }
  const mark = after.mark === undefined || after.seq === 0 ? undefined : commitMark(state, after.seq);
  if (mark !== undefined && mark !== after.mark) throw new CursorDivergedError(after.seq, head);
  const page: LoggedCommit[] = [];
  let changes = 0;
  for (let seq = after.seq + 1; seq <= through && page.length < limit && changes < PAGE_CHANGES_MAX; seq += 1) {
    const commit = commitInfo(state, seq);
    changes += commit.changes.length;
    page.push({ commit, mark: commitMark(state, seq) });
  }
  return page;
}

/** The CRC of its record, in the log and in history alike. */
function commitMark(state: StoreState, seq: number): string {
  const mark = state.overlay.commit(seq)?.location.crc ?? state.generation.commit(seq)?.record;
  if (mark === undefined) throw new RangeError(`There is no commit ${seq}`);
  return mark;
}

/** The last seq with time <= `at`; 0 when there is none. */
export function seqAtTime(state: StoreState, head: number, at: Date): number {
  const limit = at.toISOString();
  let low = 0;
  let high = head;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (commitTime(state, middle) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}

function commitTime(state: StoreState, seq: number): string {
  return state.overlay.commit(seq)?.time ?? state.generation.commit(seq)?.time ?? "";
}

function commitInfo(state: StoreState, seq: number): CommitInfo {
  const recent = state.overlay.commit(seq);
  const commit = recent ?? state.generation.commit(seq);
  if (commit === undefined) throw new RangeError(`There is no commit ${seq}`);
  const { txid, time, author, session, key } = commit;
  const changes =
    recent === undefined
      ? state.generation.changes(seq).map((version) => change({ ...version, op: version.deleted ? "delete" : "put" }))
      : recent.versions.map(change);
  return {
    seq,
    txid,
    time,
    author,
    ...(session === undefined ? {} : { session }),
    ...(key === undefined ? {} : { key }),
    changes,
    ...(seq < state.generation.manifest.historyFloor ? { compacted: true } : {}),
  };
}

function change({ op, id, type, version, from, to }: CommitChange): CommitChange {
  return { op, id, type, version, ...(from === undefined || to === undefined ? {} : { from, to }) };
}
