/**
 * `npm run bench [-- --quick] [--only TEXT] [--rounds N] [--dir DIR] [--out FILE]`: prints commits per second of
 * Knotwork beside better-sqlite3, and writes the tables to bench/RESULTS.md (not with --quick or --only).
 *
 * `--only commands` measures the commands of `knot` instead (commands.mjs), `--only notice` how soon another process's
 * commit is noticed (notice.mjs); a full run measures all.
 *
 * Subjects take turns inside a round, so that a noisy neighbour hits all of them; compare only within one table.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { benchCommands } from "./commands.mjs";
import { describeMachine } from "./machine.mjs";
import { benchNotice } from "./notice.mjs";
import { renderReport } from "./report.mjs";
import { runRound } from "./round.mjs";
import { ROWS } from "./rows.mjs";
import { benchTraversals } from "./traversals.mjs";

/** Benches of another shape than commits per second, by the name for `--only`: each gives a table of its own. */
const TABLES = { commands: benchCommands, notice: benchNotice, traversals: benchTraversals };

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
if (rows.length === 0 && TABLES[options.only] === undefined)
  throw new Error(`No row's title contains "${options.only}"`);
if (!Number.isInteger(settings.rounds) || settings.rounds < 1) throw new RangeError("--rounds wants a whole number");

const scratchDir = mkdtempSync(join(options.dir ?? tmpdir(), "knotwork-bench-"));
try {
  for (const [name, bench] of Object.entries(TABLES)) {
    if (options.only !== name && (options.only !== undefined || options.quick)) continue;
    console.log(await bench({ scratchDir, rounds: settings.rounds, quick: options.quick }));
  }
  if (rows.length > 0) await benchRows();
} finally {
  rmSync(scratchDir, { recursive: true, force: true });
}

async function benchRows() {
  const machine = describeMachine(scratchDir);
  const results = [];
  for (const row of rows) results.push({ row, rounds: await runRounds(row) });
  const report = renderReport({ date: new Date().toISOString().slice(0, 10), machine, settings, results });
  console.log(report);
  const out = options.out ?? (options.quick || options.only !== undefined ? undefined : "RESULTS.md");
  if (out !== undefined) writeFileSync(options.out ?? fileURLToPath(new URL("RESULTS.md", import.meta.url)), report);
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
