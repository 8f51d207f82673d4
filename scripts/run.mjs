// The one program behind every npm script: sets the clone up as far as the command needs it, then runs the command.
// Built-in modules only: it runs before anything is installed. Progress goes to stderr, results to stdout.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { root, run, runTool } from "./processes.mjs";
import { mutate } from "./mutate.mjs";
import { prove } from "./prove.mjs";
import { SetUpError, build, install } from "./set-up.mjs";
import { UsageError, startArguments } from "./start-arguments.mjs";
import { addCounts, countReport, formatCount, nothingCounted, oneFailed } from "./test-count.mjs";

/** @type {Readonly<Record<string, (commandArguments: readonly string[]) => Promise<number>>>} */
const commands = {
  start,
  build: async () => (await install({ bench: false }), build()),
  check: async () => (await install({ bench: false }), failuresOf(checks)),
  format: async (paths) => (await install({ bench: false }), runTool("oxfmt", paths.length > 0 ? paths : ["."])),
  test: (filters) => test(["unit", "process"], filters),
  "test:unit": (filters) => runVitest("unit", filters),
  "test:long": (filters) => runVitest("long", filters),
  prove: (given) => prove(given, { test, others: [() => mutate([])] }),
  mutate: async (words) => (await install({ bench: false }), mutate(words)),
  bench,
};

/** Each is quick and needs no build. `tsc -b` at the root checks packages, tests and scripts alike. */
const checks = {
  format: () => runTool("oxfmt", ["--check", "."]),
  lint: () => runTool("oxlint", []),
  types: () => runTool("tsc", ["-b"]),
};

/** The main job: a session of many agents in a scratch store. @param {readonly string[]} given */
async function start(given) {
  const sessionArguments = startArguments(given, process.env);
  await install({ bench: false });
  return (await build()) || runNode("packages/cli/dist/session/main.js", sessionArguments);
}

/** @param {readonly string[]} benchArguments */
async function bench(benchArguments) {
  await install({ bench: true });
  return (await build()) || runNode("bench/run.mjs", benchArguments);
}

/**
 * Everything that must hold before a change is finished. Later parts run although earlier ones failed, so that one run
 * shows everything; the last line counts it.
 *
 * @param {readonly string[]} projects of vitest
 * @param {readonly string[]} filters for vitest; the checks run only without
 */
async function test(projects, filters) {
  await install({ bench: false });
  let count = nothingCounted;
  if (filters.length === 0) {
    for (let failures = await failuresOf(checks); failures > 0; failures -= 1) count = addCounts(count, oneFailed);
  }
  if ((await build()) !== 0) {
    count = addCounts(count, oneFailed);
  } else {
    for (const project of projects) count = addCounts(count, await countVitest(project, filters));
  }
  process.stdout.write(`\n${formatCount(count)}\n`);
  return count.failed > 0 ? 1 : 0;
}

/** @param {string} project @param {readonly string[]} filters */
async function runVitest(project, filters) {
  await install({ bench: false });
  if (project !== "unit" && (await build()) !== 0) return 1;
  return runTool("vitest", ["run", "--project", project, ...filters]);
}

/** @param {string} project @param {readonly string[]} filters */
async function countVitest(project, filters) {
  const directory = mkdtempSync(join(tmpdir(), "knotwork-test-"));
  const report = join(directory, "report.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  // A filter may mean files of one project only.
  const options = [...reporters, ...(filters.length > 0 ? ["--passWithNoTests"] : [])];
  const exitCode = await runTool("vitest", ["run", "--project", project, ...options, ...filters]);
  const count = countReport(report, exitCode);
  rmSync(directory, { recursive: true });
  return count;
}

/**
 * Runs all the checks and says which failed.
 *
 * @param {Readonly<Record<string, () => Promise<number>>>} wanted
 * @returns {Promise<number>} how many failed
 */
async function failuresOf(wanted) {
  let failures = 0;
  for (const [name, check] of Object.entries(wanted)) {
    if ((await check()) === 0) continue;
    failures += 1;
    process.stderr.write(`Check failed: ${name}${name === "format" ? ". Run: npm run format" : ""}\n`);
  }
  return failures;
}

/** @param {string} program path in the clone @param {readonly string[]} programArguments */
async function runNode(program, programArguments) {
  const env = { ...process.env, KNOT_CALLER_DIR: process.env["INIT_CWD"] ?? process.cwd() };
  const { exitCode } = await run(process.execPath, [join(root, program), ...programArguments], { env });
  return exitCode;
}

async function main() {
  const [name = "", ...commandArguments] = process.argv.slice(2);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    throw new UsageError(`Cannot run ${JSON.stringify(name)}: use one of ${Object.keys(commands).join(", ")}`);
  }
  return command(commandArguments);
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof SetUpError) && !(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
