/**
 * Starts operating-system processes for a test and lets them begin together. A child (children/*.mjs, plain JavaScript
 * over `dist/`) gets its job as JSON on its command line, says `{ ready: true }`, waits for a message, works, and sends
 * one answer.
 */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface Child<Answer> {
  readonly process: ChildProcess;
  readonly ready: Promise<void>;
  /** Its answer; `undefined` when it was killed. Rejects when it failed. */
  readonly answer: Promise<Answer | undefined>;
  start(): void;
}

export function startChild<Answer>(program: string, job: object): Child<Answer> {
  const path = fileURLToPath(new URL(`children/${program}`, import.meta.url));
  const child = fork(path, [JSON.stringify(job)], { stdio: ["ignore", "inherit", "pipe", "ipc"], execArgv: [] });
  let errorText = "";
  child.stderr?.on("data", (chunk: Buffer) => (errorText += chunk.toString("utf8")));
  const answer = new Promise<Answer | undefined>((resolve, reject) => {
    let given: Answer | undefined;
    child.on("message", (message: { ready?: boolean; answer?: Answer }) => {
      if (message.answer !== undefined) given = message.answer;
    });
    child.once("close", (code, signal) => {
      if (signal === "SIGKILL" || (code === 0 && given !== undefined)) resolve(given);
      else reject(new Error(`${program} ended with ${signal ?? `exit code ${code}`}: ${errorText}`));
    });
  });
  const ready = new Promise<void>((resolve) => {
    child.on("message", (message: { ready?: boolean }) => {
      if (message.ready === true) resolve();
    });
  });
  return {
    process: child,
    ready: Promise.race([ready, answer.then(() => undefined)]),
    answer,
    start: () => child.send({ start: true }),
  };
}

/** Starts `count` children together and gives their answers. */
export async function runChildren<Answer>(
  program: string,
  count: number,
  jobOf: (index: number) => object,
): Promise<readonly Answer[]> {
  const children = Array.from({ length: count }, (_, index) => startChild<Answer>(program, jobOf(index)));
  await Promise.all(children.map((child) => child.ready));
  for (const child of children) child.start();
  const answers = await Promise.all(children.map((child) => child.answer));
  return answers.map((answer) => {
    if (answer === undefined) throw new Error(`A ${program} process was killed`);
    return answer;
  });
}
