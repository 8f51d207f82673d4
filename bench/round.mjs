/**
 * One round of one subject in one row: a copy of its seeded store, the measuring processes (started together), one process
 * that counts what is there. A store that holds another number of entities or edits than were acknowledged makes the bench
 * fail: a fast store that loses commits is no rival.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { askProcess, startProcess } from "./bench-process.mjs";
import { crowding } from "./machine.mjs";
import { SLOW_SYNC_MS } from "./slow-sync.mjs";
import { summarize } from "./statistics.mjs";

export const worker = new URL("./worker.mjs", import.meta.url);

/** A store holds another number of commits than were acknowledged. */
export class LostCommitsError extends Error {
  name = "LostCommitsError";
}

/** Runs a round; a rival that lost commits is told of, and measured once more: its loss is not to cost our figures. */
export async function againWhenLost({ isRival, losses }, run) {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof LostCommitsError) || !isRival) throw error;
    console.error(error.message);
    losses.push(`**Lost commits** in one round, which was run again: ${error.message}.`);
    return run();
  }
}

export async function runRound({ row, subject, scratchDir, durationMs, warmUpMs, seedCount, copyTemplate, env }) {
  const dir = mkdtempSync(join(scratchDir, `${subject.subject}-`));
  const processes = [];
  try {
    await copyTemplate({ subject: subject.subject, seedCount, dir });
    // Each process gets as much of the processor as one that is alone: what is done now and then is in the round, too.
    const times = crowding(row.processes);
    const { callers } = row;
    const job = { ...subject, dir, seedCount, durationMs: durationMs * times, warmUpMs: warmUpMs * times, callers };
    for (let writer = 1; writer <= row.processes; writer += 1) {
      processes.push(startProcess({ worker, env, job: { ...job, role: "measure", writer } }));
    }
    await Promise.all(processes.map(({ ready }) => ready));
    for (const one of processes) one.tell();
    const answers = await Promise.all(processes.map(({ finished }) => finished));

    const { counted } = await askProcess({ worker, job: { ...job, role: "count", writer: 0 } });
    assertNothingLost({ row, subject, answers, counted, seedCount });
    const round = summarize(answers);
    if (env !== undefined) assertSlowed({ row, subject, round });
    return round;
  } finally {
    for (const { child } of processes) child.kill("SIGKILL");
    rmSync(dir, { recursive: true, force: true });
  }
}

function assertNothingLost({ row, subject, answers, counted, seedCount }) {
  if (counted === undefined) return;
  const acknowledged = answers.reduce((sum, answer) => sum + answer.latenciesMs.length + answer.warmUpCommits, 0);
  if (counted.items === seedCount + acknowledged && counted.edits === acknowledged) return;
  throw new LostCommitsError(
    `${subject.name}, ${row.title}: ${acknowledged} commits were acknowledged, but the store holds ` +
      `${counted.items - seedCount} new entities and ${counted.edits} edits`,
  );
}

/** Whoever syncs by a way that is not slowed would win by it. */
function assertSlowed({ row, subject, round }) {
  if (round.commits === 0 || round.p50Ms >= SLOW_SYNC_MS) return;
  throw new Error(`${subject.name}, ${row.title}: half of its commits took less than ${SLOW_SYNC_MS} ms`);
}
