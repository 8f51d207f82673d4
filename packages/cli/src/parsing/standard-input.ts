/** A long text given as `-` is read from standard input, once. */
import { CliError } from "../cli-error.ts";
import type { Command, RawInput, RawOption } from "../command.ts";
import { labelOf } from "./option-spec.ts";

/** @throws CliError INVALID_ARGUMENT when two options want the input, or when it is a terminal */
export async function fillFromInput(
  command: Command,
  raw: RawInput,
  readInput: () => Promise<string | undefined>,
): Promise<RawInput> {
  const wanting = Object.entries(command.options).filter(
    ([key, spec]) => spec.longText === true && raw.options[key] === "-",
  );
  const [first, ...others] = wanting;
  if (first === undefined) return raw;
  const label = labelOf(first[1].flags);
  if (others.length > 0) {
    throw new CliError(
      "INVALID_ARGUMENT",
      `Cannot read ${wanting.map(([, spec]) => labelOf(spec.flags)).join(" and ")} from standard input: it can be read once`,
      {
        hint: "Give all but one as text.",
        context: { option: label },
      },
    );
  }
  const text = await readInput();
  if (text === undefined) {
    throw new CliError("INVALID_ARGUMENT", `Cannot read ${label} from standard input: it is a terminal`, {
      hint: `Pipe the text in, or give it: ${label} "…".`,
      context: { option: label },
    });
  }
  const options: Record<string, RawOption> = { ...raw.options, [first[0]]: text.replace(/\r?\n$/, "") };
  return { args: raw.args, options };
}
