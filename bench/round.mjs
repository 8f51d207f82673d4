/**
 * One round of one subject in one row: a fresh directory, one process that seeds it, the measuring processes (started
 * together), one process that counts what is there. A store that holds another number of entities or edits than were
 * acknowledged makes the bench fail: a fast store that loses commits is no rival.
 */
import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { summarize } from "./statistics.mjs";

const worker = new URL("./worker.mjs", import.meta.url);

export async function runRound({ row, subject, scratchDir, durationMs, seedCount }) {
  const dir = mkdtempSync(join(scratchDir, `${subject.subject}-`));
  try {
    const job = { ...subject, dir, seedCount, durationMs, callers: row.callers };
    await startProcess({ ...job, role: "seed", writer: 0 }).finished;
    const processes = Array.from({ length: row.processes }, (_, writer) =>
      startProcess({ ...job, role: "measure", writer: writer + 1 }),
    );
    await Promise.all(processes.map(({ ready }) => ready));
    for (const { start } of processes) start();
    const answers = await Promise.all(processes.map(({ finished }) => finished));

    const { counted } = await startProcess({ ...job, role: "count", writer: 0 }).finished;
    assertNothingLost({ row, subject, answers, counted, seedCount });
    return summarize(answers);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function startProcess(job) {
  const child = fork(worker, { serialization: "advanced" });
  let ready;
  const readyPromise = new Promise((resolve) => {
    ready = resolve;
  });
  const finished = new Promise((resolve, reject) => {
    let answer;
    child.on("message", (message) => {
      if (message.ready) ready();
      else answer = message;
    });
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      if (code === 0 && answer !== undefined) resolve(answer);
      else reject(new Error(`A ${job.name} process (${job.role}) ended with ${signal ?? `exit code ${code}`}`));
    });
  });
  child.send(job);
  return { ready: Promise.race([readyPromise, finished]), start: () => child.send({ start: true }), finished };
}

function assertNothingLost({ row, subject, answers, counted, seedCount }) {
  if (counted === undefined) return;
  const acknowledged = answers.reduce((sum, answer) => sum + answer.latenciesMs.length + answer.warmUpCommits, 0);
  if (counted.items === seedCount + acknowledged && counted.edits === acknowledged) return;
  throw new Error(
    `${subject.name}, ${row.title}: ${acknowledged} commits were acknowledged, but the store holds ` +
      `${counted.items - seedCount} new entities and ${counted.edits} edits`,
  );
}
