/**
 * What a store holds by its files alone, whatever is wrong with it: for each seq the commit that the chain of checksums proves, from
 * history or from the log, and what cannot be read.
 */
import { readWholeFile } from "@knotwork/disk";
import type { Disk } from "@knotwork/disk";
import type { OnKeepingProgress } from "../../keeping.ts";
import { scanLines } from "./scan-lines.ts";
import type { LineValue } from "./scan-lines.ts";
import { scanFile } from "./scan-files.ts";
import type { ScannedCommit, ScannedDamage } from "./scan-files.ts";

export interface StoreScan {
  /** By every file; `undefined` when no file tells. */
  readonly store: string | undefined;
  /** The current manifest, if it is sound. */
  readonly manifest: LineValue | undefined;
  readonly historyFloor: number;
  /** Proved commits by seq. */
  readonly commits: ReadonlyMap<number, ScannedCommit>;
  /** The last seq that can be told; commits up to it are proved, or lost. */
  readonly last: number;
  /** The CRC of the record of each lost commit that its successor tells. */
  readonly lost: ReadonlyMap<number, string | undefined>;
  /** Sound lines whose commit is not the one that its successor follows: edited, with their own checksum made to fit. */
  readonly forged: readonly ScannedCommit[];
  /** Seqs above `last` that were durable and are gone. */
  readonly lostThrough: number;
  /** Commits of one seq in two places, both sound. */
  readonly doubles: readonly (readonly [ScannedCommit, ScannedCommit])[];
  readonly damages: readonly ScannedDamage[];
  /** Bytes at the end of the log that nobody called durable. */
  readonly tailBytes: number;
  readonly durableSeq: number;
}

export interface ScanOptions {
  readonly disk: Disk;
  readonly dir: string;
  /** Look for what is missing in files that no manifest names, too. */
  readonly everywhere: boolean;
  readonly onProgress?: OnKeepingProgress;
}

/** @throws StoreError FORMAT_UNKNOWN: the store is of a newer format, and nothing is known of damage */
export function scanStore(options: ScanOptions): StoreScan {
  const { disk, dir } = options;
  const damages: ScannedDamage[] = [];
  const manifest = scanManifest(disk, dir, damages);
  const header = scanOneLine(disk, dir, "store.json", damages);
  const named = namedRuns(manifest);
  const historyFiles = listFiles(disk, dir, "history");
  const found = readFiles(options, [...(named ?? historyFiles), ...listFiles(disk, dir, "wal")], damages);
  const store = textOf(manifest?.["store"]) ?? textOf(header?.["store"]) ?? found.store;
  const manifestSeq = Number(manifest?.["seq"] ?? 0);
  const durableSeq = Math.max(manifestSeq, found.durable, scanMarks(disk, dir, store));
  const chain = chooseCommits(found.commits, { seq: manifestSeq, record: textOf(manifest?.["recordCrc"]) });
  if (options.everywhere && named !== undefined && chain.lost.size > 0) {
    const others = historyFiles.filter((file) => !named.includes(file));
    const more = readFiles(options, others, []).commits.filter(({ seq }) => chain.lost.has(seq));
    Object.assign(chain, chooseCommits([...found.commits, ...more], { seq: manifestSeq, record: undefined }));
  }
  const cut = cutTail(chain, durableSeq);
  const end = chain.commits.get(cut.last);
  const tailStart = end?.file === found.lastSegment ? (end?.end ?? 0) : 0;
  const isTail = ({ file, offset }: ScannedDamage): boolean =>
    file === found.lastSegment && offset >= tailStart && durableSeq <= cut.last;
  return {
    store,
    manifest,
    historyFloor: Number(manifest?.["historyFloor"] ?? 1),
    commits: chain.commits,
    last: cut.last,
    lost: chain.lost,
    forged: chain.forged,
    lostThrough: Math.max(durableSeq, cut.last),
    doubles: chain.doubles,
    damages: damages.filter((damage) => !isTail(damage)),
    tailBytes: damages.filter(isTail).reduce((sum, { bytes }) => sum + bytes, 0),
    durableSeq,
  };
}

interface Chain {
  commits: Map<number, ScannedCommit>;
  lost: Map<number, string | undefined>;
  forged: ScannedCommit[];
  doubles: (readonly [ScannedCommit, ScannedCommit])[];
  last: number;
}

