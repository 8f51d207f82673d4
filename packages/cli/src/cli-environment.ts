/** Everything outside of the command line that it uses, passed in: so that it runs whole inside a test. */
import type { Clock, Disk, Random } from "@knotwork/disk";
import type { OpenKnot } from "./command-context.ts";
import type { TextSink } from "./output/terminal.ts";

export interface CliEnvironment {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  /** All of standard input as text; `undefined` when it is a terminal, which nobody may be made to wait at. */
  readonly readInput: () => Promise<string | undefined>;
  /**
   * Aborted when the command is asked to end (Ctrl-C, SIGTERM), or nobody reads what it prints any more. Until a command
   * asks for it, such a request ends the process at once.
   */
  readonly endSignal: () => AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  /** Opens stores; default: `openKnot` of @knotwork/domain, loaded when a command needs a store. */
  readonly openKnot?: OpenKnot;
}
