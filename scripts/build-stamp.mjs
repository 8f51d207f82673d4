// Says which sources the build in packages/*/dist was made from, so that tests which start processes can refuse a stale
// build (test/process/build-is-fresh.ts) instead of proving yesterday's code.

import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { root } from "./processes.mjs";

const stampPath = join(root, "node_modules", ".knotwork-build");

/** Records that dist/ now holds the build of `sourceHash`, taken before the compiler ran. @param {string} sourceHash */
export function writeBuildStamp(sourceHash) {
  writeFileSync(stampPath, `${sourceHash}\n`);
}

/** True when dist/ was built by `npm run build` from the sources as they are now. */
export function isBuildFresh() {
  return readFileIfPresent(stampPath).trim() === hashSources();
}

/** A hash over the names and bytes of what the build reads, but for the version of Node: caches made by another cost time only. */
export function hashSources() {
  const hash = createHash("sha256");
  for (const path of buildInputs()) {
    const bytes = readFileSync(join(root, path));
    hash.update(`${path} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest("hex");
}

/** Sources without tests, manifests, the compiler's settings; what is in the bundle beside them: the bundler's own files, and the
 * packages that the lockfile names. */
export function buildInputs() {
  const inputs = ["tsconfig.base.json", "pnpm-lock.yaml"];
  for (const name of readdirSync(join(root, "scripts")).toSorted()) {
    if (name.startsWith("bundle") && !name.endsWith(".test.ts")) inputs.push(`scripts/${name}`);
  }
  for (const name of readdirSync(join(root, "packages")).toSorted()) {
    inputs.push(`packages/${name}/tsconfig.json`, `packages/${name}/package.json`);
    const source = `packages/${name}/src`;
    for (const path of readdirSync(join(root, source), { recursive: true, encoding: "utf8" }).toSorted()) {
      if (path.endsWith(".ts") && !path.endsWith(".test.ts")) inputs.push(`${source}/${path}`);
    }
  }
  return inputs;
}

/** @param {string} path */
function readFileIfPresent(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}
