/**
 * `npm run bench [-- --quick] [--only TEXT] [--rounds N] [--dir DIR] [--out FILE]`: prints commits per second of
 * Knotwork beside better-sqlite3, and writes the tables to bench/RESULTS.md (not with --quick or --only).
 *
 * Subjects take turns inside a round, so that a noisy neighbour hits all of them; compare only within one table.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { describeMachine } from "./machine.mjs";
import { renderReport } from "./report.mjs";
import { runRound } from "./round.mjs";
import { ROWS } from "./rows.mjs";

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string" },
    rounds: { type: "string" },
    dir: { type: "string" },
    out: { type: "string" },
  },
});
const settings = {
  rounds: options.rounds === undefined ? (options.quick ? 3 : 5) : Number(options.rounds),
  durationMs: options.quick ? 400 : 1500,
  seedCount: options.quick ? 2000 : 10_000,
};
const rows = ROWS.filter((row) => options.only === undefined || row.title.includes(options.only));
if (rows.length === 0) throw new Error(`No row's title contains "${options.only}"`);
if (!Number.isInteger(settings.rounds) || settings.rounds < 1) throw new RangeError("--rounds wants a whole number");

const scratchDir = mkdtempSync(join(options.dir ?? tmpdir(), "knotwork-bench-"));
try {
  const machine = describeMachine(scratchDir);
  const results = [];
  for (const row of rows) results.push({ row, rounds: await runRounds(row) });
  const report = renderReport({ date: new Date().toISOString().slice(0, 10), machine, settings, results });
  console.log(report);
  const out = options.out ?? (options.quick || options.only !== undefined ? undefined : "RESULTS.md");
  if (out !== undefined) writeFileSync(options.out ?? fileURLToPath(new URL("RESULTS.md", import.meta.url)), report);
} finally {
  rmSync(scratchDir, { recursive: true, force: true });
}

async function runRounds(row) {
  const rounds = [];
  for (let index = 0; index < settings.rounds; index += 1) {
    const round = {};
    for (const subject of turned(row.subjects, index)) {
      round[subject.name] = await runRound({ row, subject, scratchDir, ...settings });
      const rate = Math.round(round[subject.name].commitsPerSecond);
      console.error(`${row.title}: round ${index + 1}/${settings.rounds}, ${subject.name}: ${rate} commits/s`);
    }
    rounds.push(round);
  }
  return rounds;
}

/** Another subject goes first in each round. */
function turned(subjects, by) {
  return subjects.map((_, index) => subjects[(index + by) % subjects.length]);
}
