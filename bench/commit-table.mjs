/** One row of load as a table: medians over the rounds, ratios round by round, and what it says about its gates. */
import { format, roundsOf } from "./claims.mjs";
import { median } from "./statistics.mjs";

const COLUMNS = [
  "subject",
  "commits/s",
  "[min..max]",
  "p50 ms",
  "p99 ms",
  "max ms",
  "CPU µs/commit",
  "slowest/fastest",
  "Knotwork ÷ it, by round",
  "median",
];

/** @returns {import("./report.mjs").Table} */
export function commitTable({ row, rounds }) {
  const own = row.subjects[0].name;
  return {
    title: row.title,
    notes: [],
    columns: COLUMNS,
    rows: row.subjects.map(({ name }) => renderSubject({ row, rounds, own, name })),
    claims: claimsOf({ row, rounds, own }),
  };
}

function renderSubject({ row, rounds, own, name }) {
  const its = rounds.map((round) => round[name]);
  const rates = its.map((round) => round.commitsPerSecond);
  const ratios = its.map((round, index) => rounds[index][own].commitsPerSecond / round.commitsPerSecond);
  return [
    name === own ? `**${name}**` : name,
    format(median(rates)),
    `[${format(Math.min(...rates))}..${format(Math.max(...rates))}]`,
    ...["p50Ms", "p99Ms", "maxMs", "cpuUsPerCommit"].map((field) => format(median(its.map((round) => round[field])))),
    row.processes > 1 ? median(its.map(({ fairness }) => fairness)).toFixed(2) : "",
    name === own ? "" : ratios.map((ratio) => ratio.toFixed(2)).join(", "),
    name === own ? "" : `**${median(ratios).toFixed(2)}**`,
  ];
}

function claimsOf({ row, rounds, own }) {
  const { measure } = row;
  const ratios = (rival, field) => rounds.map((round) => round[own][field] / round[rival][field]);
  const claims = [];
  const add = (claim, limits) => {
    if (limits !== undefined) claims.push({ measure, ...claim, gate: limits[0], goal: limits[1] });
  };
  for (const { rival, rate, p99, max } of row.versus) {
    const faster = { direction: "at least", unit: "×", isCharted: true };
    add({ compared: `commits/s ÷ ${rival}`, values: ratios(rival, "commitsPerSecond"), ...faster }, rate);
    const shorter = { direction: "at most", unit: "×" };
    add({ compared: `p99 ÷ ${rival}`, values: ratios(rival, "p99Ms"), ...shorter }, p99);
    add({ compared: `max ÷ ${rival}`, values: ratios(rival, "maxMs"), ...shorter }, max);
  }
  const fairness = rounds.map((round) => round[own].fairness);
  add({ compared: "slowest ÷ fastest process [N2]", values: fairness, direction: "at least" }, row.fairness);
  return claims;
}

/** CPU of a commit with many processes as a multiple of that with one: catching up with each other is what costs. */
export function cpuClaim({ row, rounds, single }) {
  const own = row.subjects[0].name;
  const values = rounds.map((round, index) => {
    const alone = single.rounds[Math.min(index, single.rounds.length - 1)];
    return round[own].cpuUsPerCommit / alone[own].cpuUsPerCommit;
  });
  const compared = `CPU per commit ÷ that of ${single.row.title}`;
  return { measure: row.measure, compared, values, direction: "at most", goal: row.cpuGoal, unit: "×" };
}

/** Contention: the same load with 1, 2, 4 and 8 processes. @returns {import("./report.mjs").Table} */
export function curveTable({ level, results }) {
  const points = results.toSorted((a, b) => a.row.processes - b.row.processes);
  const names = points.at(-1).row.subjects.map(({ name }) => name);
  const cell = (name, { rounds }, fields) => {
    if (rounds[0][name] === undefined) return "";
    return fields.map((field) => format(median(rounds.map((round) => round[name][field])))).join(" / ");
  };
  const section = (what, fields) =>
    names.map((name, index) => [
      index === 0 ? `**${name}**` : name,
      what,
      ...points.map((point) => cell(name, point, fields)),
    ]);
  return {
    title: `contention: ${level}, 1 to 8 processes [N12]`,
    notes: [`${points.map(({ row, rounds }) => `${row.processes}: ${roundsOf(rounds.length)}`).join(", ")}.`],
    columns: ["subject", "", ...points.map(({ row }) => `${row.processes} process${row.processes > 1 ? "es" : ""}`)],
    rows: [
      ...section("commits/s", ["commitsPerSecond"]),
      ...section("p50 / p99 / max ms", ["p50Ms", "p99Ms", "maxMs"]),
      ...section("slowest ÷ fastest", ["fairness"]),
      ...section("CPU µs/commit", ["cpuUsPerCommit"]),
    ],
    claims: [],
  };
}
