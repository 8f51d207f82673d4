/**
 * `npm run bench -- --only commands`: how long each command of `knot` takes, as a multiple of a `node -e 0` right before it, in
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
import { COMMANDS, seedItems, taskId } from "./command-workload.mjs";
import { median } from "./statistics.mjs";

const program = fileURLToPath(new URL("../bin/knot", import.meta.url));
const sizes = [
  { entities: 449, goal: 2.5 },
  { entities: 10_000, goal: 4 },
  { entities: 100_000, goal: 8 },
];

/** @returns the report as Markdown */
export async function benchCommands({ scratchDir, rounds, quick }) {
  const measured = [];
  for (const size of quick ? sizes.slice(0, 2) : sizes) {
    const store = join(scratchDir, `store-${size.entities}`);
    await seed(store, size.entities);
    measured.push({ ...size, ratios: measure(store, { rounds, tasks: Math.floor(size.entities * 0.45) }) });
    console.error(`commands: ${size.entities} entities done`);
  }
  const report = render(measured, { rounds });
  if (!quick) writeFileSync(fileURLToPath(new URL("COMMANDS.md", import.meta.url)), report);
  return report;
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

/** By command: the ratio of every round. Each has a `node -e 0` of its own right before it, so that noise hits both. */
function measure(store, { rounds, tasks }) {
  const env = { ...process.env, KNOT_STORE: store, KNOT_AGENT: "bench", KNOT_TOKEN: "", KNOT_DEBUG: "" };
  const ratios = new Map();
  let task = Math.floor(tasks / 2);
  const freshTask = () => taskId((task += 10) % tasks);
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, argvOf] of COMMANDS) {
      const id = freshTask();
      const nothing = timed(["-e", "0"], env);
      const ms = timed([program, ...argvOf(id), "--json"], env);
      ratios.set(name, [...(ratios.get(name) ?? []), ms === undefined ? undefined : ms / nothing]);
    }
  }
  return ratios;
}

/** `undefined` when the command failed. */
function timed(argv, env) {
  const start = performance.now();
  const { status, stdout } = spawnSync(process.execPath, argv, {
    env,
    maxBuffer: 64 * 1024 * 1024,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ms = performance.now() - start;
  if (status === 0) return ms;
  console.error(`${argv.slice(1).join(" ")}: exit ${status}: ${String(stdout).slice(0, 200)}`);
  return undefined;
}

function render(measured, { rounds }) {
  const misses = [];
  const rows = COMMANDS.map(([name]) => {
    const cells = measured.map(({ entities, goal, ratios }) => {
      const all = ratios.get(name) ?? [];
      if (all.length === 0 || all.includes(undefined)) return "failed";
      const ratio = median(all);
      if (ratio > goal) misses.push(`\`${name}\` at ${entities}: ${ratio.toFixed(1)} × (goal ${goal} ×)`);
      return ratio > goal ? `**${ratio.toFixed(2)}**` : ratio.toFixed(2);
    });
    return `| \`${name}\` | ${cells.join(" | ")} |`;
  });
  return [
    "# Time of each command",
    "",
    `Printed by \`npm run bench -- --only commands\`: wall time of the whole process as a multiple of \`node -e 0\` right before it, medians of ${rounds} rounds.`,
    `Load average at the end ${loadavg()[0].toFixed(1)} on ${availableParallelism()} cores.`,
    `Goals: ${measured.map(({ entities, goal }) => `${goal} × at ${entities} entities`).join(", ")}; what misses its goal is bold.`,
    "",
    `| command | ${measured.map(({ entities }) => entities).join(" | ")} |`,
    `|---|${measured.map(() => "---:|").join("")}`,
    ...rows,
    "",
    misses.length === 0 ? "Every goal is met." : `Missed: ${misses.join("; ")}.`,
    "",
  ].join("\n");
}
