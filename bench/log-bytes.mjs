/** How many bytes the log takes for one commit, beside the JSON of what the commit leaves, and beside SQLite's log. */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { askProcess } from "./bench-process.mjs";
import { format } from "./claims.mjs";
import { worker as seeder } from "./round.mjs";
import { makeTemplates } from "./templates.mjs";

const worker = new URL("./log-bytes-worker.mjs", import.meta.url);
const SUBJECTS = [
  { name: "Knotwork", subject: "knotwork", checkpointBytes: 2 ** 40, logFiles: "^store/wal/.*\\.jsonl$" },
  { name: "SQLite WAL FULL", subject: "sqlite", checkpoints: false, logFiles: "^store\\.sqlite-wal$" },
];

export async function benchLogBytes({ scratchDir, seedCount, quick }) {
  const copyTemplate = makeTemplates({ scratchDir, worker: seeder });
  const answers = [];
  for (const subject of SUBJECTS) {
    const dir = mkdtempSync(join(scratchDir, "log-bytes-"));
    await copyTemplate({ subject: subject.subject, seedCount, dir });
    const job = {
      role: "measure",
      level: "durable",
      writer: 1,
      ...subject,
      dir,
      seedCount,
      commits: quick ? 200 : 2000,
    };
    answers.push({ name: subject.name, ...(await askProcess({ worker, job })) });
    rmSync(dir, { recursive: true });
  }
  const table = {
    title: "bytes of the log per commit",
    notes: ["JSON: the states that one commit leaves, an array of two entities and two edges."],
    columns: ["subject", "bytes of the log", "bytes of JSON", "log ÷ JSON"],
    rows: answers.map(({ name, logBytes, jsonBytes }) => [
      name === "Knotwork" ? `**${name}**` : name,
      format(logBytes),
      format(jsonBytes),
      format(logBytes / jsonBytes),
    ]),
    claims: [
      {
        measure: "log bytes per commit",
        compared: "log ÷ JSON",
        values: [answers[0].logBytes / answers[0].jsonBytes],
        direction: "at most",
        gate: 1.25,
        goal: 1.15,
        unit: "×",
      },
    ],
  };
  return [table];
}
