/**
 * Proves a store twice over: by a scan of its files that shares nothing with the engine, and by comparing what the scan found with
 * what the engine answers. Changes nothing.
 */
import { KnotworkError } from "@knotwork/disk";
import type { Clock, Disk, Random } from "@knotwork/disk";
import type { CheckProblem, Engine, PinnedSnapshot } from "../../engine.ts";
import type { InspectReport, OnKeepingProgress, QuarantinedFile } from "../../keeping.ts";
import { openLocalEngine } from "../open-local-engine.ts";
import { canonicalText, ScannedReader } from "./read-scanned.ts";
import { findProblems } from "./scan-problems.ts";
import type { ScanFindings } from "./scan-problems.ts";
import { scanStore } from "./scan-store.ts";

export interface InspectOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  readonly onProgress?: OnKeepingProgress;
}

const ATTEMPTS_MAX = 5;
const PROBLEMS_MAX = 100;

export async function inspectStore(dir: string, options: InspectOptions): Promise<InspectReport> {
  const { disk } = options;
  const quarantine = listQuarantine(disk, dir);
  for (let attempt = 1; ; attempt += 1) {
    const opened = await openReader(dir, options);
    try {
      const { problems, counts, generation } = await inspectOnce(dir, options, opened);
      // Another process's checkpoint may have taken away what was being read.
      const isOvertaken = opened.engine !== undefined && (await generationOf(opened.engine)) !== generation;
      if (problems.length > 0 && isOvertaken && attempt < ATTEMPTS_MAX) continue;
      return { ok: problems.length === 0, problems: problems.slice(0, PROBLEMS_MAX), counts, quarantine };
    } finally {
      await opened.engine?.close();
    }
  }
}

interface Opened {
  readonly engine: Engine | undefined;
  readonly problem: CheckProblem | undefined;
}

interface Inspection {
  readonly problems: readonly CheckProblem[];
  readonly counts: Readonly<Record<string, number>>;
  readonly generation: unknown;
}

async function openReader(dir: string, { disk, clock, random }: InspectOptions): Promise<Opened> {
  try {
    return { engine: await openLocalEngine({ dir, readOnly: true, disk, clock, random }), problem: undefined };
  } catch (error) {
    if (!(error instanceof KnotworkError)) throw error;
    return { engine: undefined, problem: { code: error.code, where: "store", message: error.message } };
  }
}

async function inspectOnce(dir: string, options: InspectOptions, { engine, problem }: Opened): Promise<Inspection> {
  const { disk, onProgress } = options;
  const pinned = engine === undefined ? undefined : await engine.pin();
  try {
    const generation = engine === undefined ? undefined : await generationOf(engine);
    const scan = scanStore({ disk, dir, everywhere: false, ...(onProgress === undefined ? {} : { onProgress }) });
    const reader = new ScannedReader(disk, dir);
    // What was committed since the snapshot was pinned belongs to the next inspection.
    const through = pinned === undefined || scan.damages.length > 0 ? scan.last : Math.min(scan.last, pinned.seq);
    const findings = findProblems(scan, reader, through);
    const problems = [...(problem === undefined ? [] : [problem]), ...findings.problems];
    if (pinned !== undefined && problems.length === 0)
      problems.push(...(await compareAnswers(pinned, findings, reader, onProgress)));
    return { problems, counts: { ...findings.counts, entities: findings.newest.size }, generation };
  } finally {
    pinned?.release();
  }
}

async function generationOf(engine: Engine): Promise<unknown> {
  return (await engine.stats())["generation"];
}

/** The engine's answers: each entity as the scan has it, and in the built-in indexes what is alive and nothing else. */
async function compareAnswers(
  snapshot: PinnedSnapshot,
  { newest }: ScanFindings,
  reader: ScannedReader,
  onProgress: OnKeepingProgress | undefined,
): Promise<readonly CheckProblem[]> {
  const problems: CheckProblem[] = [];
  const nodes: string[] = [];
  const edges: string[] = [];
  let done = 0;
  for (const [id, { version, commit }] of [...newest].toSorted(([, a], [, b]) => a.commit.seq - b.commit.seq)) {
    done += 1;
    if (done % 1000 === 0) onProgress?.({ step: "compare answers", done, total: newest.size });
    const stored = reader.read(commit).versions.find((made) => made.id === id);
    const answer = await snapshot.get(id);
    if (answer === undefined || canonicalText(answer) !== canonicalText(stored))
      problems.push({
        code: "ANSWER_WRONG",
        where: id,
        message: "The engine answers another version than the files hold",
      });
    if (!version.deleted) (version.from === undefined ? nodes : edges).push(id);
  }
  for (const [index, ids] of [
    ["type", [...nodes, ...edges].toSorted(byText)],
    ["out", edges.toSorted(byText)],
    ["in", edges.toSorted(byText)],
  ] as const) {
    const found = await scanIds(snapshot, index);
    if (canonicalText(found) !== canonicalText(ids))
      problems.push({
        code: "INDEX_WRONG",
        where: index,
        message: `The index names ${found.length} entities, the files hold ${ids.length}`,
      });
  }
  return problems;
}

async function scanIds(snapshot: PinnedSnapshot, index: string): Promise<readonly string[]> {
  const ids: string[] = [];
  let lower = "";
  for (;;) {
    const { hits, done } = await snapshot.scan({ index, lower, upper: undefined, limit: 1000 });
    ids.push(...hits.map(({ id }) => id));
    const last = hits.at(-1);
    if (done || last === undefined) return ids.toSorted(byText);
    lower = `${last.key}\0`;
  }
}

function listQuarantine(disk: Disk, dir: string): readonly QuarantinedFile[] {
  const directory = `${dir}/quarantine`;
  if (disk.stat(directory) === undefined) return [];
  return disk.list(directory).map((file) => {
    const [, segment, kind] = /^(\d{16}\.jsonl)\.(tail|suspect)-/u.exec(file) ?? [];
    return {
      file,
      bytes: disk.stat(`${directory}/${file}`)?.sizeBytes ?? 0,
      kind: kind === "tail" || kind === "suspect" ? kind : "other",
      ...(segment === undefined ? {} : { segment }),
    };
  });
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
