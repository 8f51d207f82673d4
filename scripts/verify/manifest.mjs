// store.json, MANIFEST.json and the manifest it points to (docs/FORMAT.md, "store.json" and "Manifest").

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { NO_CRC, soundLine } from "./lines.mjs";

const STORE_FORMAT = 1;
const MANIFEST_FORMAT = 1;

/** @typedef {import("./problems.mjs").Problems} Problems */
/** @typedef {import("./index-keys.mjs").IndexDefinition} IndexDefinition */

/** @typedef {{ readonly file: string, readonly bytes: number, readonly from: number, readonly through: number, readonly versions: number, readonly crc?: string }} HistoryRun */
/** @typedef {{ readonly file: string, readonly bytes: number, readonly from: number, readonly through: number, readonly crc?: string }} IndexRun */

/**
 * @typedef {object} Manifest
 * @property {string} store
 * @property {number} generation
 * @property {number} seq the checkpoint
 * @property {string} recordCrc
 * @property {string} recordTime
 * @property {string} replay
 * @property {number} historyFloor
 * @property {readonly HistoryRun[]} history
 * @property {readonly IndexRun[]} index
 * @property {readonly IndexDefinition[]} definitions
 * @property {readonly string[]} complete names of the declared indexes whose entries for all of history are in the runs
 */

/** @param {string} dir @param {Problems} problems @returns {string | undefined} the id of the store */
export function readStoreId(dir, problems) {
  const header = readOneLine(join(dir, "store.json"), "store.json", problems);
  if (header === undefined) return undefined;
  if (header.value["format"] !== STORE_FORMAT) {
    problems.add(
      "STORE_HEADER",
      "store.json",
      `is of format ${String(header.value["format"])}; this verifier knows ${STORE_FORMAT}`,
    );
  }
  return String(header.value["store"]);
}

/** @param {string} dir @param {string} storeId @param {Problems} problems @returns {Manifest | undefined} */
export function readManifest(dir, storeId, problems) {
  const pointer = readOneLine(join(dir, "MANIFEST.json"), "MANIFEST.json", problems);
  if (pointer === undefined) return undefined;
  const name = `manifest/${String(pointer.value["file"])}`;
  const line = readOneLine(join(dir, name), name, problems);
  if (line === undefined) return undefined;
  const manifest = /** @type {Manifest} */ (/** @type {unknown} */ (line.value));
  if (line.value["manifest"] !== MANIFEST_FORMAT) problems.add("MANIFEST", name, "is not of manifest format 1");
  if (line.crc !== pointer.value["line"] || line.bytes !== pointer.value["bytes"]) {
    problems.add("MANIFEST", name, "is not the file that MANIFEST.json describes");
  }
  if (manifest.generation !== pointer.value["generation"])
    problems.add("MANIFEST", name, "is of another generation than MANIFEST.json says");
  if (manifest.store !== storeId) problems.add("MANIFEST", name, `belongs to store ${manifest.store}`);
  if (manifest.seq === 0 && manifest.recordCrc !== NO_CRC)
    problems.add("MANIFEST", name, "names a record before the first");
  checkRuns(manifest, name, problems);
  return manifest;
}

/**
 * Runs follow each other without a gap, up to the checkpoint.
 *
 * @param {Manifest} manifest @param {string} name @param {Problems} problems
 */
function checkRuns(manifest, name, problems) {
  let next = 1;
  for (const run of manifest.history) {
    if (run.from !== next || run.through < run.from) {
      problems.add(
        "MANIFEST",
        name,
        `has a history run ${run.file} from ${run.from} through ${run.through}, where ${next} should begin`,
      );
    }
    next = run.through + 1;
  }
  if (manifest.historyFloor > manifest.seq + 1)
    problems.add(
      "MANIFEST",
      name,
      `says that history is whole from ${manifest.historyFloor} on, which is still to come`,
    );
  if (next !== manifest.seq + 1) {
    problems.add("MANIFEST", name, `says that history reaches seq ${manifest.seq}, but its runs end at ${next - 1}`);
  }
}

/**
 * A file of one line.
 *
 * @param {string} path @param {string} name @param {Problems} problems
 * @returns {import("./lines.mjs").SoundLine & { readonly bytes: number } | undefined}
 */
function readOneLine(path, name, problems) {
  if (!existsSync(path)) {
    problems.add("FILE_MISSING", name, "is missing");
    return undefined;
  }
  const bytes = readFileSync(path);
  const line = bytes.indexOf(0x0a) === bytes.length - 1 ? soundLine(bytes, 0, bytes.length - 1) : undefined;
  if (line === undefined) problems.add("LINE", name, "is not one line with a right CRC");
  return line === undefined ? undefined : { ...line, bytes: bytes.length };
}
