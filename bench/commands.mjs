/**
 * `npm run bench -- --only commands`: how long each command of `knot` takes, as a multiple of `node -e 0`, in
 * stores of 449, 10,000 and 100,000 entities. Prints the table and writes it to bench/COMMANDS.md.
 *
 * A command that changes the store runs on a store of its own; whoever reads meets a store that was checkpointed.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openKnot } from "@knotwork/domain";
import { COMMAND_LINES } from "./command-lines.mjs";
import { seedItems, taskId } from "./command-workload.mjs";

const program = fileURLToPath(new URL("../bin/knot", import.meta.url));
const sizes = [
  { entities: 449, goal: 2.5 },
  { entities: 10_000, goal: 4 },
  { entities: 100_000, goal: 8 },
];

/** Its own document: goals of another kind than those of the other parts. */
export async function benchCommands({ scratchDir, rounds, quick }) {
  const measured = [];
  for (const size of quick ? sizes.slice(0, 2) : sizes) {
    const store = join(scratchDir, `store-${size.entities}`);
    await seed(store, size.entities);
    measured.push({ ...size, ratios: measure(store, { rounds, tasks: Math.floor(size.entities * 0.45) }) });
    console.error(`commands: ${size.entities} entities done`);
  }
  const report = render(measured, { rounds });
  console.log(report);
  if (!quick) writeFileSync(fileURLToPath(new URL("COMMANDS.md", import.meta.url)), report);
  return [];
}

async function seed(store, entities) {
  const knot = await openKnot({ dir: store, create: true, as: "bench" });
  try {
    await knot.graph.load(seedItems(entities), { durability: "relaxed" });
    await knot.agents.register("bench", { roles: ["reviewer"] });
    await knot.graph.checkpoint();
  } finally {
    await knot.close();
  }
}

/**
 * By command: its fastest run as a multiple of the fastest of the `node -e 0` right before each: neighbours on the machine only
 * ever make a run slower. `undefined` when a run failed.
 */
function measure(store, { rounds, tasks }) {
  const env = { ...process.env, KNOT_STORE: store, KNOT_AGENT: "bench", KNOT_TOKEN: "", KNOT_DEBUG: "" };
  const pairs = new Map();
  let task = Math.floor(tasks / 2);
  const freshTask = () => taskId((task += 10) % tasks);
  for (let number = 1; number <= rounds; number += 1) {
    const answers = new Map();
    const told = (command, field) =>
      new RegExp(`"${field}":"?([^",}]+)`).exec(answers.get(command) ?? "")?.[1] ?? `no-${field}`;
    for (const [name, argvOf] of COMMAND_LINES) {
      const argv = argvOf({ id: freshTask(), number, told });
      const nothing = timed(["-e", "0"], env);
      const done = timed([program, ...argv, "--json"], env);
      answers.set(name, done?.stdout);
      pairs.set(name, [...(pairs.get(name) ?? []), { ms: done?.ms, nothingMs: nothing?.ms }]);
    }
  }
  return new Map([...pairs].map(([name, all]) => [name, ratioOf(all)]));
}

function ratioOf(pairs) {
  if (pairs.some(({ ms, nothingMs }) => ms === undefined || nothingMs === undefined)) return undefined;
  return Math.min(...pairs.map(({ ms }) => ms)) / Math.min(...pairs.map(({ nothingMs }) => nothingMs));
}

/** `undefined` when the command failed. */
function timed(argv, env) {
  const start = performance.now();
  const { status, stdout } = spawnSync(process.execPath, argv, {
    env,
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ms = performance.now() - start;
  if (status === 0) return { ms, stdout };
  console.error(`${argv.slice(1).join(" ")}: exit ${status}: ${stdout.slice(0, 200)}`);
  return undefined;
}

function render(measured, { rounds }) {
  const misses = [];
  const rows = COMMAND_LINES.map(([name]) => {
    const cells = measured.map(({ entities, goal, ratios }) => {
      const ratio = ratios.get(name);
      if (ratio === undefined) return "failed";
      if (ratio > goal) misses.push(`\`${name}\` at ${entities}: ${ratio.toFixed(1)} × (goal ${goal} ×)`);
      return ratio > goal ? `**${ratio.toFixed(2)}**` : ratio.toFixed(2);
    });
    return `| \`${name}\` | ${cells.join(" | ")} |`;
  });
  return [
    "# Time of each command",
    "",
    `Printed by \`npm run bench -- --only commands\`: wall time of the whole process, the fastest of ${rounds} runs as a multiple of the fastest of the \`node -e 0\` right before each.`,
    `Load average at the end ${loadavg()[0].toFixed(1)} on ${availableParallelism()} cores.`,
    `Goals: ${measured.map(({ entities, goal }) => `${goal} × at ${entities} entities`).join(", ")}; what misses its goal is bold.`,
    "",
    `| command | ${measured.map(({ entities }) => entities).join(" | ")} |`,
    `|---|${measured.map(() => "---:|").join("")}`,
    ...rows,
    "",
    misses.length === 0 ? "Every goal is met." : `Missed: ${misses.join("; ")}.`,
    ...reasons(misses),
    "",
  ].join("\n");
}

/** Why the commands that are known to look at much do so. */
const REASONS = new Map([
  ["export", "prints every entity; its time is that of the output"],
  ["search (in every task)", "ranks every entity that holds the word, so reads them all"],
  ["critical-path (of all)", "reads every open task for its estimate, and where its edges lead"],
  ["drift", "reads every edge: what its target meant is kept with it"],
  ["sprint suggest", "weighs every task that could be done"],
  ["orphan suggest", "compares the words of every task, epic and decision with the task's"],
  [
    "query --where … --count",
    "conditions are checked on the entities; only counts without conditions come from an index alone",
  ],
]);

function reasons(misses) {
  const known = [...REASONS].filter(([name]) => misses.some((miss) => miss.startsWith(`\`${name}\` at`)));
  return known.length === 0 ? [] : ["", ...known.map(([name, reason]) => `- \`${name}\` ${reason}.`)];
}
