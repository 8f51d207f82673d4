// Verifies a store without the engine: node scripts/verify-store.mjs STORE [--acknowledgements DIR]
//
// Reads every file by docs/FORMAT.md and checks: each CRC, the chain of records, gapless seq, one version after the other,
// history equal to the log, the index equal to both, claims that never overlap, and, given what agents wrote down when
// their commits were acknowledged, that each of these commits is there once. Built-in modules only; imports nothing of
// packages/. The store should be at rest. Exit code: 0 sound, 1 problems found, 2 called wrongly.

import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { checkAcknowledged, readAcknowledgements } from "./verify/acknowledgements.mjs";
import { checkCompletions, replayClaims } from "./verify/claims.mjs";
import { checkIndex } from "./verify/index-check.mjs";
import { Problems } from "./verify/problems.mjs";
import { readStore } from "./verify/store.mjs";

const usage = "node scripts/verify-store.mjs STORE [--acknowledgements DIR]";
const PROBLEMS_SHOWN_MAX = 50;

process.exitCode = main(process.argv.slice(2));

/** @param {readonly string[]} argv */
function main(argv) {
  const { values, positionals } = parseArgs({
    args: [...argv],
    options: { acknowledgements: { type: "string" } },
    allowPositionals: true,
  });
  const [dir] = positionals;
  if (dir === undefined || positionals.length > 1 || !existsSync(dir)) {
    process.stderr.write(dir === undefined ? `Usage: ${usage}\n` : `Cannot verify ${dir}: there is no such store\n`);
    return 2;
  }
  const problems = new Problems();
  const lines = verify(dir, values.acknowledgements, problems);
  print(lines, problems);
  return problems.all.length === 0 ? 0 : 1;
}

/** @param {string} dir @param {string | undefined} acknowledgementsDir @param {Problems} problems @returns {readonly string[]} */
function verify(dir, acknowledgementsDir, problems) {
  const store = readStore({ dir, problems });
  const { commits, definitions, indexRuns, facts } = store;
  const indexEntries = checkIndex(store, problems);
  const { completions, claimCount } = replayClaims(commits, problems);
  const versions = commits.reduce((sum, commit) => sum + commit.versions.length, 0);
  const lines = [
    `commits     ${commits.length}, seq 1 to ${commits.at(-1)?.seq ?? 0}, ${versions} versions; checkpoint at seq ${facts.checkpointSeq} (generation ${facts.generation})`,
    `log         ${counted(facts.segments, "segment")}${facts.unfinishedBytes > 0 ? `, ${facts.unfinishedBytes} bytes of an unfinished line at the end` : ""}`,
    `index       ${indexEntries} entries in ${counted(indexRuns.length, "run")}, ${definitions.length} declared indexes`,
    `claims      ${claimCount} taken, ${completions.length} tasks completed`,
  ];
  if (acknowledgementsDir === undefined) return lines;
  const { acknowledgements, runs } = readAcknowledgements(acknowledgementsDir, problems);
  checkAcknowledged({ acknowledgements, commits, problems });
  checkCompletions({ completions, acknowledgements, runs, problems });
  return [...lines, `promises    ${acknowledgements.length} acknowledged commits looked up`];
}

/** @param {number} count @param {string} what */
function counted(count, what) {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** @param {readonly string[]} lines @param {Problems} problems */
function print(lines, problems) {
  const found = problems.all;
  for (const line of lines) process.stdout.write(`${line}\n`);
  for (const { code, where, message } of found.slice(0, PROBLEMS_SHOWN_MAX))
    process.stdout.write(`${code}  ${where}: ${message}\n`);
  if (found.length > PROBLEMS_SHOWN_MAX) process.stdout.write(`… and ${found.length - PROBLEMS_SHOWN_MAX} more\n`);
  process.stdout.write(`${found.length} problems\n`);
}
