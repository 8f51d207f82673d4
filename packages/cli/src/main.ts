/** The process behind `bin/knot`: the machine's streams, disk and clock around one `runCli`. */
import { machineClock, nodeDisk } from "@knotwork/disk";
import { describeError } from "./envelope.ts";
import { EXIT_FAILED, EXIT_OK, type ExitCode, exitCodeOf } from "./exit-codes.ts";
import { processSink } from "./output/process-sink.ts";
import { sanitizeLine } from "./output/sanitize.ts";
import { runCli } from "./run-cli.ts";

/** Who was asked to end waits no longer for a reader that does not read. */
const UNREAD_MS_MAX = 1000;

// No top-level await: the bundle is one classic script, which V8 can load from its code cache.
void main();

async function main(): Promise<void> {
  const clock = machineClock();
  let end: AbortController | undefined;
  const endOf = (): AbortController => (end ??= new AbortController());
  let failed: ExitCode = EXIT_OK;
  const stderr = processSink(2, { clock, onFailed: () => (failed = EXIT_FAILED) });
  const stdout = processSink(1, {
    clock,
    onFailed: (error) => {
      const { code, message } = describeError(error);
      failed = exitCodeOf(code);
      process.exitCode ||= failed;
      stderr.write(`knot: not all was written: ${sanitizeLine(message)} [${code}]\n`);
    },
    onClosed: () => endOf().abort(),
  });
  const exitCode = await runCli(process.argv.slice(2), {
    stdout,
    stderr,
    endSignal: () => {
      stdout.hearSignals();
      for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => endOf().abort());
      return endOf().signal;
    },
    readInput: readStandardInput,
    env: process.env,
    cwd: process.cwd(),
    disk: nodeDisk(),
    clock,
    random: Math.random,
  });
  process.exitCode = exitCode === EXIT_OK ? failed : exitCode;
  if (end?.signal.aborted === true) setTimeout(() => process.exit(), UNREAD_MS_MAX).unref();
}

async function readStandardInput(): Promise<string | undefined> {
  if (process.stdin.isTTY) return undefined;
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
