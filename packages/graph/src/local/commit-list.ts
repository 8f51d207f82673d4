/** Lists commits, from the tail of the log and from history alike. */
import type { CommitChange, CommitInfo } from "../engine.ts";
import type { StoreState } from "./store-state.ts";

export interface CommitListOptions {
  /** Exclusive. */
  readonly after?: number;
  /** Exclusive. */
  readonly before?: number;
  readonly limit: number;
  readonly reverse?: boolean;
}

export function commitInfos(
  state: StoreState,
  head: number,
  { after = 0, before = head + 1, limit, reverse = false }: CommitListOptions,
): readonly CommitInfo[] {
  const first = Math.max(after + 1, state.generation.manifest.historyFloor);
  const last = Math.min(before - 1, head);
  const infos: CommitInfo[] = [];
  for (let step = 0; first + step <= last && infos.length < limit; step += 1)
    infos.push(commitInfo(state, reverse ? last - step : first + step));
  return infos;
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
  };
}

function change({ op, id, type, version, from, to }: CommitChange): CommitChange {
  return { op, id, type, version, ...(from === undefined || to === undefined ? {} : { from, to }) };
}
