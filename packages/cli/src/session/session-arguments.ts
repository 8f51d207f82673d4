/** The arguments of the main job: `npm start [-- INPUT] [--agents 8] [--tasks N] [--store DIR]`. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";

export interface SessionArguments {
  /** Absolute path of what to import; `undefined`: the shipped plan and this clone's git history. */
  readonly input: string | undefined;
  readonly agentCount: number;
  /** At most so many tasks. */
  readonly taskCountMax: number;
  /** Absolute path of the scratch store; `undefined`: a new one under the system's directory for temporary files. */
  readonly storeDir: string | undefined;
}

/** The command was called wrongly; the message says how to call it. */
export class SessionUsageError extends Error {
  override readonly name = "SessionUsageError";
}

export const sessionUsage = "npm start [-- INPUT] [--agents 8] [--tasks N] [--store DIR]";

const defaultAgentCount = 8;
const agentCountLimit = 64;
/** So many tasks take eight agents on two cores some ten seconds. */
const defaultTaskCountMax = 200;
const taskCountLimit = 100_000;

/** @throws SessionUsageError for an unknown option, a second INPUT or a number out of range. */
export function parseSessionArguments(argv: readonly string[], callerDir: string): SessionArguments {
  const { values, positionals } = parse(argv);
  if (positionals.length > 1) {
    throw new SessionUsageError(`Cannot start: more than one INPUT given (${positionals.join(", ")}). ${sessionUsage}`);
  }
  const [input] = positionals;
  return {
    input: input === undefined ? undefined : resolve(callerDir, input),
    agentCount: wholeNumber("--agents", values.agents, { fallback: defaultAgentCount, max: agentCountLimit }),
    taskCountMax: wholeNumber("--tasks", values.tasks, { fallback: defaultTaskCountMax, max: taskCountLimit }),
    storeDir: values.store === undefined ? undefined : resolve(callerDir, values.store),
  };
}

interface RawArguments {
  readonly values: { readonly agents?: string; readonly tasks?: string; readonly store?: string };
  readonly positionals: readonly string[];
}

function parse(argv: readonly string[]): RawArguments {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: { agents: { type: "string" }, tasks: { type: "string" }, store: { type: "string" } },
      allowPositionals: true,
      strict: true,
    });
    return { values, positionals };
  } catch (error) {
    throw new SessionUsageError(
      `Cannot start: ${error instanceof Error ? error.message : String(error)}. ${sessionUsage}`,
    );
  }
}

function wholeNumber(
  option: string,
  text: string | undefined,
  { fallback, max }: { readonly fallback: number; readonly max: number },
): number {
  if (text === undefined) return fallback;
  const value = /^\d{1,9}$/u.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= max) return value;
  throw new SessionUsageError(
    `Cannot start: ${option} is ${JSON.stringify(text)}, not a whole number from 1 to ${max}. ${sessionUsage}`,
  );
}
