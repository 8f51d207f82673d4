import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { renderChart } from "./chart.mjs";
import { countReached, format, missedGates, reached, renderClaims, sentenceOf, verdictOf } from "./claims.mjs";
import { commitTable, cpuClaim, curveTable } from "./commit-table.mjs";
import { replaceSection } from "./readme-section.mjs";
import { renderReport } from "./report.mjs";
import { median, percentile, summarize, turned } from "./statistics.mjs";

const faster = {
  measure: "commits",
  compared: "commits/s ÷ SQLite",
  direction: "at least",
  gate: 2,
  goal: 3,
  unit: "×",
  isCharted: true,
};
const machine = {
  cpu: "A <CPU>",
  cores: 2,
  memoryGiB: 4,
  system: "Linux",
  fileSystem: "ext4",
  node: "20",
  rivals: "lmdb 3",
  loadAverage: "0.1",
};
const settings = { quick: false, rounds: 3 };

function resultsWith(...claims) {
  const table = {
    title: "A table",
    notes: ["A note."],
    columns: ["subject", "x"],
    rows: [["**Knotwork**", "1"]],
    claims,
  };
  return { date: "2026-01-01", machine, settings, tables: [table], failures: [] };
}

describe("statistics", () => {
  test("the median of an even number of values lies between the middle two", () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([3, 1, 2])).toBe(2);
  });

  test("a percentile is the smallest value that enough of them do not exceed", () => {
    const sorted = Array.from({ length: 200 }, (_, index) => index + 1);
    expect([0.5, 0.99, 1].map((share) => percentile(sorted, share))).toEqual([100, 198, 200]);
    expect(percentile([7], 0.5)).toBe(7);
  });

  test("a round adds the rates of its processes and compares the slowest with the fastest", () => {
    const round = summarize([
      { latenciesMs: [1, 2], elapsedMs: 1000, cpuUs: 30 },
      { latenciesMs: [3, 4, 5, 6], elapsedMs: 2000, cpuUs: 30 },
    ]);
    expect(round).toMatchObject({ commits: 6, commitsPerSecond: 4, cpuUsPerCommit: 10, fairness: 0.5, maxMs: 6 });
  });

  test("each subject goes first once", () => {
    expect([0, 1, 2].map((by) => turned(["a", "b", "c"], by)[0])).toEqual(["a", "b", "c"]);
  });
});

describe("claims", () => {
  test.each([
    [[1.9], "missed", "**gate missed**"],
    [[2], "gate", "gate reached, goal missed"],
    [[1, 3, 9], "goal", "goal reached"],
  ])("at least 2 and better 3: %j is judged by its median", (values, best, words) => {
    expect([reached({ ...faster, values }), verdictOf({ ...faster, values })]).toEqual([best, words]);
  });

  test("less can be better", () => {
    const shorter = { direction: "at most", gate: 0.5, goal: 0.2 };
    expect([0.6, 0.5, 0.2].map((value) => reached({ ...shorter, values: [value] }))).toEqual([
      "missed",
      "gate",
      "goal",
    ]);
  });

  test("a goal without a gate is missed without harm, and a figure without either is only shown", () => {
    expect(verdictOf({ ...faster, gate: undefined, values: [1] })).toBe("goal missed");
    const figure = { ...faster, gate: undefined, goal: undefined, values: [1] };
    expect([verdictOf(figure), sentenceOf(figure)]).toEqual(["", "commits/s ÷ SQLite: 1.00 ×"]);
  });

  test("misses are counted and printed with the rest", () => {
    const claims = [
      { ...faster, values: [1, 2.5, 1] },
      { ...faster, values: [4] },
    ];
    expect(countReached(claims)).toBe("1 of 2 gates and 1 of 2 goals are reached.");
    expect(renderClaims(claims).at(-2)).toBe(
      "| commits | commits/s ÷ SQLite | 1.00 × | [1.00..2.50] | ≥ 2 × | ≥ 3 × | **gate missed** |",
    );
  });

  test("missed gates are listed by how far they were missed", () => {
    const claims = [
      { ...faster, measure: "near", values: [1.9] },
      { ...faster, measure: "reached", values: [2] },
      { ...faster, measure: "far", values: [9], direction: "at most", gate: 3 },
    ];
    const lines = missedGates(claims);
    expect(lines.map((line) => line.split(":")[0])).toEqual(["far", "near"]);
    expect(lines[0]).toContain("by a factor of 3.00");
  });

  test("numbers keep three digits that say something", () => {
    expect([12_345.6, 12.34, 1.234, 0.0123, -0.5, 0].map(format)).toEqual([
      "12,346",
      "12.3",
      "1.23",
      "0.012",
      "-0.50",
      "0.00",
    ]);
  });
});

