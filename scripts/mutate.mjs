// `npm run mutate`: plants one fault after the other in a copy of the sources and shows which test notices. The tests named
// with the faults must pass on the sound sources first.

import { appendFileSync } from "node:fs";

import { mutantsByPackage } from "./mutants/all-mutants.mjs";
import { Plantation } from "./mutants/plant.mjs";
import { UsageError } from "./start-arguments.mjs";

/** @typedef {import("./mutants/plant.mjs").Mutant} Mutant */

/** Two copies at work at once: one a core of the smallest machine this is run on. */
const copyCount = 2;

/**
 * With words given, only the faults whose name, file or package has one of them.
 *
 * @param {readonly string[]} words
 * @returns {Promise<number>} exit code: 0 when every fault was noticed
 */
export async function mutate(words) {
  const wanted = Object.entries(mutantsByPackage).flatMap(([part, mutants]) =>
    mutants.filter((mutant) => isWanted(part, mutant, words)).map((mutant) => ({ part, mutant })),
  );
  if (wanted.length === 0) throw new UsageError(`Cannot plant faults: none has ${words.join(" or ")} in its name`);
  const plantations = Array.from({ length: copyCount }, () => new Plantation());
  try {
    const [first] = plantations;
    if (
      first === undefined ||
      !(await isSound(
        first,
        wanted.map(({ mutant }) => mutant),
      ))
    )
      return 1;
    /** @type {Map<string, { killed: number, survived: number }>} */
    const tally = new Map();
    const queue = wanted.values();
    await Promise.all(plantations.map((plantation) => work(plantation, queue, tally)));
    return report(tally);
  } finally {
    for (const plantation of plantations) plantation.remove();
  }
}

/** @param {string} part @param {Mutant} mutant @param {readonly string[]} words */
function isWanted(part, { name, file }, words) {
  return words.length === 0 || words.some((word) => `${part} ${name} ${file}`.includes(word));
}

/** @param {Plantation} plantation @param {readonly Mutant[]} mutants */
async function isSound(plantation, mutants) {
  const { exitCode, output } = await plantation.compile();
  if (exitCode !== 0) {
    process.stdout.write(`${output}\nThe sound sources do not compile\n`);
    return false;
  }
  const files = [...new Set(mutants.flatMap(({ tests }) => tests))];
  const { failed, count, output: testOutput } = await plantation.test(files, { bail: false });
  if (failed === undefined && count > 0) {
    process.stdout.write(`${count} tests of ${files.length} files pass on the sound sources\n\n`);
    return true;
  }
  process.stdout.write(`${testOutput}\nThe tests fail on the sound sources: ${failed?.title ?? "none ran"}\n`);
  return false;
}

/**
 * @param {Plantation} plantation
 * @param {Iterator<{ part: string, mutant: Mutant }>} queue shared with the other copies
 * @param {Map<string, { killed: number, survived: number }>} tally
 */
async function work(plantation, queue, tally) {
  for (let next = queue.next(); next.done !== true; next = queue.next()) {
    const { part, mutant } = next.value;
    const counts = tally.get(part) ?? { killed: 0, survived: 0 };
    tally.set(part, counts);
    const verdict = await judge(plantation, mutant);
    if (verdict.killed) counts.killed += 1;
    else counts.survived += 1;
    const sign = verdict.killed ? "killed  " : "SURVIVED";
    process.stdout.write(`${sign}  ${part}: ${mutant.name}\n          ${verdict.by}\n`);
  }
}

/** @param {Plantation} plantation @param {Mutant} mutant @returns {Promise<{ killed: boolean, by: string }>} */
async function judge(plantation, mutant) {
  const restore = plantation.plant(mutant);
  try {
    const compiled = await plantation.compile();
    if (compiled.exitCode !== 0) return { killed: false, by: `it does not compile: ${compiled.output.trim()}` };
    const { failed, timedOut, output } = await plantation.test(mutant.tests, { bail: true });
    if (failed !== undefined) return { killed: true, by: `by "${failed.title}" (${failed.file})` };
    if (timedOut) return { killed: mutant.hangs === true, by: "the tests hang: nothing is acknowledged" };
    return {
      killed: false,
      by: `no test of ${mutant.tests.join(", ")} noticed${output.includes("Unhandled") ? ", but errors were not handled" : ""}`,
    };
  } finally {
    restore();
  }
}

/** @param {ReadonlyMap<string, { killed: number, survived: number }>} tally @returns {number} exit code */
function report(tally) {
  let killed = 0;
  let survived = 0;
  const figures = process.env["KNOT_FIGURES"];
  for (const [part, counts] of tally) {
    killed += counts.killed;
    survived += counts.survived;
    const figure = { proof: "mutants", part, count: counts.killed, wrong: counts.survived };
    if (figures !== undefined) appendFileSync(figures, `${JSON.stringify(figure)}\n`);
  }
  process.stdout.write(`\n${killed} of ${killed + survived} faults were noticed\n`);
  return survived === 0 ? 0 : 1;
}