/** From the last commit down: each is the one that its successor names by its checksum, history before log. */
function chooseCommits(
  candidates: readonly ScannedCommit[],
  known: { readonly seq: number; readonly record: string | undefined },
): Chain {
  const bySeq = new Map<number, ScannedCommit[]>();
  for (const commit of candidates) bySeq.set(commit.seq, [...(bySeq.get(commit.seq) ?? []), commit]);
  const last = [...bySeq.keys()].reduce((max, seq) => Math.max(max, seq), 0);
  const chain: Chain = { commits: new Map(), lost: new Map(), forged: [], doubles: [], last };
  let expected: string | undefined;
  for (let seq = last; seq >= 1; seq -= 1) {
    if (expected === undefined && seq === known.seq) expected = known.record;
    const all = bySeq.get(seq) ?? [];
    const proved = all.filter(({ record }) => expected === undefined || record === expected).sort(byWorth);
    const [best, other] = proved;
    chain.forged.push(...all.filter((commit) => !proved.includes(commit)));
    if (best === undefined) chain.lost.set(seq, expected);
    else chain.commits.set(seq, best);
    if (best !== undefined && other !== undefined && best.unreadable === 0) chain.doubles.push([best, other]);
    expected = best?.prev;
  }
  return chain;
}

function byWorth(a: ScannedCommit, b: ScannedCommit): number {
  return a.unreadable - b.unreadable || Number(a.source === "log") - Number(b.source === "log");
}

/** R1: behind the first commit that cannot be read, nothing counts unless something durable reaches that far. */
function cutTail(chain: Chain, durableSeq: number): { readonly last: number } {
  let first: number | undefined;
  for (const seq of chain.lost.keys()) first = Math.min(first ?? seq, seq);
  if (first === undefined || durableSeq >= first) return { last: chain.last };
  for (let seq = first; seq <= chain.last; seq += 1) {
    chain.commits.delete(seq);
    chain.lost.delete(seq);
  }
  return { last: first - 1 };
}

interface FoundFiles {
  readonly commits: readonly ScannedCommit[];
  readonly durable: number;
  readonly store: string | undefined;
  readonly lastSegment: string | undefined;
}

function readFiles(
  { disk, dir, onProgress }: ScanOptions,
  files: readonly string[],
  damages: ScannedDamage[],
): FoundFiles {
  const commits: ScannedCommit[] = [];
  let durable = 0;
  let store: string | undefined;
  for (const [index, file] of files.entries()) {
    onProgress?.({ step: "scan", done: index, total: files.length });
    const scanned = scanFile(disk, dir, file);
    if (scanned === undefined) {
      if (!file.startsWith("wal/")) damages.push({ file, offset: 0, bytes: 0, what: "the file is missing" });
      continue;
    }
    if (store !== undefined && scanned.store !== undefined && scanned.store !== store) {
      damages.push({ file, offset: 0, bytes: 0, what: `the file belongs to store ${scanned.store}` });
      continue;
    }
    commits.push(...scanned.commits);
    damages.push(...scanned.damages);
    durable = Math.max(durable, scanned.durable);
    store ??= scanned.store;
  }
  return { commits, durable, store, lastSegment: files.findLast((file) => file.startsWith("wal/")) };
}

function scanManifest(disk: Disk, dir: string, damages: ScannedDamage[]): LineValue | undefined {
  const pointer = scanOneLine(disk, dir, "MANIFEST.json", damages);
  if (pointer === undefined) return undefined;
  const manifest = scanOneLine(disk, dir, `manifest/${String(pointer["file"])}`, damages);
  if (manifest === undefined || manifest["crc"] === pointer["line"]) return manifest;
  damages.push({
    file: `manifest/${String(pointer["file"])}`,
    offset: 0,
    bytes: 0,
    what: "not the file that MANIFEST.json names",
  });
  return undefined;
}

function scanOneLine(disk: Disk, dir: string, file: string, damages: ScannedDamage[]): LineValue | undefined {
  const bytes = readWholeFile(disk, `${dir}/${file}`);
  const [line] = bytes === undefined ? [] : [...scanLines(bytes)];
  if (line?.sound !== undefined) return line.sound.value;
  damages.push({
    file,
    offset: 0,
    bytes: bytes?.length ?? 0,
    what: bytes === undefined ? "the file is missing" : "a line with a wrong checksum",
  });
  return undefined;
}

function namedRuns(manifest: LineValue | undefined): readonly string[] | undefined {
  const history = manifest?.["history"] as readonly { readonly file: string }[] | undefined;
  return history?.map(({ file }) => `history/${file}`);
}

function listFiles(disk: Disk, dir: string, directory: string): readonly string[] {
  if (disk.stat(`${dir}/${directory}`) === undefined) return [];
  return disk
    .list(`${dir}/${directory}`)
    .filter((name) => name.endsWith(".jsonl"))
    .map((name) => `${directory}/${name}`);
}

/** The highest mark of `wal/durable` that names this store. */
function scanMarks(disk: Disk, dir: string, store: string | undefined): number {
  const bytes = readWholeFile(disk, `${dir}/wal/durable`);
  let mark = 0;
  for (let start = 0; bytes !== undefined && start < Math.min(bytes.length, 1024); start += 512) {
    const [line] = [...scanLines(bytes.subarray(start, start + 512))];
    const value = line?.sound?.value;
    if (value?.["store"] === store) mark = Math.max(mark, Number(value?.["mark"] ?? 0));
  }
  return mark;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
