/** FEATURES W21 and T18: what a commit, an open and a list cost does not follow the size of the store. */
import { askProcess } from "./bench-process.mjs";
import { format, roundsOf } from "./claims.mjs";
import { median, turned } from "./statistics.mjs";

const worker = new URL("./growth-worker.mjs", import.meta.url);

export async function benchGrowth(context) {
  const { largeStores, largeCount, mediumCount, fewRounds, quick } = context;
  const counts = [1000, 10_000, mediumCount, largeCount / 2, largeCount].filter((count) => count <= largeCount);
  const sizes = [...new Set(counts)].sort((a, b) => a - b);
  const creates = quick ? 1000 : 20_000;
  const rounds = [];
  for (let index = 0; index < fewRounds; index += 1) {
    const round = {};
    for (const count of turned(sizes, index)) {
      const job = { role: "create", subject: "knotwork", level: "relaxed", count, writer: 500 + index };
      const dir = await largeStores.dirOf("knotwork", count);
      round[count] = await askProcess({ worker, job: { ...job, dir, name: `${count}`, creates } });
      console.error(
        `growth: round ${index + 1}, ${count} entities: ${format(round[count].cpuUsPerCreate)} µs CPU a create`,
      );
    }
    rounds.push(round);
  }
  const dir = await largeStores.dirOf("knotwork-domain", largeCount);
  const { listMs } = await askProcess({ worker, job: { role: "list", name: "domain", count: largeCount, dir } });
  return [tableOf({ sizes, rounds, creates, listMs })];
}

function tableOf({ sizes, rounds, creates, listMs }) {
  const [least] = sizes;
  const named = (count) => count.toLocaleString("en-US");
  const ratios = (count, field) => rounds.map((round) => round[count][field] / round[least][field]);
  const cell = (count, field) => format(median(rounds.map((round) => round[count][field])));
  const upTo = sizes.slice(1);
  return {
    title: "size of the store [W21] [T18]",
    notes: [
      `${roundsOf(rounds.length)}. In fresh processes: what opening costs, and each of ${named(creates)} relaxed creations once the process is warm, with the checkpoints that fall among them.`,
    ],
    columns: [
      "entities",
      "open ms",
      "create CPU µs",
      "create p50 µs",
      "top 10 by index, first time, ms",
      "create ÷ that at 1,000",
    ],
    rows: sizes.map((count) => [
      named(count),
      cell(count, "openMs"),
      cell(count, "cpuUsPerCreate"),
      cell(count, "p50Us"),
      cell(count, "topMs"),
      count === least
        ? ""
        : ratios(count, "cpuUsPerCreate")
            .map((ratio) => ratio.toFixed(2))
            .join(", "),
    ]),
    claims: [
      ...upTo.map((count) => ({
        measure: `create at ${named(count)} entities [W21] [T18]`,
        compared: `CPU ÷ that at ${named(least)}`,
        values: ratios(count, "cpuUsPerCreate"),
        direction: "at most",
        gate: 1.2,
        unit: "×",
      })),
      {
        measure: `list of 10 tasks in one process, ${named(sizes.at(-1))} entities [T18]`,
        compared: "time",
        values: [listMs],
        direction: "at most",
        gate: 8.7,
        unit: "ms",
      },
    ],
  };
}