describe("tables of commits", () => {
  const round = (ours, its) => ({
    Knotwork: { ...ours, commitsPerSecond: 100, p50Ms: 1, fairness: 0.9, cpuUsPerCommit: 40 },
    SQLite: { ...its, commitsPerSecond: 50, p50Ms: 2, fairness: 0.1, cpuUsPerCommit: 80 },
  });
  const rounds = [round({ p99Ms: 1, maxMs: 2 }, { p99Ms: 4, maxMs: 100 })];
  const row = {
    title: "durable, 8 processes",
    measure: "durable, 8 processes",
    processes: 8,
    subjects: [{ name: "Knotwork" }, { name: "SQLite" }],
    versus: [{ rival: "SQLite", rate: [1.5, 2], p99: [0.2, undefined], max: [undefined, 0.05] }],
    fairness: [0.8, 0.85],
    cpuGoal: 3,
  };

  test("a row is judged by its rate, its percentiles and its fairness", () => {
    const { claims, rows } = commitTable({ row, rounds });
    expect(claims.map(({ compared, values }) => [compared, values[0]])).toEqual([
      ["commits/s ÷ SQLite", 2],
      ["p99 ÷ SQLite", 0.25],
      ["max ÷ SQLite", 0.02],
      ["slowest ÷ fastest process [N2]", 0.9],
    ]);
    expect(claims.map(reached)).toEqual(["goal", "missed", "goal", "goal"]);
    expect(rows[1].slice(-2)).toEqual(["2.00", "**2.00**"]);
  });

  test("CPU with many processes is compared with that of one", () => {
    const single = { row: { title: "alone" }, rounds: [{ Knotwork: { cpuUsPerCommit: 10 } }] };
    expect(cpuClaim({ row, rounds, single })).toMatchObject({ values: [4], goal: 3, direction: "at most" });
  });

  test("a curve goes from few processes to many, with gaps for who was not measured", () => {
    const alone = { row: { ...row, processes: 1 }, rounds: [{ Knotwork: rounds[0].Knotwork }] };
    const { columns, rows } = curveTable({ level: "durable", results: [{ row, rounds }, alone] });
    expect(columns.slice(2)).toEqual(["1 process", "8 processes"]);
    expect(rows.slice(0, 2)).toEqual([
      ["**Knotwork**", "commits/s", "100", "100"],
      ["SQLite", "commits/s", "", "50.0"],
    ]);
  });
});

describe("documents", () => {
  test("a report begins with what was to be reached, and holds every table", () => {
    const report = renderReport(resultsWith({ ...faster, values: [1] }));
    expect(report.indexOf("0 of 1 gates")).toBeLessThan(report.indexOf("## A table"));
    expect(report).toContain("- commits/s ÷ SQLite: 1.00 × (gate ≥ 2 ×, goal ≥ 3 ×): **gate missed**");
    expect(report).not.toContain("Quick");
    expect(renderReport({ ...resultsWith(), settings: { ...settings, quick: true } })).toContain("**Quick**");
  });

  test("a part that failed is named", () => {
    const report = renderReport({ ...resultsWith(), failures: ["recovery: it was lost"] });
    expect(report).toContain("**Failed**, so not in the tables: recovery: it was lost");
  });

  test("the chart has a bar and a mark for each ratio to a rival, and turns round what is better when less", () => {
    const other = { ...faster, compared: "time ÷ SQLite", direction: "at most", gate: 0.5, values: [0.25] };
    const chart = renderChart(resultsWith({ ...faster, values: [1.5] }, other, { ...other, isCharted: false }));
    expect([...chart.matchAll(/<rect class="(\w+)"/g)].map((match) => match[1])).toEqual(["missed", "reached"]);
    expect(chart.match(/class="gate"/g)).toHaveLength(2);
    expect(chart).toContain(">4.00 ×<");
    expect(chart).toContain("A &lt;CPU&gt;");
    expect(chart).not.toMatch(/NaN|undefined|Infinity/);
  });

  test("only what stands between the markers of a document is replaced", () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    const once = replaceSection(readme, resultsWith({ ...faster, values: [1] }));
    expect(once).toContain("![How many times as fast as its rivals](bench/chart.svg)");
    expect(replaceSection(once, resultsWith({ ...faster, values: [1] }))).toBe(once);
    expect(once.split("<!-- bench: end -->")[1]).toBe(readme.split("<!-- bench: end -->")[1]);
    expect(() => replaceSection("# No markers", resultsWith())).toThrow("Cannot write the figures of the bench");
  });
});
