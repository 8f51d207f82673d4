/**
 * Retention: drops versions that nobody may ask for any more (docs/GUARANTEES.md, "Retention"). Every commit keeps its line, with
 * author, time, key and result, so that the chain, the audit and what keys remember stay whole.
 */
import { assert } from "@knotwork/disk";
import type { CompactOptions, CompactReport } from "../keeping.ts";
import type { Generation } from "./generation.ts";
import { heldFiles, readHistory, rewriteHistory } from "./rewrite-history.ts";
import type { Keeper } from "./rewrite-history.ts";
import type { Overlay } from "./overlay.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** @throws TypeError, RangeError for options that make no sense; what a checkpoint throws */
export async function compact(keeper: Keeper, options: CompactOptions): Promise<CompactReport> {
  assertOptions(options);
  const { machine, current } = keeper;
  if (options.dryRun === true) {
    current.advance();
    const { generation, overlay } = current.state;
    return reportOf(generation, planRetention(keeper, generation, options, overlay), []);
  }
  const planned: { report?: CompactReport } = {};
  const published = await rewriteHistory(keeper, (generation) => {
    const plan = planRetention(keeper, generation, options, undefined);
    planned.report = { ...reportOf(generation, plan, []), changed: plan.dropped > 0 };
    if (plan.dropped === 0) return undefined;
    return {
      historyFloor: plan.historyFloor,
      edit: (commit, versions) => ({ commit, versions: versions.filter(({ id, seq }) => plan.isKept(id, seq)) }),
    };
  });
  const { report } = planned;
  assert(report !== undefined, "History was planned before it was rewritten");
  if (published === undefined) return report;
  return {
    ...report,
    bytesAfter: published.manifest.history.reduce((sum, { bytes }) => sum + bytes, 0),
    filesHeld: heldFiles(machine, published),
  };
}

interface RetentionPlan {
  readonly historyFloor: number;
  readonly isKept: (id: string, seq: number) => boolean;
  readonly kept: number;
  readonly dropped: number;
  readonly droppedBytes: number;
}

function assertOptions({ keepDays, keepVersions }: CompactOptions): void {
  if ((keepDays === undefined) === (keepVersions === undefined))
    throw new TypeError("Cannot compact: give either keepDays or keepVersions");
  if (keepDays !== undefined && !(Number.isFinite(keepDays) && keepDays >= 0))
    throw new RangeError(`Cannot compact: keepDays is ${keepDays}`);
  if (keepVersions !== undefined && !(Number.isSafeInteger(keepVersions) && keepVersions >= 1))
    throw new RangeError(
      `Cannot compact: keepVersions is ${keepVersions}, and at least one version of each entity stays`,
    );
}

function planRetention(
  { machine }: Keeper,
  generation: Generation,
  options: CompactOptions,
  tail: Overlay | undefined,
): RetentionPlan {
  const seqsById = new Map<string, number[]>();
  const times: { readonly seq: number; readonly time: string }[] = [];
  const see = (id: string, seq: number): void => {
    const seqs = seqsById.get(id);
    if (seqs === undefined) seqsById.set(id, [seq]);
    else seqs.push(seq);
  };
  let lineBytes = 0;
  let versions = 0;
  for (const { commit, versions: made, bytes } of readHistory(machine, generation)) {
    times.push({ seq: commit.commit, time: commit.time });
    for (const { id, seq } of made) see(id, seq);
    versions += made.length;
    lineBytes += bytes;
  }
  for (let seq = generation.manifest.seq + 1; seq <= (tail?.head ?? 0); seq += 1) {
    const commit = tail?.commit(seq);
    times.push({ seq, time: commit?.time ?? "" });
    for (const { id } of commit?.versions ?? []) see(id, seq);
    versions += commit?.versions.length ?? 0;
  }
  const { cutById, historyFloor } = cutsOf(
    options,
    seqsById,
    times,
    machine.clock.nowMs(),
    generation.manifest.historyFloor,
  );
  const dropped = [...seqsById].reduce(
    (sum, [id, seqs]) => sum + seqs.filter((seq) => seq < (cutById.get(id) ?? 0)).length,
    0,
  );
  return {
    historyFloor,
    isKept: (id, seq) => seq >= (cutById.get(id) ?? 0),
    kept: versions - dropped,
    dropped,
    droppedBytes: versions === 0 ? 0 : Math.round((lineBytes * dropped) / versions),
  };
}

/** The seq of the oldest version that each entity keeps, and from where on every state can still be told. */
function cutsOf(
  { keepDays, keepVersions = 1 }: CompactOptions,
  seqsById: ReadonlyMap<string, readonly number[]>,
  times: readonly { readonly seq: number; readonly time: string }[],
  nowMs: number,
  floorBefore: number,
): { readonly cutById: ReadonlyMap<string, number>; readonly historyFloor: number } {
  const cutById = new Map<string, number>();
  if (keepDays === undefined) {
    let historyFloor = floorBefore;
    for (const [id, seqs] of seqsById) {
      const cut = seqs.at(-keepVersions);
      if (seqs.length <= keepVersions || cut === undefined) continue;
      cutById.set(id, cut);
      historyFloor = Math.max(historyFloor, cut + 1);
    }
    return { cutById, historyFloor };
  }
  const oldest = new Date(nowMs - keepDays * DAY_MS).toISOString();
  const firstKept = times.find(({ time }) => time >= oldest)?.seq ?? (times.at(-1)?.seq ?? 0) + 1;
  const historyFloor = Math.max(floorBefore, firstKept);
  for (const [id, seqs] of seqsById) {
    // The state right before the floor can be asked for: the version it shows stays.
    const cut = seqs.findLast((seq) => seq < historyFloor);
    if (cut !== undefined) cutById.set(id, cut);
  }
  return { cutById, historyFloor };
}

function reportOf(generation: Generation, plan: RetentionPlan, filesHeld: readonly string[]): CompactReport {
  const bytesBefore = generation.manifest.history.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    changed: false,
    historyFloor: plan.historyFloor,
    versionsKept: plan.kept,
    versionsDropped: plan.dropped,
    bytesBefore,
    bytesAfter: bytesBefore - plan.droppedBytes,
    filesHeld,
  };
}
