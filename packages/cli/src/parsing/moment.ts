/** A moment of the store: a commit by its seq, or a time. */
import { CliError } from "../cli-error.ts";
import type { OptionSpec } from "../command.ts";
import { labelOf } from "./option-spec.ts";

const timePattern = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

/** `12`, `2026-03-01` (its beginning, in UTC) or `2026-03-01T12:00Z`. @throws CliError INVALID_ARGUMENT */
export function parseMoment(label: string, value: string): number | Date {
  if (/^\d{1,15}$/.test(value)) return Number(value);
  const time = timePattern.test(value) ? new Date(value) : undefined;
  if (time !== undefined && !Number.isNaN(time.getTime())) return time;
  throw new CliError(
    "INVALID_ARGUMENT",
    `Cannot read ${JSON.stringify(value)} as ${label}: it is neither a seq nor a time`,
    {
      hint: "Give the seq of a commit (see knot log), a date such as 2026-03-01, or a time such as 2026-03-01T12:00Z.",
      context: { value },
    },
  );
}

export function momentOption(
  flags: string,
  summary: string,
  extra: Pick<OptionSpec<unknown>, "misspellings"> = {},
): OptionSpec<number | Date | undefined> {
  return {
    flags,
    summary,
    arity: "one",
    ...extra,
    read: (raw) => (typeof raw === "string" ? parseMoment(labelOf(flags), raw) : undefined),
  };
}

/** `3..7`: two numbers, both given. @throws CliError INVALID_ARGUMENT */
export function parseRange(label: string, value: string): { readonly from: number; readonly to: number } {
  const [, from, to] = /^(\d{1,15})\.\.(\d{1,15})$/.exec(value) ?? [];
  if (from !== undefined && to !== undefined) return { from: Number(from), to: Number(to) };
  throw new CliError("INVALID_ARGUMENT", `Cannot read ${JSON.stringify(value)} as ${label}: it is no range`, {
    hint: "Give two numbers with two dots between them: 3..7.",
    context: { value },
  });
}
