/** The process behind `bin/knot`: the machine's streams, disk and clock around one `runCli`. */
import { machineClock, nodeDisk } from "@knotwork/disk";
import { EXIT_FAILED, EXIT_OK } from "./exit-codes.ts";
import { processSink } from "./output/process-sink.ts";
import { runCli } from "./run-cli.ts";

// No top-level await: the bundle is one classic script, which V8 can load from its code cache.
void main();

async function main(): Promise<void> {
  const clock = machineClock();
  let end: AbortController | undefined;
  const endOf = (): AbortController => (end ??= new AbortController());
  let hasFailed = false;
  const onFailed = (): void => {
    hasFailed = true;
    process.exitCode = EXIT_FAILED;
  };
  const exitCode = await runCli(process.argv.slice(2), {
    stdout: processSink(1, { clock, onFailed, onClosed: () => endOf().abort() }),
    stderr: processSink(2, { clock, onFailed }),
    endSignal: () => {
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
  process.exitCode = hasFailed && exitCode === EXIT_OK ? EXIT_FAILED : exitCode;
}

async function readStandardInput(): Promise<string | undefined> {
  if (process.stdin.isTTY) return undefined;
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
