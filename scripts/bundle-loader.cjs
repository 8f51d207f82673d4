// How the bundled command line starts: each chunk is compiled with the code cache that the build left beside it. V8 rejects
// a cache of another Node version, and then compiles as usual. A chunk's name has a hash of its content: a cache never
// meets another text. `bundle.mjs` puts the name of the first chunk at the end of this file.
"use strict";

const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const path = require("node:path");
const { Script } = require("node:vm");

/** @type {Map<string, { exports: unknown }>} */
const modules = new Map();
/** By the file name of their chunk. @type {Map<string, Script>} */
const loadedScripts = new Map();
const requireOutside = createRequire(__filename);

/** @param {string} chunk such as `./main-1a2b3c.cjs` @returns {unknown} */
function loadChunk(chunk) {
  const known = modules.get(chunk);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  modules.set(chunk, module);
  const filename = path.join(__dirname, chunk);
  const source = `(function(exports,require,module,__filename,__dirname){${readFileSync(filename, "latin1")}\n})`;
  const script = new Script(source, { filename, cachedData: readCache(`${filename}.cache`) });
  const run = /** @type {(...given: readonly unknown[]) => void} */ (script.runInThisContext());
  run(module.exports, requireFromChunk, module, filename, __dirname);
  loadedScripts.set(filename, script);
  return module.exports;
}

/** @param {string} name @returns {unknown} */
function requireFromChunk(name) {
  return name.startsWith("./") ? loadChunk(name) : requireOutside(name);
}

/** @param {string} file */
function readCache(file) {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** @param {string} chunk */
function start(chunk) {
  if (process.env["KNOT_DEBUG"] === "1") {
    // Node reads the source maps of what it loads itself.
    process.setSourceMapsEnabled(true);
    requireOutside(chunk);
  } else {
    loadChunk(chunk);
  }
}

module.exports = { loadedScripts, start };
