/**
 * Removes the text of one entity from every file of the store: history, log, indexes, remembered results, quarantine. Ids,
 * versions and commits stay, with a mark, so that the chain still holds.
 */
import type { StoredVersion } from "../entity.ts";
import type { JsonValue } from "../json.ts";
import type { PurgeOptions, PurgeReport } from "../keeping.ts";
import type { HistoryCommit } from "./history-run.ts";
import { purgeQuarantine } from "./purge-quarantine.ts";
import { heldFiles, readHistory, rewriteHistory } from "./rewrite-history.ts";
import type { Keeper } from "./rewrite-history.ts";

/** What stands where text was. */
export const PURGED_TEXT = "[purged]";

export async function purge(keeper: Keeper, id: string, options: PurgeOptions): Promise<PurgeReport> {
  const { machine } = keeper;
  const { disk, paths } = machine;
  const texts = new Set<string>();
  let versionsPurged = 0;
  let resultsPurged = 0;
  const published = await rewriteHistory(keeper, (generation) => {
    versionsPurged = 0;
    resultsPurged = 0;
    const newest = generation.versionAt(id, generation.manifest.seq)?.seq ?? 0;
    const lastPurged = options.onlyOldVersions === true ? newest - 1 : newest;
    for (const { versions } of readHistory(machine, generation))
      for (const version of versions)
        if (version.id === id && version.seq <= lastPurged) collectTexts(version.props, texts);
    return {
      historyFloor: generation.manifest.historyFloor,
      edit: (commit, versions) => {
        const isTouched = versions.some((version) => version.id === id && version.seq <= lastPurged);
        if (!isTouched) return { commit, versions };
        const purgedCommit = purgeResult(commit, texts);
        if (purgedCommit !== commit) resultsPurged += 1;
        return { commit: purgedCommit, versions: versions.map((version) => purgeVersion(version)) };
      },
    };

    function purgeVersion(version: StoredVersion): StoredVersion {
      if (version.id !== id || version.deleted || version.seq > lastPurged) return version;
      versionsPurged += 1;
      return { ...version, props: {}, purged: true };
    }
  });
  const quarantineCleaned = purgeQuarantine(machine, id, texts);
  // A power cut must not bring back the names of files that are gone.
  for (const directory of [paths.walDirectory, paths.historyDirectory, paths.indexDirectory, paths.manifestDirectory])
    disk.syncDirectory(directory);
  return {
    id,
    versionsPurged,
    resultsPurged,
    quarantineCleaned,
    filesHeld: published === undefined ? [] : heldFiles(machine, published),
  };
}

/** The texts in a value, names of members included. */
function collectTexts(value: JsonValue, texts: Set<string>): void {
  if (typeof value === "string") texts.add(value);
  else if (Array.isArray(value)) for (const inner of value as readonly JsonValue[]) collectTexts(inner, texts);
  else if (typeof value === "object" && value !== null)
    for (const inner of Object.values(value as Readonly<Record<string, JsonValue>>)) collectTexts(inner, texts);
}

/** The same commit when its result holds none of the texts. */
function purgeResult(commit: HistoryCommit, texts: ReadonlySet<string>): HistoryCommit {
  if (commit.result === undefined) return commit;
  let isChanged = false;
  const result = JSON.parse(JSON.stringify(commit.result), (_name, value: unknown) => {
    if (typeof value !== "string" || !texts.has(value)) return value;
    isChanged = true;
    return PURGED_TEXT;
  }) as NonNullable<HistoryCommit["result"]>;
  return isChanged ? { ...commit, result } : commit;
}
