// Child processes of scripts/run.mjs: started one at a time, signals passed on, exit codes told truthfully.

import { spawn } from "node:child_process";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of this clone. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** @typedef {{ readonly exitCode: number, readonly output: string, readonly timedOut: boolean }} Outcome */

/**
 * Runs a program, in the clone's root unless told otherwise, and waits for its end. Rejects only when it cannot be started.
 * A program that a signal ended gives 128 + the signal's number, as shells do.
 *
 * @param {string} program
 * @param {readonly string[]} programArguments
 * @param {{ readonly env?: NodeJS.ProcessEnv, readonly capture?: boolean, readonly cwd?: string, readonly timeoutMs?: number }} [options]
 *   `capture`: collect stdout and stderr in `output` instead of showing them; `timeoutMs`: kill it after this time, with
 *   all that it has started
 * @returns {Promise<Outcome>}
 */
export function run(program, programArguments, options = {}) {
  const child = spawn(program, programArguments, {
    cwd: options.cwd ?? root,
    detached: options.timeoutMs !== undefined,
    env: options.env ?? process.env,
    stdio: options.capture === true ? ["ignore", "pipe", "pipe"] : "inherit",
  });
  /** @type {Buffer[]} */
  const chunks = [];
  /** @param {Buffer} chunk */
  const collect = (chunk) => chunks.push(chunk);
  child.stdout?.on("data", collect);
  child.stderr?.on("data", collect);

  let timedOut = false;
  const deadline =
    options.timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          // With all that it has started: a worker that hangs does not notice that it is alone.
          if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
        }, options.timeoutMs);

  return new Promise((resolve, reject) => {
    const stopForwarding = forwardSignals((signal) => child.kill(signal));
    child.once("error", (error) => {
      stopForwarding();
      reject(error);
    });
    child.once("close", (code, signal) => {
      clearTimeout(deadline);
      stopForwarding();
      const exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
      resolve({ exitCode, output: Buffer.concat(chunks).toString("utf8"), timedOut });
    });
  });
}

/**
 * Runs a tool that the workspace installs, such as `tsc`.
 *
 * @param {string} tool
 * @param {readonly string[]} toolArguments
 */
export async function runTool(tool, toolArguments) {
  const { exitCode } = await run(join(root, "node_modules", ".bin", tool), toolArguments);
  return exitCode;
}

/**
 * Keeps this process alive on SIGINT, SIGTERM and SIGHUP until the child has ended by its own rules. Ctrl-C on a
 * terminal reaches the whole process group, the child too: sending it a second time would cut its tidying short.
 *
 * @param {(signal: NodeJS.Signals) => void} send
 * @returns {() => void} stops forwarding
 */
function forwardSignals(send) {
  /** @type {readonly NodeJS.Signals[]} */
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    if (signal !== "SIGINT" || !process.stdin.isTTY) send(signal);
  };
  for (const signal of signals) process.on(signal, forward);
  return () => {
    for (const signal of signals) process.off(signal, forward);
  };
}
