/**
 * `npm run bench [-- --quick] [--only WORDS] [--rounds N] [--dir DIR] [--out FILE]`: measures Knotwork beside its rivals, every
 * line of DESIGN section 9, and prints the tables. A full run writes them to bench/RESULTS.md, the chart to bench/chart.svg and
 * the summary of README.md. `--only` measures the parts or rows whose name holds the words; `--quick` takes small
 * stores and short rounds. A part that fails does not spoil the others: the report names it, and the exit code is 1.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { renderChart } from "./chart.mjs";
import { makeLargeStores } from "./large-stores.mjs";
import { describeMachine } from "./machine.mjs";
import { PARTS, partsFor } from "./parts.mjs";
import { replaceSection } from "./readme-section.mjs";
import { renderReport } from "./report.mjs";

/** `fewRounds`: of what is compared by CPU time, waits for sleeps, or takes long. */
const FULL = {
  quick: false,
  rounds: 5,
  fewRounds: 3,
  durationMs: 2400,
  warmUpMs: 6000,
  seedCount: 10_000,
  mediumCount: 100_000,
  largeCount: 1_000_000,
};
const QUICK = {
  quick: true,
  rounds: 2,
  fewRounds: 1,
  durationMs: 250,
  warmUpMs: 250,
  seedCount: 1000,
  mediumCount: 5000,
  largeCount: 20_000,
};

async function main() {
  const { values: options } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string" },
      rounds: { type: "string" },
      dir: { type: "string" },
      out: { type: "string" },
    },
  });
  const settings = { ...(options.quick ? QUICK : FULL) };
  if (options.rounds !== undefined) settings.rounds = Number(options.rounds);
  settings.fewRounds = Math.min(settings.fewRounds, settings.rounds);
  if (!Number.isInteger(settings.rounds) || settings.rounds < 1) throw new RangeError("--rounds wants a whole number");
  const parts = partsFor(options.only);
  if (parts.length === 0) {
    throw new Error(`No part or row is named "${options.only}". Parts: ${PARTS.map(({ name }) => name).join(", ")}`);
  }

  const scratchDir = mkdtempSync(join(options.dir ?? tmpdir(), "knotwork-bench-"));
  // Gigabytes, when it is ended in the middle.
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, () => {
      rmSync(scratchDir, { recursive: true, force: true, maxRetries: 5 });
      process.exit(1);
    });
  }
  try {
    const machine = describeMachine(scratchDir);
    const { tables, failures } = await runParts({ parts, settings, scratchDir });
    const results = { date: new Date().toISOString().slice(0, 10), machine, settings, tables, failures };
    const report = renderReport(results);
    console.log(report);
    if (options.out !== undefined) writeFileSync(options.out, report);
    else if (!options.quick && options.only === undefined) publish(results, report);
    process.exitCode = failures.length > 0 ? 1 : 0;
  } finally {
    rmSync(scratchDir, { recursive: true, force: true });
  }
}

async function runParts({ parts, settings, scratchDir }) {
  const largeStores = makeLargeStores({ scratchDir });
  const tables = [];
  const failures = [];
  /** What fails is named, and what comes after it goes on. */
  const attempt = async (name, run) => {
    try {
      return await run();
    } catch (error) {
      console.error(error);
      failures.push(`${name}: ${error.message}`);
      return undefined;
    }
  };
  for (const { name, wants, run } of parts) {
    const startedMs = performance.now();
    const made = await attempt(name, () => run({ ...settings, scratchDir, largeStores, wants, attempt }));
    tables.push(...(made ?? []));
    console.error(`${name}: ${((performance.now() - startedMs) / 1000).toFixed(0)} s`);
  }
  return { tables, failures };
}

/** Only a whole run is kept: figures of one moment, none by hand. */
function publish(results, report) {
  const path = (name) => fileURLToPath(new URL(name, import.meta.url));
  writeFileSync(path("RESULTS.md"), report);
  writeFileSync(path("chart.svg"), renderChart(results));
  writeFileSync(path("../README.md"), replaceSection(readFileSync(path("../README.md"), "utf8"), results));
}

await main();
