/**
 * One process of a bench: started with an IPC channel, told its job by a first message, told to start (or to stop) by a
 * second one, and done when it has answered and ended. One that has not ended after a long time is killed: an error too.
 */
import { fork } from "node:child_process";

/** Longer than the load of the largest store. */
const TIME_MAX_MS = 20 * 60_000;

/**
 * @param {object} start
 * @param {URL} start.worker the program; `answerJobs` runs it
 * @param {object} start.job its first message; `role` picks what it does
 * @param {NodeJS.ProcessEnv} [start.env] on top of this process's own
 * @returns {{ ready: Promise<unknown>, tell(): void, finished: Promise<any>, child: import("node:child_process").ChildProcess }}
 */
export function startProcess({ worker, job, env = {} }) {
  const child = fork(worker, { serialization: "advanced", env: { ...process.env, ...env } });
  const overdue = setTimeout(() => child.kill("SIGKILL"), TIME_MAX_MS);
  let setReady;
  const isReady = new Promise((resolve) => (setReady = resolve));
  const finished = new Promise((resolve, reject) => {
    let answer;
    child.on("message", (message) => {
      if (message.ready === true) setReady(message);
      else answer = message;
    });
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      clearTimeout(overdue);
      if (code === 0 && answer !== undefined) resolve(answer);
      else reject(new Error(`A ${job.name ?? ""} process (${job.role}) ended with ${signal ?? `exit code ${code}`}`));
    });
  });
  const ready = Promise.race([isReady, finished]);
  // Whoever waits for another process of the same row hears of the failure there.
  for (const promise of [ready, finished]) promise.catch(() => undefined);
  child.send(job);
  return { ready, tell: () => child.send({ go: true }), finished, child };
}

/** The answer of a process that needs no second message. */
export async function askProcess(start) {
  return await startProcess(start).finished;
}

/** Runs in the started process: answers the job by the function of its role. */
export function answerJobs(roles) {
  process.once("message", (job) => {
    roles[job.role](job).then(
      (answer) => process.send(answer, () => process.disconnect()),
      (error) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
}

/** Runs in the started process: says that it is ready, and waits for the second message. */
export function waitForTheWord(message = {}) {
  return new Promise((resolve) => {
    process.once("message", resolve);
    process.send({ ...message, ready: true });
  });
}
