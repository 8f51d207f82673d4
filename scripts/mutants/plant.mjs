// A copy of the sources in which faults are planted, so that nobody's work is touched.

import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { root, run } from "../processes.mjs";

/**
 * A planted fault: one piece of the sources replaced by another that still compiles and does wrong.
 *
 * @typedef {object} Mutant
 * @property {string} name what the fault does
 * @property {string} file
 * @property {string} find stands in the file exactly once
 * @property {string} replace
 * @property {readonly string[]} tests files of the unit project that must notice, the likeliest first
 * @property {boolean} [hangs] true where the tests wait for ever; a run that hangs has noticed nothing otherwise
 */

/** @typedef {{ readonly title: string, readonly file: string }} FailedTest */
/** @typedef {{ name: string, status: string, message: string, assertionResults: { status: string, fullName: string }[] }} FileResult */

/** A run that takes longer hangs; the fault is then noticed, by nothing but the clock. */
const deadlineMs = 120_000;

const copied = ["packages", "test", "scripts", "examples", "package.json", "vitest.config.ts"];
const configs = ["tsconfig.json", "tsconfig.base.json", "README.md"];

export class Plantation {
  /** @type {string} */
  directory = mkdtempSync(join(tmpdir(), "knotwork-mutants-"));

  constructor() {
    for (const name of [...copied, ...configs]) {
      // Links of the workspace are relative: in the copy they lead to the copy.
      cpSync(join(root, name), join(this.directory, name), { recursive: true, verbatimSymlinks: true });
    }
    symlinkSync(join(root, "node_modules"), join(this.directory, "node_modules"));
  }

  /** @param {Mutant} mutant @returns {() => void} takes the fault away again */
  plant(mutant) {
    const path = join(this.directory, mutant.file);
    const sound = readFileSync(path, "utf8");
    writeFileSync(path, withFault(sound, mutant));
    return () => writeFileSync(path, sound);
  }

  /** Whether what is planted compiles. @returns {Promise<{ exitCode: number, output: string }>} */
  async compile() {
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    return await run(process.execPath, [tsc, "-b", ...packageNames.map((name) => `packages/${name}`)], {
      cwd: this.directory,
      capture: true,
    });
  }

  /**
   * Runs files of tests, up to the first failure.
   *
   * @param {readonly string[]} files
   * @param {{ bail: boolean }} options
   * @returns {Promise<{ readonly failed: FailedTest | undefined, readonly count: number, readonly timedOut: boolean, readonly output: string }>}
   */
  async test(files, { bail }) {
    const report = join(this.directory, "report.json");
    rmSync(report, { force: true });
    const vitest = join(root, "node_modules/vitest/vitest.mjs");
    const options = ["--project", "unit", "--reporter=json", `--outputFile=${report}`, ...(bail ? ["--bail=1"] : [])];
    const { output, timedOut } = await run(process.execPath, [vitest, "run", ...options, ...files], {
      cwd: this.directory,
      capture: true,
      timeoutMs: deadlineMs,
    });
    if (timedOut || !existsSync(report)) return { failed: undefined, count: 0, timedOut, output };
    const { numPassedTests, testResults } = /** @type {{ numPassedTests: number, testResults: FileResult[] }} */ (
      JSON.parse(readFileSync(report, "utf8"))
    );
    for (const { name, assertionResults, status, message } of testResults) {
      const bad = assertionResults.find((one) => one.status === "failed");
      const file = name.slice(this.directory.length + 1);
      if (bad !== undefined) return { failed: { title: bad.fullName, file }, count: numPassedTests, timedOut, output };
      if (status === "failed")
        return { failed: { title: firstLine(message), file }, count: numPassedTests, timedOut, output };
    }
    return { failed: undefined, count: numPassedTests, timedOut, output };
  }

  remove() {
    rmSync(this.directory, { recursive: true });
  }
}

const packageNames = ["disk", "wal", "indexer", "graph", "domain", "cli"];

/**
 * @param {string} text @param {Mutant} mutant
 * @throws {Error} when the place is not there exactly once: the sources have moved on, and the mutant must follow
 */
export function withFault(text, { name, file, find, replace }) {
  const parts = text.split(find);
  if (parts.length !== 2)
    throw new Error(`Cannot plant ${JSON.stringify(name)}: ${file} has its place ${parts.length - 1} times`);
  return parts.join(replace);
}

/** @param {string} text */
function firstLine(text) {
  return text.split("\n")[0] ?? "";
}
