// Runs one command of a bundled command line and leaves a code cache beside each chunk it loaded: bundle.mjs calls it.
// Words: the start file of the bundle, then those of the command.
"use strict";

const { renameSync, writeFileSync } = require("node:fs");

const [, , startFile = "", ...words] = process.argv;

process.argv = [process.execPath, startFile, ...words];
const { loadedScripts } = /** @type {{ readonly loadedScripts: ReadonlyMap<string, import("node:vm").Script> }} */ (
  require(startFile)
);

process.on("exit", (exitCode) => {
  if (exitCode !== 0) return;
  for (const [filename, script] of loadedScripts) {
    const temporary = `${filename}.${process.pid}.tmp`;
    writeFileSync(temporary, script.createCachedData());
    renameSync(temporary, `${filename}.cache`);
  }
});
