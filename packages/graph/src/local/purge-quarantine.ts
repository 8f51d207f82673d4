/** Takes lines that name a purged entity, or hold its text, out of the files in quarantine. */
import { readWholeFile, writeFileAtomic } from "@knotwork/disk";
import { jsonText, LINE_FEED } from "@knotwork/wal";
import type { Machine } from "./local-engine-options.ts";
import { tellingTexts } from "./telling-texts.ts";

/** Gives the names of the files that were rewritten, durably. Of short texts only lines with the entity's own id go. */
export function purgeQuarantine(
  { disk, random, paths }: Machine,
  id: string,
  texts: ReadonlySet<string>,
): readonly string[] {
  const traces = [`"${id}"`, ...tellingTexts(texts).map((text) => jsonText(text).slice(1, -1))];
  const needles = traces.map((trace) => Buffer.from(trace, "utf8"));
  const cleaned: string[] = [];
  for (const name of disk.list(paths.quarantineDirectory)) {
    const path = `${paths.quarantineDirectory}/${name}`;
    const bytes = readWholeFile(disk, path) ?? Buffer.alloc(0);
    const kept = withoutTraces(bytes, needles);
    if (kept.length === bytes.length) continue;
    writeFileAtomic(disk, path, kept, { random });
    cleaned.push(`quarantine/${name}`);
  }
  return cleaned;
}

function withoutTraces(bytes: Buffer, needles: readonly Buffer[]): Buffer {
  const kept: Buffer[] = [];
  for (let start = 0; start < bytes.length;) {
    const feed = bytes.indexOf(LINE_FEED, start);
    const end = feed === -1 ? bytes.length : feed + 1;
    const line = bytes.subarray(start, end);
    if (!needles.some((needle) => line.includes(needle))) kept.push(line);
    start = end;
  }
  return Buffer.concat(kept);
}
