/** Who runs the command: `--as`, else KNOT_AGENT. Nothing is guessed from the machine: two agents share one login. */
import { CliError } from "./cli-error.ts";
import { parseText } from "./parsing/values.ts";

export interface IdentityWish {
  /** `--as` */
  readonly as: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The name, or `undefined` when nobody gave one. @throws CliError INVALID_ARGUMENT */
export function identityOf({ as, env }: IdentityWish): string | undefined {
  if (as !== undefined) return as;
  const fromEnvironment = env["KNOT_AGENT"];
  return fromEnvironment === undefined ? undefined : parseText("KNOT_AGENT", fromEnvironment);
}

/** @throws CliError IDENTITY_REQUIRED */
export function requireIdentity(agent: string | undefined, command: string): string {
  if (agent !== undefined) return agent;
  throw new CliError(
    "IDENTITY_REQUIRED",
    `Cannot run "${command}": it takes or gives up work, and nobody said who you are`,
    {
      hint: "Add --as NAME, or set KNOT_AGENT.",
      context: { command },
    },
  );
}
