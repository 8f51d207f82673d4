/** The process behind `bin/knot`: the machine's streams, disk and clock around one `runCli`. */
import { machineClock, nodeDisk } from "@knotwork/disk";
import type { TextSink } from "./output/terminal.ts";
import { runCli } from "./run-cli.ts";

// No top-level await: the bundle is one classic script, which V8 can load from its code cache.
void main();

async function main(): Promise<void> {
  const end = new AbortController();
  process.exitCode = await runCli(process.argv.slice(2), {
    stdout: sinkOf(process.stdout, () => end.abort()),
    stderr: sinkOf(process.stderr),
    endSignal: () => {
      for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => end.abort());
      return end.signal;
    },
    readInput: readStandardInput,
    env: process.env,
    cwd: process.cwd(),
    disk: nodeDisk(),
    clock: machineClock(),
    random: Math.random,
  });
}

/** Whoever reads our output may stop reading (`knot log | head -1`): what follows is dropped, and that is no failure. */
function sinkOf(stream: NodeJS.WriteStream, onClosed?: () => void): TextSink {
  let closed = false;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    closed = true;
    if (error.code !== "EPIPE") process.exitCode = 1;
    onClosed?.();
  });
  return {
    write: (text) => {
      if (!closed && text !== "") stream.write(text);
    },
    isTTY: stream.isTTY === true,
    columns: stream.columns,
  };
}

async function readStandardInput(): Promise<string | undefined> {
  if (process.stdin.isTTY) return undefined;
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
