/**
 * A machine for the command line to run on inside one test: a disk in memory, a clock that moves only when told, streams
 * that remember. Each command opens and closes the store, as a process of its own would.
 */
import { setImmediate as turnOfEventLoop } from "node:timers/promises";
import type { Clock } from "@knotwork/disk";
import { MemoryDisk, seededRandom, TestClock } from "@knotwork/disk/testing";
import type { ExitCode } from "../exit-codes.ts";
import type { TextSink } from "../output/terminal.ts";
import { runCli } from "../run-cli.ts";

export interface CliRun {
  readonly exitCode: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A terminal so wide; default: a pipe. */
  readonly terminalColumns?: number;
  /** What is piped in; default: standard input is a terminal. */
  readonly input?: string;
  /** What ends a command that would go on; default: nothing. */
  readonly end?: AbortSignal;
}

export interface JsonAnswer {
  readonly exitCode: ExitCode;
  readonly ok: boolean;
  readonly data: Readonly<Record<string, unknown>>;
  readonly page?: { readonly next: string | null; readonly truncated: boolean };
  readonly error: { readonly code: string; readonly message: string; readonly hint: string; readonly context: object };
}

export class CliWorld {
  readonly disk: MemoryDisk = new MemoryDisk();
  readonly clock: SteppingClock = new SteppingClock();
  readonly #random = seededRandom(1);
  readonly #project = "/project";

  constructor() {
    this.disk.process("shell").makeDirectory(this.#project);
  }

  /** Runs one command. */
  async run(argv: readonly string[], options: CliOptions = {}): Promise<CliRun> {
    const [stdout, stderr] = [sinkOf(options), sinkOf(options)];
    // No two commands are at the same time: lists by age have one order.
    this.clock.pauseMs(1);
    const exitCode = await runCli(argv, {
      stdout,
      stderr,
      readInput: () => Promise.resolve(options.input),
      endSignal: () => options.end ?? new AbortController().signal,
      env: options.env ?? {},
      cwd: options.cwd ?? this.#project,
      disk: this.disk.process("knot"),
      clock: this.clock,
      random: this.#random,
    });
    return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
  }

  /** Runs one command with `--json`. @throws SyntaxError when stdout is not exactly one document */
  async json(argv: readonly string[], options: CliOptions = {}): Promise<JsonAnswer> {
    const { exitCode, stdout } = await this.run([...argv, "--json"], options);
    return { exitCode, ...(JSON.parse(stdout) as Omit<JsonAnswer, "exitCode">) };
  }

  /** The same, for a command that must succeed: its data. */
  async data(argv: readonly string[], options: CliOptions = {}): Promise<Readonly<Record<string, unknown>>> {
    const answer = await this.json(argv, options);
    if (!answer.ok) throw new Error(`knot ${argv.join(" ")}: ${JSON.stringify(answer.error)}`);
    return answer.data;
  }
}

/** Sleeping moves the clock and takes no time to wait for. */
class SteppingClock extends TestClock implements Clock {
  override async sleepMs(ms: number): Promise<void> {
    this.pauseMs(ms);
    await turnOfEventLoop();
  }
}

function sinkOf({ terminalColumns }: CliOptions): TextSink & { readonly text: () => string } {
  let written = "";
  return {
    write: (text) => {
      written += text;
    },
    isTTY: terminalColumns !== undefined,
    columns: terminalColumns,
    text: () => written,
  };
}
