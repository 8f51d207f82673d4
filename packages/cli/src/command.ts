/**
 * What a command is: its words, arguments, options, examples, and the function that runs it. `defineCommand` gives that
 * function typed values; the parser, the help and the documentation work on the erased shape.
 */
import type { EnvelopePage, Printable } from "./envelope.ts";
import type { ExitCode } from "./exit-codes.ts";
import type { Document } from "./output/document.ts";
import type { CommandContext } from "./command-context.ts";

/** What the parser found for an option: nothing, a flag, a value, or the values of a repeatable option. */
export type RawOption = undefined | true | string | readonly string[];

export interface OptionSpec<Value> {
  /** As shown and parsed: `-p, --priority <level>`. */
  readonly flags: string;
  readonly summary: string;
  readonly arity: "flag" | "one" | "many";
  /** Other spellings people try; answered with this option's name. */
  readonly misspellings?: readonly string[];
  /** `-` reads the value from standard input. */
  readonly longText?: true;
  /** @throws CliError INVALID_ARGUMENT, MISSING_ARGUMENT */
  readonly read: (raw: RawOption) => Value;
}

export interface ArgumentSpec<Value> {
  /** As shown: `id`. */
  readonly name: string;
  readonly summary: string;
  readonly arity: "required" | "optional" | "many";
  readonly read: (raw: RawOption) => Value;
}

type Specs<Spec> = Readonly<Record<string, Spec>>;
type ValuesOf<S> = {
  readonly [Name in keyof S]: S[Name] extends { readonly read: (raw: RawOption) => infer V } ? V : never;
};

export interface Example {
  readonly line: string;
  readonly why: string;
}

/** What a document may take into account of the place it is shown at. */
export interface Look {
  /** On a terminal: status symbols beside the words. */
  readonly symbols: boolean;
}

/** What a command gives back: data for programs, a document for people. */
export interface CommandOutput {
  readonly data: Printable;
  readonly page?: EnvelopePage;
  readonly document: (look: Look) => Document;
  /** Set when the command ran to its end and found something wrong: `data` becomes the error's context. */
  readonly failure?: { readonly code: string; readonly message: string; readonly hint: string };
  /** The command has written its own output (a stream of JSON lines); nothing more is printed. */
  readonly written?: true;
  readonly exitCode?: ExitCode;
}

interface CommandWords {
  /** `task create`, as typed. */
  readonly path: string;
  readonly summary: string;
  /** A paragraph below the summary in the help. */
  readonly details?: string;
  readonly examples: readonly [Example, ...Example[]];
  /** True: refused unless `--as` or KNOT_AGENT says who. */
  readonly needsIdentity?: boolean;
}

export interface Command extends CommandWords {
  readonly args: Specs<ArgumentSpec<unknown>>;
  readonly options: Specs<OptionSpec<unknown>>;
  readonly run: (context: CommandContext, raw: RawInput) => Promise<CommandOutput>;
}

export interface RawInput {
  readonly args: Readonly<Record<string, RawOption>>;
  readonly options: Readonly<Record<string, RawOption>>;
}

export function defineCommand<A extends Specs<ArgumentSpec<unknown>>, O extends Specs<OptionSpec<unknown>>>(
  spec: CommandWords & {
    readonly args: A;
    readonly options: O;
    readonly run: (context: CommandContext, input: ValuesOf<A> & ValuesOf<O>) => Promise<CommandOutput>;
  },
): Command {
  return {
    ...spec,
    run: async (context, raw) => {
      // Every value is read before the command begins: a wrong one changes nothing.
      const input: Record<string, unknown> = {};
      for (const [name, argument] of Object.entries(spec.args)) input[name] = argument.read(raw.args[name]);
      for (const [name, option] of Object.entries(spec.options)) input[name] = option.read(raw.options[name]);
      return spec.run(context, input as ValuesOf<A> & ValuesOf<O>);
    },
  };
}
