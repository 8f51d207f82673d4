/**
 * The main job, `npm start [-- INPUT] [--agents 8] [--tasks N] [--store DIR]`: agents, each a process of its own, work
 * through a real project in one store, one of them is killed, and a process that shares no code with the engine verifies
 * what is left. Exit code 0 only when everything is as it was acknowledged; 2 when it was called wrongly.
 */
import { join } from "node:path";
import { machineClock, nodeDisk, randomToken, writeFileAtomic } from "@knotwork/disk";
import { openKnot } from "@knotwork/domain";
import { readAcknowledgements } from "./acknowledgements.ts";
import { paintFor, wantsColor } from "../output/terminal.ts";
import { importInput, readInput, type SessionInput } from "./import-input.ts";
import { importLines } from "./import-lines.ts";
import { prepareWork } from "./prepare-work.ts";
import { openProgress } from "./progress.ts";
import { reportLines } from "./report.ts";
import { type AgentsOutcome, runAgents } from "./run-agents.ts";
import { prepareScratchStore, type ScratchStore } from "./scratch-store.ts";
import { parseSessionArguments, type SessionArguments, SessionUsageError } from "./session-arguments.ts";
import { runVerifier } from "./verification.ts";
import type { WorkPlan } from "./work-list.ts";

const leaseMs = 3000;
const disk = nodeDisk();
const clock = machineClock();
const random = Math.random;
const terminal = { isTTY: process.stdout.isTTY === true, columns: process.stdout.columns, write: () => {} };
const paint = paintFor(wantsColor(terminal, { refused: false, env: process.env }));

async function main(argv: readonly string[]): Promise<number> {
  const given = parseSessionArguments(argv, process.env["KNOT_CALLER_DIR"] ?? process.cwd());
  const inputs = await readInput(disk, given.input);
  const scratch = prepareScratchStore({ disk, random, storeDir: given.storeDir, input: given.input });
  say(`Store: ${scratch.storeDir}${scratch.existed ? " (of an earlier session)" : ""}`);

  const plan = await fillStore(given, inputs, scratch);
  if (plan.taskCount === 0) throw new SessionUsageError("Cannot start: the input holds no task that can be completed.");
  const run = `run-${randomToken(random, 8)}`;
  writeRun(scratch, run, plan);

  const outcome = await letAgentsWork(given, scratch, plan, run);
  say("", paint("Report", "bold"));
  const acknowledgements = readAcknowledgements(disk, scratch.sessionDir, run);
  say(...reportLines(outcome, acknowledgements).map((line) => `  ${line}`));

  say("", paint("Verification, by a process that shares no code with the engine", "bold"));
  const exitCode = await runVerifier(scratch);
  say(
    exitCode === 0 ? paint("Everything is as it was acknowledged.", "green") : paint("The verification FAILED.", "red"),
  );
  say("", paint("Try next", "bold"), ...commandsToTry(scratch.storeDir, outcome).map((command) => `  ${command}`));
  return exitCode === 0 ? 0 : 1;
}

/** Imports the input and opens as many tasks as are asked for. */
async function fillStore(
  given: SessionArguments,
  inputs: readonly SessionInput[],
  { storeDir }: ScratchStore,
): Promise<WorkPlan> {
  const knot = await openKnot({ dir: storeDir, create: true, as: "session" });
  try {
    say("", paint("Import", "bold"));
    for (const input of inputs) say(...importLines(await importInput(knot, input)).map((line) => `  ${line}`));
    const plan = await prepareWork(knot, given.taskCountMax);
    // What was imported goes into history and index now, or every agent would read it from the log first.
    await knot.graph.checkpoint();
    say(`  ${plan.taskCount} tasks to complete${preparationText(plan)}`);
    return plan;
  } finally {
    await knot.close();
  }
}

function preparationText({ reopened, leftInProgress, parentsToWait }: WorkPlan): string {
  const parts = [
    ...(reopened.length > 0 ? [`${reopened.length} completed ones were reopened in the scratch store`] : []),
    ...(leftInProgress.length > 0 ? [`${leftInProgress.length} left in progress were opened`] : []),
    ...(parentsToWait.length > 0 ? [`${parentsToWait.length} parents wait for their children`] : []),
  ];
  return parts.length === 0 ? "" : `; ${parts.join(", ")}`;
}

/** What the verifier shall find done. */
function writeRun({ sessionDir }: ScratchStore, run: string, { taskCount }: WorkPlan): void {
  const text = `${JSON.stringify({ run, taskCount })}\n`;
  writeFileAtomic(disk, join(sessionDir, `${run}.run.json`), Buffer.from(text), { random });
}

async function letAgentsWork(
  { agentCount }: SessionArguments,
  { storeDir, sessionDir }: ScratchStore,
  { taskCount }: WorkPlan,
  run: string,
): Promise<AgentsOutcome> {
  say("", paint(`${agentCount} agents, a process each`, "bold"));
  const progress = openProgress(process.stdout);
  return runAgents({ storeDir, sessionDir, run, agentCount, taskCount, leaseMs, clock, progress });
}

function commandsToTry(storeDir: string, { kill }: AgentsOutcome): readonly string[] {
  const knot = `bin/knot --store ${/^[\w./-]+$/u.test(storeDir) ? storeDir : `'${storeDir.replaceAll("'", `'\\''`)}'`}`;
  return [
    `${knot} task list --status completed`,
    kill === undefined ? `${knot} log` : `${knot} task history ${kill.task}`,
    kill === undefined ? `${knot} decision list` : `${knot} decision why ${kill.task}`,
  ];
}

function say(...lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof SessionUsageError) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  } else {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  }
}
