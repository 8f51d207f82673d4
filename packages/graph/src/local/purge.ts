/**
 * Removes the text of one entity from every file of the store: history, log, indexes, remembered results, quarantine. Ids,
 * versions and commits stay, with a mark, so that the chain still holds.
 */
import type { StoredVersion } from "../entity.ts";
import type { JsonValue } from "../json.ts";
import { assertPurgeable } from "../keep-graph.ts";
import type { PurgeOptions, PurgeReport } from "../keeping.ts";
import type { Generation } from "./generation.ts";
import type { HistoryCommit } from "./history-run.ts";
import type { Machine } from "./local-engine-options.ts";
import { purgeQuarantine } from "./purge-quarantine.ts";
import { heldFiles, readHistory, rewriteHistory } from "./rewrite-history.ts";
import type { Keeper } from "./rewrite-history.ts";
import { tellingTexts } from "./telling-texts.ts";

/** What stands where text was. */
export const PURGED_TEXT = "[purged]";

/** @throws GraphError NOT_DELETED when somebody has brought the entity back meanwhile: nothing was changed */
export async function purge(keeper: Keeper, id: string, options: PurgeOptions): Promise<PurgeReport> {
  const { machine } = keeper;
  const { disk, paths } = machine;
  let texts: ReadonlySet<string> = new Set();
  let versionsPurged = 0;
  let resultsPurged = 0;
  const quarantineCleaned = new Set<string>();
  const cleanQuarantine = (): void => {
    for (const file of purgeQuarantine(machine, id, texts)) quarantineCleaned.add(file);
  };
  const published = await rewriteHistory(keeper, (generation) => {
    versionsPurged = 0;
    resultsPurged = 0;
    const newest = generation.versionAt(id, generation.manifest.seq);
    assertPurgeable(id, newest, options);
    const kept = options.onlyOldVersions === true ? newest : undefined;
    const isPurged = (version: StoredVersion): boolean =>
      version.id === id && !version.deleted && version.seq !== kept?.seq;
    texts = textsOf(machine, generation, { isPurged, kept });
    const results = new ResultText(texts);
    // First: once history says nothing of the text any more, nobody knows what to look for.
    cleanQuarantine();
    return {
      historyFloor: generation.manifest.historyFloor,
      edit: (commit, versions) => {
        const isTouched = versions.some((version) => version.id === id && version.seq !== kept?.seq);
        const purgedCommit = results.purge(commit, isTouched);
        if (purgedCommit !== commit) resultsPurged += 1;
        if (!isTouched) return { commit: purgedCommit, versions };
        return { commit: purgedCommit, versions: versions.map((version) => purgeVersion(version)) };
      },
    };

    function purgeVersion(version: StoredVersion): StoredVersion {
      if (!isPurged(version)) return version;
      versionsPurged += 1;
      return { ...version, props: {}, purged: true };
    }
  });
  cleanQuarantine();
  // A power cut must not bring back the names of files that are gone.
  for (const directory of [paths.walDirectory, paths.historyDirectory, paths.indexDirectory, paths.manifestDirectory])
    disk.syncDirectory(directory);
  return {
    id,
    versionsPurged,
    resultsPurged,
    quarantineCleaned: [...quarantineCleaned],
    filesHeld: published === undefined ? [] : heldFiles(machine, published),
  };
}

/** The texts of the versions that are to be purged, without those that stay in the version that is kept. */
function textsOf(
  machine: Machine,
  generation: Generation,
  {
    isPurged,
    kept,
  }: { readonly isPurged: (version: StoredVersion) => boolean; readonly kept: StoredVersion | undefined },
): ReadonlySet<string> {
  const texts = new Set<string>();
  for (const { versions } of readHistory(machine, generation))
    for (const version of versions) if (isPurged(version)) collectTexts(version.props, texts);
  const staying = new Set<string>();
  if (kept !== undefined) collectTexts(kept.props, staying);
  for (const text of staying) texts.delete(text);
  return texts;
}

/** The texts in a value. */
function collectTexts(value: JsonValue, texts: Set<string>): void {
  if (typeof value === "string") texts.add(value);
  else if (Array.isArray(value)) for (const inner of value as readonly JsonValue[]) collectTexts(inner, texts);
  else if (typeof value === "object" && value !== null)
    for (const inner of Object.values(value as Readonly<Record<string, JsonValue>>)) collectTexts(inner, texts);
}

/** Takes texts out of remembered results: telling ones wherever they stand, short ones where a commit changed the entity. */
class ResultText {
  readonly #texts: ReadonlySet<string>;
  readonly #telling: readonly string[];

  constructor(texts: ReadonlySet<string>) {
    this.#texts = texts;
    this.#telling = tellingTexts(texts);
  }

  /** The same commit when its result holds none of the texts. */
  purge(commit: HistoryCommit, isTouched: boolean): HistoryCommit {
    if (commit.result === undefined) return commit;
    let isChanged = false;
    const result = JSON.parse(JSON.stringify(commit.result), (_name, value: unknown) => {
      if (typeof value !== "string") return value;
      const purged = isTouched && this.#texts.has(value) ? PURGED_TEXT : this.#without(value);
      isChanged ||= purged !== value;
      return purged;
    }) as NonNullable<HistoryCommit["result"]>;
    return isChanged ? { ...commit, result } : commit;
  }

  #without(value: string): string {
    return this.#telling.reduce((rest, text) => rest.replaceAll(text, () => PURGED_TEXT), value);
  }
}
