/**
 * What stands in the place of lost commits and versions in a repaired copy: for each lost commit an empty one, so that the chain goes
 * on (its successor tells the checksum of its record); for each lost version that a later one proves, a version that says
 * nothing but that it was lost.
 */
import type { StoredVersion } from "../../entity.ts";
import type { CommitOfHistory } from "../record-to-history.ts";
import type { ScannedVersion } from "./scan-files.ts";
import type { StoreScan } from "./scan-store.ts";

export interface LostVersion {
  readonly seq: number;
  readonly version: ScannedVersion;
}

export interface FilledGaps {
  readonly versions: readonly LostVersion[];
  /** Above what the store had when versions are missing that no lost commit explains. */
  readonly historyFloor: number;
  /** A commit with all that stands under its seq. To be asked in the order of seqs. */
  complete(seq: number, found: CommitOfHistory | undefined): CommitOfHistory;
}

export function fillGaps(scan: StoreScan): FilledGaps {
  const { versions, historyFloor } = findLostVersions(scan);
  const bySeq = new Map<number, LostVersion[]>();
  for (const lost of versions) bySeq.set(lost.seq, [...(bySeq.get(lost.seq) ?? []), lost]);
  let last = { record: "00000000", time: "" };
  return {
    versions,
    historyFloor,
    complete: (seq, found) => {
      const base = found ?? lostCommit(scan, seq, last);
      const { author, time } = base.commit;
      const filled = (bySeq.get(seq) ?? []).map(({ version }) => lostVersion(version, { seq, author, time }));
      const versionsMade = [...base.versions, ...filled];
      last = { record: base.commit.record, time };
      return { commit: { ...base.commit, versions: versionsMade.length }, versions: versionsMade };
    },
  };
}

/** Versions that must have been between two that are there. */
function findLostVersions(scan: StoreScan): {
  readonly versions: readonly LostVersion[];
  readonly historyFloor: number;
} {
  const incomplete: number[] = [];
  const newest = new Map<string, { readonly version: number; readonly seq: number }>();
  const versions: LostVersion[] = [];
  let historyFloor = scan.historyFloor;
  for (let seq = 1; seq <= scan.last; seq += 1) {
    const commit = scan.commits.get(seq);
    if (commit === undefined || commit.unreadable > 0) incomplete.push(seq);
    for (const version of commit?.versions ?? []) {
      const before = newest.get(version.id) ?? { version: 0, seq: 0 };
      newest.set(version.id, { version: version.version, seq });
      const missing = version.version - before.version - 1;
      if (missing <= 0 || seq < scan.historyFloor) continue;
      const places = incomplete.filter((place) => place > before.seq && place < seq).slice(-missing);
      // The oldest ones find no place when more are missing than commits were lost.
      for (const [index, place] of places.entries())
        versions.push({ seq: place, version: { ...version, version: version.version - places.length + index } });
      if (places.length < missing) historyFloor = Math.max(historyFloor, seq + 1);
    }
  }
  return { versions, historyFloor };
}

function lostCommit(
  scan: StoreScan,
  seq: number,
  last: { readonly record: string; readonly time: string },
): CommitOfHistory {
  return {
    commit: {
      commit: seq,
      // Of several lost in a row only the last one's checksum is known.
      record: scan.lost.get(seq) ?? NO_RECORD,
      prev: last.record,
      txid: String(seq).padStart(26, "0"),
      time: last.time === "" ? (nextTime(scan, seq) ?? EPOCH) : last.time,
      author: "lost",
      versions: 0,
      lost: true,
    },
    versions: [],
  };
}

const NO_RECORD = "ffffffff";
const EPOCH = new Date(0).toISOString();

function nextTime(scan: StoreScan, seq: number): string | undefined {
  for (let next = seq + 1; next <= scan.last; next += 1) {
    const time = scan.commits.get(next)?.time;
    if (time !== undefined) return time;
  }
  return undefined;
}

function lostVersion(
  { id, type, version, createdAt, from, to }: ScannedVersion,
  { seq, author, time }: { readonly seq: number; readonly author: string; readonly time: string },
): StoredVersion {
  return {
    id,
    type,
    version,
    seq,
    createdAt,
    updatedAt: time,
    author,
    deleted: true,
    ...(from === undefined || to === undefined ? {} : { from, to }),
    props: {},
    lost: true,
  };
}
