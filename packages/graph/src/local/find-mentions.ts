/**
 * Finds which entities may hold some texts, without reading them one by one: the lines of history, and of the log behind
 * it, are looked through as bytes. What is found has to be read and judged; what is not found holds them nowhere.
 */
import { crc32 } from "node:zlib";
import { LINE_FEED } from "@knotwork/wal";
import type { Generation } from "./generation.ts";
import type { HistoryRun } from "./history-run.ts";
import type { HistoryRunInfo } from "./manifest.ts";
import type { Overlay } from "./overlay.ts";
import { foldBytes, mayHold, probeOf, type TextProbe } from "./text-probe.ts";

const chunkBytes = 4 * 1024 * 1024;

/** Enough for what stands before the properties of a version. */
const headBytes = 200;
const versionHead = /^\{"crc":"[0-9a-f]{8}","id":"([^"\\]+)"/;
const commitHead = /^\{"crc":"[0-9a-f]{8}","commit":/;

export interface MentionsRequest {
  readonly generation: Generation;
  readonly overlay: Overlay;
  readonly seq: number;
  /** In lower case. */
  readonly texts: readonly string[];
}

/**
 * Ids among which are those of all live entities that hold each of the texts. `undefined` when this cannot be told: the
 * texts have nothing to look for, or history is not, byte for byte, what the manifest says.
 */
export function findMentions({ generation, overlay, seq, texts }: MentionsRequest): ReadonlySet<string> | undefined {
  const probes = texts.flatMap((text) => probeOf(text) ?? []);
  probes.sort((a, b) => b.folded.length - a.folded.length);
  if (probes.length === 0) return undefined;
  const ids = new Set<string>();
  for (const { info, run } of generation.openHistory()) if (!searchRun({ info, run, probes, ids })) return undefined;
  for (let at = overlay.base + 1; at <= seq; at += 1) {
    const commit = overlay.commit(at);
    if (commit === undefined) return undefined;
    if (!holdsAll(foldBytes(overlay.readLine(commit)), probes)) continue;
    for (const version of commit.versions) {
      if (version.op === "delete") continue;
      if (holdsAll(`${version.id.toLowerCase()}\n${foldBytes(overlay.readBody(version))}`, probes)) ids.add(version.id);
    }
  }
  return ids;
}

interface RunSearch {
  readonly info: HistoryRunInfo;
  readonly run: HistoryRun;
  readonly probes: readonly TextProbe[];
  readonly ids: Set<string>;
}

/** False when the run is not what the manifest says: what its lines do not hold now they may have held. */
function searchRun({ info, run, probes, ids }: RunSearch): boolean {
  if (info.crc === undefined) return false;
  let buffer = Buffer.allocUnsafe(chunkBytes);
  let crc = 0;
  for (let offset = 0; offset < info.bytes;) {
    const wanted = Math.min(buffer.length, info.bytes - offset);
    if (run.read(buffer, wanted, offset) < wanted) return false;
    const end = buffer.lastIndexOf(LINE_FEED, wanted - 1) + 1;
    if (end === 0) {
      if (offset + wanted === info.bytes) return false;
      buffer = Buffer.allocUnsafe(2 * buffer.length);
      continue;
    }
    const lines = buffer.subarray(0, end);
    crc = crc32(lines, crc);
    searchLines(lines, probes, ids);
    offset += end;
  }
  return crc.toString(16).padStart(8, "0") === info.crc;
}

/** Only lines that the longest probe leads to are looked at for the others. */
function searchLines(lines: Buffer, probes: readonly TextProbe[], ids: Set<string>): void {
  const [first, ...others] = probes;
  if (first === undefined) return;
  const folded = foldBytes(lines);
  for (const wanted of [first.folded, ...first.strangers]) {
    for (let at = folded.indexOf(wanted); at !== -1;) {
      const start = folded.lastIndexOf("\n", at) + 1;
      const end = folded.indexOf("\n", at);
      if (others.length === 0 || holdsAll(folded.slice(start, end), others)) {
        const id = idOfLine(lines.subarray(start, end));
        if (id !== undefined) ids.add(id);
      }
      at = folded.indexOf(wanted, end);
    }
  }
}

function holdsAll(folded: string, probes: readonly TextProbe[]): boolean {
  return probes.every((probe) => mayHold(folded, probe));
}

/** The id of a version's line; `undefined` for other lines. */
function idOfLine(line: Buffer): string | undefined {
  const head = line.toString("latin1", 0, headBytes);
  const id = versionHead.exec(head)?.[1];
  if (id !== undefined || commitHead.test(head)) return id;
  const object = JSON.parse(line.toString("utf8")) as { readonly id?: unknown };
  return typeof object.id === "string" ? object.id : undefined;
}
