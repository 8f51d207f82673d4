/**
 * Publishes a generation whose history says less than the one before: for compaction and purge. Commits stay, each with its
 * line; what becomes of their versions is decided by an edit.
 *
 * Invariants:
 * - As for a checkpoint: nothing that a manifest names is written to (ENGINE K1), files are held until published (K2), and the
 *   order of steps is that of K3. A crash leaves the old generation or the new one.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { StoredVersion } from "../entity.ts";
import { CheckpointBuild } from "./checkpoint-build.ts";
import type { CheckpointRunner } from "./checkpoint-runner.ts";
import { publish } from "./checkpoint.ts";
import { Construction, LineWriter } from "./construction.ts";
import type { CurrentState } from "./current-state.ts";
import type { Generation } from "./generation.ts";
import { encodeHistoryCommit, encodeHistoryHeader, encodeHistoryVersion, readHistoryRun } from "./history-run.ts";
import type { HistoryCommit } from "./history-run.ts";
import type { Machine } from "./local-engine-options.ts";
import { replayStart } from "./manifest.ts";
import type { HistoryRunInfo, NamedManifest } from "./manifest.ts";
import { StoreError } from "./store-error.ts";

export interface Keeper {
  readonly machine: Machine;
  readonly current: CurrentState;
  readonly checkpoints: CheckpointRunner;
}

/** What is to become of history. */
export interface HistoryEdit {
  readonly historyFloor: number;
  /** A commit with all its versions, as it is to stand in history. */
  readonly edit: (commit: HistoryCommit, versions: readonly StoredVersion[]) => EditedCommit;
}

export interface EditedCommit {
  readonly commit: HistoryCommit;
  readonly versions: readonly StoredVersion[];
}

/** A run is cut when it passes this size, so that reading one whole stays cheap. */
const RUN_BYTES = 32 * 1024 * 1024;
const YIELD_EVERY_COMMITS = 500;
const ATTEMPTS_MAX = 10;

/**
 * Moves the log into history, asks `plan` what is to be done with it, and does so. `plan` sees every commit that was made before
 * the call. It is asked again when another process published meanwhile; `undefined` from it ends without a change. Gives the
 * generation that was published.
 */
export async function rewriteHistory(
  keeper: Keeper,
  plan: (generation: Generation) => HistoryEdit | undefined,
): Promise<NamedManifest | undefined> {
  const { machine, current, checkpoints } = keeper;
  const through = current.advance();
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    if (current.state.generation.manifest.seq < through) await checkpoints.run({ ignoreDirectoryLock: true });
    let isDone = false;
    const published = await checkpoints.rewrite(async (generation, isLost) => {
      // Another process was first to publish, and had begun before the last commits.
      if (generation.manifest.seq < through) return undefined;
      const edit = plan(generation);
      isDone = edit === undefined;
      return edit === undefined ? undefined : rewriteGeneration({ machine, current, generation, isLost }, edit);
    });
    if (isDone || published !== undefined) return published;
  }
  throw new StoreError("LOCK_TIMEOUT", "Cannot rewrite history: others publish generations faster than one is built", {
    hint: "Nothing was changed. Try again when fewer processes write.",
    retryable: true,
  });
}

/** The commits of a generation's history, each with its versions. */
export function* readHistory(
  { disk, paths }: Machine,
  { manifest }: Generation,
): Generator<EditedCommit & { readonly bytes: number }> {
  for (const run of manifest.history) {
    let commit: HistoryCommit | undefined;
    let versions: StoredVersion[] = [];
    let bytes = 0;
    for (const line of readHistoryRun(disk, paths.history(run.file), manifest.store)) {
      if (line.kind === "version") versions.push(line.version);
      else {
        if (commit !== undefined) yield { commit, versions, bytes };
        commit = line.commit;
        versions = [];
        bytes = 0;
      }
      bytes += line.length;
    }
    if (commit !== undefined) yield { commit, versions, bytes };
  }
}

/** Files of history, index and log that no reader of the current generation needs, and somebody still holds. */
export function heldFiles({ disk, paths }: Machine, { manifest }: NamedManifest): readonly string[] {
  const named = new Set([...manifest.history, ...manifest.index].map(({ file }) => file));
  return [
    ...disk
      .list(paths.historyDirectory)
      .filter((name) => !named.has(name))
      .map((name) => `history/${name}`),
    ...disk
      .list(paths.indexDirectory)
      .filter((name) => !named.has(name))
      .map((name) => `index/${name}`),
    ...disk
      .list(paths.walDirectory)
      .filter((name) => name.endsWith(".jsonl") && name < manifest.replay)
      .map((name) => `wal/${name}`),
  ];
}

interface RewriteContext {
  readonly machine: Machine;
  readonly current: CurrentState;
  readonly generation: Generation;
  readonly isLost: () => boolean;
}

async function rewriteGeneration(context: RewriteContext, edit: HistoryEdit): Promise<NamedManifest | undefined> {
  const { machine, current, generation } = context;
  const { log } = current;
  const { manifest } = generation;
  const construction = new Construction(machine.disk, machine.random);
  try {
    const history = await writeRuns(context, construction, edit);
    const build = new CheckpointBuild({ ...context, ...machine, definitions: manifest.definitions }, construction);
    build.replaceHistory(history, edit.historyFloor);
    await build.rebuildIndex();
    await build.mergeIndex();
    return await publish({ ...machine, log, generation }, construction, build.manifest(replayStart(manifest)));
  } catch (error) {
    construction.abandon();
    throw error;
  }
}

async function writeRuns(
  { machine, generation }: RewriteContext,
  construction: Construction,
  { edit }: HistoryEdit,
): Promise<readonly HistoryRunInfo[]> {
  const infos: HistoryRunInfo[] = [];
  let part: EditedCommit[] = [];
  let partBytes = 0;
  let count = 0;
  for (const { commit, versions, bytes } of readHistory(machine, generation)) {
    part.push(edit(commit, versions));
    partBytes += bytes;
    count += 1;
    if (count % YIELD_EVERY_COMMITS === 0) await nextTurn();
    if (partBytes < RUN_BYTES) continue;
    infos.push(await writeRun(machine, construction, generation.manifest.store, part));
    part = [];
    partBytes = 0;
  }
  if (part.length > 0) infos.push(await writeRun(machine, construction, generation.manifest.store, part));
  return infos;
}

async function writeRun(
  { paths }: Machine,
  construction: Construction,
  store: string,
  commits: readonly EditedCommit[],
): Promise<HistoryRunInfo> {
  const from = commits[0]?.commit.commit ?? 0;
  const through = commits.at(-1)?.commit.commit ?? 0;
  const made = construction.create(paths.historyDirectory, String(from).padStart(16, "0"), ".jsonl");
  const versions = writeCommits(new LineWriter(made.file), { store, from, through }, commits);
  await made.file.syncDataAsync();
  return { file: made.name, from, through, ...versions };
}

/** Writes a whole run. */
export function writeCommits(
  writer: LineWriter,
  header: { readonly store: string; readonly from: number; readonly through: number },
  commits: Iterable<EditedCommit>,
): { readonly bytes: number; readonly versions: number; readonly crc: string } {
  writer.write(encodeHistoryHeader(header));
  let count = 0;
  for (const { commit, versions } of commits) {
    writer.write(encodeHistoryCommit({ ...commit, versions: versions.length }));
    for (const version of versions) writer.write(encodeHistoryVersion(version));
    count += versions.length;
  }
  writer.flush();
  return { bytes: writer.offset, versions: count, crc: writer.crc };
}
