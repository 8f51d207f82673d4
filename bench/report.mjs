/** The results as Markdown: one table a row of load, medians over the rounds, ratios round by round, gates judged. */
import { median } from "./statistics.mjs";

export function renderReport({ date, machine, settings, results }) {
  const lines = [
    "# Bench results",
    "",
    `Printed by \`npm run bench\` on ${date}. Losses are included: nothing is left out that the bench measured.`,
    "",
    `Machine: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB; ${machine.system}; file system type ` +
      `${machine.fileSystem}; Node ${machine.node}; better-sqlite3 ${machine.betterSqlite} (SQLite ${machine.sqlite}); ` +
      `load average at the start ${machine.loadAverage}.`,
    "",
    `${settings.rounds} interleaved rounds of ${settings.durationMs} ms a subject, medians of the rounds; every round starts from a ` +
      `fresh store of ${settings.seedCount} entities, and what it holds afterwards is counted against what was acknowledged.`,
    "",
    "One transaction: insert one entity (300–1,500 B of JSON) and two edges, read-modify-write one existing entity with",
    "its old version kept, all indexes maintained. Ratio: commits/s of Knotwork over the rival's, in the same round.",
  ];
  for (const result of results) lines.push("", ...renderRow(result));
  return `${lines.join("\n")}\n`;
}

function renderRow({ row, rounds }) {
  const own = row.subjects[0].name;
  const lines = [
    `## ${row.title}`,
    "",
    "| subject | commits/s | [min..max] | p50 ms | p99 ms | max ms | CPU µs/commit | slowest/fastest | Knotwork ÷ it, by round | median |",
    "|---|---|---|---|---|---|---|---|---|---|",
  ];
  for (const { name } of row.subjects) {
    const ours = rounds.map((round) => round[own]);
    const its = rounds.map((round) => round[name]);
    const rates = its.map((round) => round.commitsPerSecond);
    const ratios = its.map((round, index) => ours[index].commitsPerSecond / round.commitsPerSecond);
    const cells = [
      name === own ? `**${name}**` : name,
      format(median(rates)),
      `[${format(Math.min(...rates))}..${format(Math.max(...rates))}]`,
      format(medianOf(its, "p50Ms")),
      format(medianOf(its, "p99Ms")),
      format(medianOf(its, "maxMs")),
      format(medianOf(its, "cpuUsPerCommit")),
      row.processes > 1 ? medianOf(its, "fairness").toFixed(2) : "",
      name === own ? "" : ratios.map((ratio) => ratio.toFixed(2)).join(", "),
      name === own ? "" : `**${median(ratios).toFixed(2)}**`,
    ];
    lines.push(`| ${cells.join(" | ")} |`);
  }
  const verdicts = row.gates.flatMap((gate) => judge({ gate, own, rounds }));
  if (verdicts.length > 0) lines.push("", ...verdicts.map((verdict) => `- ${verdict}`));
  return lines;
}

/** Sentences about the gates and goals of DESIGN section 9 that this row can judge. */
function judge({ gate, own, rounds }) {
  const ratio = median(rounds.map((round) => round[own].commitsPerSecond / round[gate.rival].commitsPerSecond));
  const p99Ratio = median(rounds.map((round) => round[own].p99Ms / round[gate.rival].p99Ms));
  const fairness = median(rounds.map((round) => round[own].fairness));
  const verdicts = [];
  if (gate.ratioMin !== undefined) {
    verdicts.push(verdict(`gate ≥ ${gate.ratioMin} × ${gate.rival}`, ratio >= gate.ratioMin, ratio));
  }
  if (gate.goal !== undefined) verdicts.push(verdict(`goal ≥ ${gate.goal} × ${gate.rival}`, ratio >= gate.goal, ratio));
  for (const [kind, limit] of [
    ["gate", gate.p99RatioMax],
    ["goal", gate.p99GoalRatioMax],
  ]) {
    if (limit === undefined) continue;
    verdicts.push(verdict(`${kind} p99 ≤ ${limit} × ${gate.rival}'s`, p99Ratio <= limit, p99Ratio));
  }
  if (gate.fairnessMin !== undefined) {
    verdicts.push(verdict(`gate slowest ≥ ${gate.fairnessMin} of fastest`, fairness >= gate.fairnessMin, fairness));
  }
  return verdicts;
}

function verdict(what, reached, value) {
  return `${what}: ${reached ? "reached" : "**missed**"} (${value.toFixed(2)})`;
}

function medianOf(rounds, field) {
  return median(rounds.map((round) => round[field]));
}

function format(value) {
  if (value >= 100) return Math.round(value).toLocaleString("en-US");
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
