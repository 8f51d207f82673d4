// What a bare clone needs before anything runs: dependencies and a build. Both cost nothing when they are up to date.

import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

import { hashSources, isBuildFresh, writeBuildStamp } from "./build-stamp.mjs";
import { root, run, runTool } from "./processes.mjs";

/** The set-up failed for a reason that the message explains; nothing more can run. */
export class SetUpError extends Error {}

/**
 * Installs the workspace unless what is installed fits the lockfile. The rivals of the bench take a minute to compile,
 * so they are installed only for `bench`, and kept up to date from then on.
 *
 * @param {{ readonly bench: boolean }} options
 */
export async function install({ bench }) {
  assertNodeVersion();
  const wanted = hashDependencies();
  const benchWanted = bench || existsSync(stampPath("bench"));
  if (readStamp("install") === wanted && (!benchWanted || readStamp("bench") === wanted)) return;

  const first = !existsSync(stampPath("install"));
  process.stderr.write(`Installing ${first ? "(first run, up to a minute)" : "(dependencies changed)"} …\n`);
  for (const name of ["install", "bench"]) rmSync(stampPath(name), { force: true });
  const pnpm = readManifest("package.json").packageManager;
  const selection = benchWanted ? [] : ["--filter", "!@knotwork/bench"];
  const { exitCode, output } = await run("npx", ["--yes", pnpm, "install", "--frozen-lockfile", ...selection], {
    env: installEnvironment(),
    capture: true,
  });
  if (exitCode !== 0) throw new SetUpError(`${output}\n${explainFailedInstall()}`);

  writeFileSync(stampPath("install"), wanted);
  if (benchWanted) writeFileSync(stampPath("bench"), wanted);
}

/**
 * Compiles every package to its `dist/`, and bundles the command line. The compiler is incremental; with an up-to-date
 * build it is not even started.
 *
 * @returns {Promise<number>} the exit code of the compiler or the bundler; 0 means that the stamp fits dist/
 */
export async function build() {
  if (isBuildFresh()) return 0;
  process.stderr.write("Building …\n");
  const sourceHash = hashSources();
  // The command line stands at the top of the packages: building it builds them all, and no test.
  const exitCode = (await runTool("tsc", ["-b", "packages/cli"])) || (await bundleCommandLine());
  if (exitCode === 0) writeBuildStamp(sourceHash);
  return exitCode;
}

/** In a process of its own: the bundler is there only after the installation. */
async function bundleCommandLine() {
  const { exitCode } = await run(process.execPath, [join(root, "scripts", "bundle.mjs")]);
  return exitCode;
}

function assertNodeVersion() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new SetUpError(`Cannot run on Node ${process.versions.node}: Knotwork needs Node 20.19 or newer.`);
}

/** Changes whenever an install could give another result: other dependencies, settings, or another binary interface. */
function hashDependencies() {
  const manifests = ["package.json", "test/package.json", "bench/package.json", "examples/package.json"];
  for (const name of readdirSync(join(root, "packages")).toSorted()) manifests.push(`packages/${name}/package.json`);
  const hash = createHash("sha256").update(`${process.platform} ${process.arch} ${process.versions.modules}\n`);
  for (const path of ["pnpm-lock.yaml", "pnpm-workspace.yaml"]) hash.update(readFileSync(join(root, path)));
  for (const path of manifests.filter((manifest) => existsSync(join(root, manifest)))) {
    const { packageManager, dependencies, devDependencies } = readManifest(path);
    hash.update(JSON.stringify([path, packageManager, dependencies, devDependencies]));
  }
  return hash.digest("hex");
}

/** Without headers on the machine node-gyp asks nodejs.org for them; most installations of Node have them beside it. */
function installEnvironment() {
  const prefix = dirname(dirname(process.execPath));
  const headers = join(prefix, "include", "node", "node.h");
  return existsSync(headers) ? { npm_config_nodedir: prefix, ...process.env } : process.env;
}

function explainFailedInstall() {
  const needed = [["python3", "python"], ["make"], ["g++", "c++", "clang++"]];
  const missing = needed.filter((names) => !names.some(isOnPath)).map(([name]) => name);
  if (missing.length > 0) {
    return `Cannot install: fs-ext (the kernel file locks) is compiled on this machine, and ${missing.join(", ")} cannot be found on the PATH. Install what is missing (Debian, Ubuntu: apt-get install python3 make g++) and run the command again.`;
  }
  return "Cannot install: the output of pnpm above says why. The first run needs the npm registry; later runs do not.";
}

/** @param {string} program */
function isOnPath(program) {
  return (process.env["PATH"] ?? "").split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** @param {string} name */
function stampPath(name) {
  return join(root, "node_modules", `.knotwork-${name}`);
}

/** @param {string} name */
function readStamp(name) {
  return existsSync(stampPath(name)) ? readFileSync(stampPath(name), "utf8") : undefined;
}

/** @typedef {{ readonly packageManager: string, readonly dependencies?: object, readonly devDependencies?: object }} Manifest */

/** @param {string} path */
function readManifest(path) {
  return /** @type {Manifest} */ (JSON.parse(readFileSync(join(root, path), "utf8")));
}
