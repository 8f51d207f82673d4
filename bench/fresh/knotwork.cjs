// Starts the bundle that `fresh-process.mjs` made, compiled with its code cache, as `bin/knot` starts the command line.
globalThis.freshStartMs = performance.now();
const { existsSync, readFileSync, writeFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { Script } = require("node:vm");

const filename = process.env.BENCH_FRESH_BUNDLE;
const cache = `${filename}.cache`;
const source = `(function(exports,require,module,__filename,__dirname){${readFileSync(filename, "latin1")}\n})`;
const script = new Script(source, { filename, ...(existsSync(cache) ? { cachedData: readFileSync(cache) } : {}) });
const own = { exports: {} };
script.runInThisContext()(own.exports, createRequire(filename), own, filename, __dirname);
// Once, by the run that warms it up: with the functions it called.
if (!existsSync(cache)) process.once("exit", () => writeFileSync(cache, script.createCachedData()));
