/**
 * A fresh process that reads one entity of a large store and ends: the whole, beside `node -e 0`, and the part inside, from the
 * first line of the program to the answer. For Knotwork the whole is `knot show ID`; the inside is its library, bundled and
 * compiled from a cache as the command line is.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { format, roundsOf } from "./claims.mjs";
import { taskId } from "./command-workload.mjs";
import { median, turned } from "./statistics.mjs";
import { seedId } from "./workload.mjs";

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const NOTHING = "node -e 0";
const KNOT = "Knotwork: `knot show ID --json`";
const INSIDE = "Knotwork: the library, bundled";
const SQLITE = "SQLite";
const ROUNDS = 15;
const ROUNDS_QUICK = 5;

export async function benchFreshProcess({ scratchDir, largeStores, largeCount, quick }) {
  const runs = await makeRuns({ scratchDir, largeStores, largeCount });
  const rounds = [];
  // The first run reads the files into the memory of the system, and makes the code cache.
  for (const run of runs) once(run);
  for (let index = 0; index < (quick ? ROUNDS_QUICK : ROUNDS); index += 1) {
    const round = {};
    for (const run of turned(runs, index)) round[run.name] = once(run);
    rounds.push(round);
  }
  const memory = await measureList({ scratchDir, largeStores, largeCount });
  return [tableOf({ rounds, runs, largeCount }), memoryTable({ memory, largeCount })];
}

async function makeRuns({ scratchDir, largeStores, largeCount }) {
  const bundle = await bundleKnotwork(scratchDir);
  const id = seedId(Math.floor(largeCount / 2));
  const stored = async (subject) => join(await largeStores.dirOf(subject, largeCount), "store");
  const domain = await stored("knotwork-domain");
  const env = { ...process.env, KNOT_STORE: domain, KNOT_AGENT: "bench", BENCH_FRESH_BUNDLE: bundle };
  return [
    { name: NOTHING, argv: ["-e", "0"], env },
    { name: KNOT, argv: [path("../bin/knot"), "show", taskId(Math.floor(largeCount / 5)), "--json"], env },
    { name: INSIDE, argv: [path("fresh/knotwork.cjs"), await stored("knotwork"), id], env, isInside: true },
    { name: SQLITE, argv: [path("fresh/sqlite.cjs"), await stored("sqlite"), id], env, isInside: true },
    { name: "LMDB", argv: [path("fresh/lmdb.cjs"), await stored("lmdb"), id], env, isInside: true },
    { name: "LevelDB", argv: [path("fresh/level.cjs"), await stored("level"), id], env, isInside: true },
  ];
}

function once({ name, argv, env, isInside }) {
  const startedMs = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { env, encoding: "utf8" });
  const wholeMs = performance.now() - startedMs;
  if (status !== 0) throw new Error(`${name}: exit ${status}: ${stderr}${stdout}`);
  if (!isInside) return { wholeMs };
  const { id, ms } = JSON.parse(stdout);
  if (id !== argv.at(-1)) throw new Error(`${name}: the entity was not found`);
  return { wholeMs, insideMs: ms };
}

/** One file, native code left outside. */
async function bundleKnotwork(scratchDir) {
  const dir = join(scratchDir, "fresh-bundle");
  mkdirSync(dir, { recursive: true });
  const file = join(dir, "knotwork.cjs");
  const build = await rolldown({
    input: path("fresh/knotwork-source.mjs"),
    platform: "node",
    external: ["fs-ext", "proper-lockfile"],
    plugins: [{ name: "native code is found from the disk package", resolveId: resolveNative }],
    resolve: { conditionNames: ["@knotwork/source", "module", "node", "import", "default"] },
  });
  const minify = { compress: false, mangle: false, codegen: { removeWhitespace: true } };
  const { output } = await build.generate({ format: "cjs", codeSplitting: false, minify });
  // As in the bundle of the command line: without UTF-8 to decode.
  const escape = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  writeFileSync(file, output[0].code.replaceAll(/[^\x20-\x7e\n]/g, escape), "latin1");
  await build.close();
  return file;
}

const requireFromDisk = createRequire(path("../packages/disk/package.json"));

function resolveNative(name) {
  return name === "fs-ext" || name === "proper-lockfile" ? { id: requireFromDisk.resolve(name), external: true } : null;
}

function tableOf({ rounds, runs, largeCount }) {
  const measure = `fresh process, ${largeCount.toLocaleString("en-US")} entities, one read`;
  const ratios = (name, field, rival) => rounds.map((round) => round[name][field] / round[rival][field]);
  return {
    title: measure,
    notes: [`${roundsOf(rounds.length)}. Inside: from the first line of the program to the answer.`],
    columns: ["process", "whole ms", "[min..max]", "÷ `node -e 0`", "inside ms", "[min..max]"],
    rows: runs.map(({ name, isInside }) => {
      const spread = (field) => {
        const its = rounds.map((round) => round[name][field]);
        return [format(median(its)), `[${format(Math.min(...its))}..${format(Math.max(...its))}]`];
      };
      return [
        name.startsWith("Knotwork") ? `**${name}**` : name,
        ...spread("wholeMs"),
        median(ratios(name, "wholeMs", NOTHING)).toFixed(2),
        ...(isInside ? spread("insideMs") : ["", ""]),
      ];
    }),
    claims: [
      {
        measure,
        compared: "whole `knot show ID` ÷ `node -e 0`",
        values: ratios(KNOT, "wholeMs", NOTHING),
        direction: "at most",
        gate: 1.25,
        goal: 1.12,
        unit: "×",
      },
      {
        measure,
        compared: "time inside ÷ SQLite",
        values: ratios(INSIDE, "insideMs", SQLITE),
        direction: "at most",
        goal: 0.2,
        unit: "×",
        isCharted: true,
      },
    ],
  };
}

/** The memory of `knot task list -n 10`, and of a process that does nothing. */
async function measureList({ scratchDir, largeStores, largeCount }) {
  const store = join(await largeStores.dirOf("knotwork-domain", largeCount), "store");
  const file = join(scratchDir, "memory");
  const env = { ...process.env, KNOT_STORE: store, BENCH_MEMORY_FILE: file };
  const peakOf = (argv) => {
    const { status, stdout } = spawnSync(process.execPath, ["--require", path("fresh/report-memory.cjs"), ...argv], {
      env,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`${argv.join(" ")}: exit ${status}: ${stdout}`);
    return { stdout, peakMb: Number(readFileSync(file, "utf8")) / 1e6 };
  };
  const list = [];
  const nothing = [];
  for (let count = 0; count < ROUNDS_QUICK; count += 1) {
    const { stdout, peakMb } = peakOf([path("../bin/knot"), "task", "list", "-n", "10", "--json"]);
    if (JSON.parse(stdout).data.items.length !== 10) throw new Error(`knot task list: ${stdout}`);
    list.push(peakMb);
    nothing.push(peakOf(["-e", "0"]).peakMb);
  }
  return { list, nothing };
}

function memoryTable({ memory, largeCount }) {
  const measure = `memory of \`knot task list -n 10\`, ${largeCount.toLocaleString("en-US")} entities`;
  return {
    title: measure,
    notes: [],
    columns: ["process", "peak RSS MB"],
    rows: [
      ["**Knotwork**", format(median(memory.list))],
      [NOTHING, format(median(memory.nothing))],
    ],
    claims: [{ measure, compared: "peak RSS", values: memory.list, direction: "at most", gate: 80, unit: "MB" }],
  };
}
