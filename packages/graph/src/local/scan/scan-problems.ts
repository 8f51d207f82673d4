/** What a scan says is wrong, as a check reports it. */
import type { CheckProblem } from "../../engine.ts";
import { canonicalText } from "./read-scanned.ts";
import type { ScannedReader } from "./read-scanned.ts";
import type { ScannedCommit, ScannedVersion } from "./scan-files.ts";
import type { StoreScan } from "./scan-store.ts";

export interface ScanFindings {
  readonly problems: readonly CheckProblem[];
  readonly counts: Readonly<Record<string, number>>;
  /** The newest version of every entity, and its commit. */
  readonly newest: ReadonlyMap<string, { readonly version: ScannedVersion; readonly commit: ScannedCommit }>;
}

/** The laws of a store over the commits up to `through`. */
export function findProblems(scan: StoreScan, reader: ScannedReader, through: number): ScanFindings {
  const problems = [...damageProblems(scan), ...chainProblems(scan, through), ...doubleProblems(scan, reader)];
  const newest = new Map<string, { version: ScannedVersion; commit: ScannedCommit }>();
  const txids = new Set<string>();
  const counts = { commits: 0, versions: 0, damages: scan.damages.length, lostCommits: scan.lost.size };
  let time = "";
  for (let seq = 1; seq <= through; seq += 1) {
    const commit = scan.commits.get(seq);
    if (commit === undefined) continue;
    const where = `${commit.file} at byte ${commit.offset}`;
    if (commit.time < time)
      problems.push({ code: "TIME", where, message: `Commit ${seq} is earlier than the one before` });
    if (txids.has(commit.txid))
      problems.push({ code: "TXID_TWICE", where, message: `Transaction ${commit.txid} was committed before` });
    time = commit.time;
    txids.add(commit.txid);
    counts.commits += 1;
    for (const version of commit.versions) {
      const before = newest.get(version.id);
      const isNext =
        seq < scan.historyFloor
          ? version.version > (before?.version.version ?? 0)
          : version.version === (before?.version.version ?? 0) + 1;
      if (!isNext)
        problems.push({
          code: "VERSION_MISSING",
          where,
          message: `Version ${version.version} of "${version.id}" follows version ${before?.version.version ?? 0}`,
        });
      newest.set(version.id, { version, commit });
      counts.versions += 1;
    }
  }
  return { problems, counts, newest };
}

function damageProblems(scan: StoreScan): CheckProblem[] {
  return scan.damages.map(({ file, offset, bytes, what }) => ({
    code: "DAMAGED_BYTES",
    where: file,
    message: `${what}, ${bytes} bytes at ${offset}`,
  }));
}

function chainProblems(scan: StoreScan, through: number): CheckProblem[] {
  const problems: CheckProblem[] = rangesOf([...scan.lost.keys()].filter((seq) => seq <= through)).map(
    ({ from, through: to }) => ({
      code: "COMMIT_MISSING",
      where: "log and history",
      message:
        from === to ? `Commit ${from} cannot be read anywhere` : `Commits ${from} to ${to} cannot be read anywhere`,
    }),
  );
  if (scan.lostThrough > scan.last)
    problems.push({
      code: "COMMIT_MISSING",
      where: "wal",
      message: `Commits ${scan.last + 1} to ${scan.lostThrough} were durable and cannot be read`,
    });
  for (const { seq, file, offset } of scan.forged)
    problems.push({
      code: "CHAIN_BROKEN",
      where: `${file} at byte ${offset}`,
      message: `Commit ${seq} is not the one that the commit after it follows: it was changed together with its checksum`,
    });
  return problems;
}

/** History and log say the same of the commits that both hold. */
function doubleProblems({ doubles: all, historyFloor }: StoreScan, reader: ScannedReader): CheckProblem[] {
  // What retention or a purge took out of history may still stand in a segment that was not removed yet.
  const doubles = all.filter(([commit]) => commit.seq >= historyFloor && !commit.isPurged);
  const first = doubles.map(([commit]) => canonicalText(reader.read(commit)));
  return doubles.flatMap(([one, other], index) =>
    canonicalText(reader.read(other)) === first[index]
      ? []
      : [
          {
            code: "HISTORY_DIFFERS",
            where: `${one.file}, ${other.file}`,
            message: `Commit ${one.seq} is told in two ways`,
          },
        ],
  );
}

/** Numbers as ranges, ascending. */
export function rangesOf(numbers: readonly number[]): { readonly from: number; readonly through: number }[] {
  const ranges: { from: number; through: number }[] = [];
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last?.through === number - 1) last.through = number;
    else ranges.push({ from: number, through: number });
  }
  return ranges;
}
