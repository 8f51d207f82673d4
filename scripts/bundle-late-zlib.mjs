// Stands in for `node:zlib` in the bundled command line, as `bundle-late-crypto.mjs` does for `node:crypto`: checksums are all that is used of it,
// and with it come Node's streams. A command that reads a little computes them here; one that reads much loads it after all.

/** What a store of a few entities needs. Code that just started takes nearly as long for it as zlib takes to load (1.4-4 ms beside 1.9-5). */
const BYTES_MAX = 32 * 1024;
const POLYNOMIAL = 0xedb88320;

/** @type {typeof import("node:zlib").crc32 | undefined} */
let native;
let computedBytes = 0;
/** @type {Int32Array | undefined} */
let table;

/** @type {typeof import("node:zlib").crc32} */
export function crc32(data, value = 0) {
  computedBytes += typeof data === "string" ? data.length : data.byteLength;
  if (native === undefined && computedBytes <= BYTES_MAX) return crcOf(data, value);
  native ??= process.getBuiltinModule("node:zlib").crc32;
  return native(data, value);
}

/**
 * CRC-32 of ISO 3309, a byte at a time by a table (as in RFC 1952, appendix 8).
 *
 * @param {string | NodeJS.ArrayBufferView} data @param {number} value
 */
export function crcOf(data, value = 0) {
  const bytes =
    typeof data === "string" ? Buffer.from(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const steps = (table ??= makeTable());
  let crc = ~value;
  for (let at = 0; at < bytes.length; at += 1) crc = (crc >>> 8) ^ (steps[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
  return ~crc >>> 0;
}

function makeTable() {
  const made = new Int32Array(256);
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
    made[byte] = crc;
  }
  return made;
}
