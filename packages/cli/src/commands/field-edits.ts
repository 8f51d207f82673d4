/**
 * The fields of a record as `update` commands change them: options of their own, `--set field=value`, `--unset field`.
 * Every update command takes its fields the same way.
 */
import { CliError } from "../cli-error.ts";
import type { OptionSpec } from "../command.ts";
import { assignmentsOption, choicesOption } from "../parsing/option-spec.ts";
import { nearest } from "../parsing/near-miss.ts";
import { parseNumber } from "../parsing/values.ts";

/** How the text of `--set field=text` is read; `field:=json` is taken as it is. */
export type FieldKind = "text" | "number" | "words";

export interface EditableRecord {
  /** Such as `task`, for messages. */
  readonly noun: string;
  /** What `--set` takes. */
  readonly fields: Readonly<Record<string, FieldKind>>;
}

export interface FieldEdits {
  /** Values of the options of their own; `undefined` ones were not given. */
  readonly named: Readonly<Record<string, unknown>>;
  readonly set: Readonly<Record<string, unknown>>;
  readonly unset: readonly string[] | undefined;
}

/** `--set` and `--unset`, both repeatable. */
export function editOptions<Unsettable extends string>(
  unsettable: readonly Unsettable[],
): {
  readonly set: OptionSpec<Readonly<Record<string, unknown>>>;
  readonly unset: OptionSpec<readonly Unsettable[] | undefined>;
} {
  return {
    set: assignmentsOption("--set <field=value>", "Set a field; field:=json for numbers, lists and objects"),
    unset: choicesOption("--unset <fields>", "Remove the value of these", unsettable, {
      misspellings: ["--clear", "--remove"],
    }),
  };
}

/**
 * The edit these options ask for. The domain judges the values.
 *
 * @throws CliError UNKNOWN_FIELD, REPEATED_OPTION, INVALID_ARGUMENT, and MISSING_ARGUMENT when nothing was asked for
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- names what the domain calls the edit of a record
export function mergeEdits<Edit extends object>(record: EditableRecord, { named, set, unset }: FieldEdits): Edit {
  const edit: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(named)) if (value !== undefined) edit[field] = value;
  for (const [field, value] of Object.entries(set)) {
    const kind = Object.hasOwn(record.fields, field) ? record.fields[field] : undefined;
    if (kind === undefined) throw unknownField(record, field);
    if (Object.hasOwn(edit, field)) {
      throw new CliError("REPEATED_OPTION", `Cannot set "${field}" twice: one of the values would be lost`, {
        hint: "Give it once, by its own option or by --set.",
        context: { field },
      });
    }
    edit[field] = typeof value === "string" ? fieldValue(field, kind, value) : value;
  }
  assertSomething(record, edit, unset ?? []);
  return edit as Edit;
}

function fieldValue(field: string, kind: FieldKind, value: string): unknown {
  if (kind === "number") return parseNumber(field, value);
  return kind === "words" ? value.split(",").map((word) => word.trim()) : value;
}

function assertSomething({ noun }: EditableRecord, edit: object, unset: readonly string[]): void {
  const both = unset.find((field) => Object.hasOwn(edit, field));
  if (both !== undefined) {
    throw new CliError("INVALID_ARGUMENT", `Cannot set and unset "${both}" at once`, {
      hint: "Do one of the two.",
      context: { field: both },
    });
  }
  if (Object.keys(edit).length > 0 || unset.length > 0) return;
  throw new CliError("MISSING_ARGUMENT", `Cannot update the ${noun}: no field was given`, {
    hint: "Add a field, such as --set title=…; see --help for the others.",
  });
}

function unknownField({ noun, fields }: EditableRecord, field: string): CliError {
  const settable = Object.keys(fields);
  const suggestion = nearest(field, settable);
  return new CliError("UNKNOWN_FIELD", `Cannot set "${field}": a ${noun} has no such field that can be set`, {
    hint: suggestion === undefined ? `Fields: ${settable.join(", ")}.` : `Use ${suggestion}.`,
    context: { field, suggestion },
  });
}
