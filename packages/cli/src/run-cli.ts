/**
 * One run of the command line, from its words to its exit code. Prints through the environment's two streams, never exits
 * the process, never throws.
 */
import type { CliEnvironment } from "./cli-environment.ts";
import { CommandContext } from "./command-context.ts";
import type { Command, CommandOutput, Look, RawInput } from "./command.ts";
import { describeError, type EnvelopeError, errorEnvelope, successEnvelope } from "./envelope.ts";
import { EXIT_OK, type ExitCode, exitCodeOf } from "./exit-codes.ts";
import { identityOf, requireIdentity } from "./identity.ts";
import { type Document, line, span } from "./output/document.ts";
import { renderDocument } from "./output/render.ts";
import { sanitizeLine } from "./output/sanitize.ts";
import { columnsOf, paintFor, type TextSink, wantsColor } from "./output/terminal.ts";
import { textWidth } from "./output/text-width.ts";
import type { GlobalOptions } from "./parsing/global-options.ts";
import { parseCommandLine } from "./parsing/parse-command-line.ts";
import { fillFromInput } from "./parsing/standard-input.ts";
import { version } from "./version.ts";

/** @param argv the words after the program's name */
export async function runCli(argv: readonly string[], environment: CliEnvironment): Promise<ExitCode> {
  const words = argv.slice(0, argv.includes("--") ? argv.indexOf("--") : argv.length);
  const output = new Output(environment, { json: words.includes("--json"), noColor: words.includes("--no-color") });
  try {
    const invocation = await parseCommandLine(argv);
    switch (invocation.kind) {
      case "version":
        return output.succeed({ data: { version }, document: () => [line(`knot ${version}`)] });
      case "help": {
        const help = await (await import("./help.ts")).helpFor(invocation.topic);
        return output.succeed({ data: { help: renderPlain(help) }, document: () => help });
      }
      case "reference": {
        const { helpReference, helpReferenceDocument } = await import("./help-reference.ts");
        const reference = await helpReference();
        return output.succeed({ data: reference, document: () => helpReferenceDocument(reference) });
      }
      case "run":
        return output.succeed(await runCommand(invocation, environment));
    }
  } catch (error) {
    if (environment.env["KNOT_DEBUG"] === "1" && error instanceof Error)
      environment.stderr.write(`${error.stack ?? ""}\n`);
    return output.fail(describeError(error));
  }
}

interface Run {
  readonly command: Command;
  readonly raw: RawInput;
  readonly globals: GlobalOptions;
}

async function runCommand({ command, raw, globals }: Run, environment: CliEnvironment): Promise<CommandOutput> {
  const agent = identityOf({ as: globals.as, env: environment.env });
  if (command.needsIdentity === true) requireIdentity(agent, command.path);
  const context = new CommandContext(environment, globals, agent);
  try {
    return await command.run(context, await fillFromInput(command, raw, environment.readInput));
  } finally {
    await context.close();
  }
}

class Output {
  readonly #environment: CliEnvironment;
  readonly #json: boolean;
  readonly #noColor: boolean;

  constructor(environment: CliEnvironment, wish: { readonly json: boolean; readonly noColor: boolean }) {
    this.#environment = environment;
    this.#json = wish.json;
    this.#noColor = wish.noColor;
  }

  succeed(output: CommandOutput): ExitCode {
    const { failure } = output;
    if (failure !== undefined) {
      if (!this.#json) this.#print(this.#environment.stdout, output.document(this.#look()));
      return this.fail({ ...failure, retryable: false, context: output.data as object });
    }
    if (output.written === true) return EXIT_OK;
    if (this.#json) this.#environment.stdout.write(`${successEnvelope(output.data, output.page)}\n`);
    else this.#print(this.#environment.stdout, output.document(this.#look()));
    return EXIT_OK;
  }

  fail(error: EnvelopeError): ExitCode {
    if (this.#json) this.#environment.stdout.write(`${errorEnvelope(error)}\n`);
    else this.#print(this.#environment.stderr, errorDocument(error));
    return exitCodeOf(error.code);
  }

  #look(): Look {
    return { symbols: this.#environment.stdout.isTTY };
  }

  #print(sink: TextSink, document: Document): void {
    const { env } = this.#environment;
    const color = wantsColor(sink, { refused: this.#noColor, env });
    sink.write(renderDocument(document, { columns: columnsOf(sink, env), paint: paintFor(color) }));
  }
}

function errorDocument({ code, message, hint, retryable, context }: EnvelopeError): Document {
  const state = retryable ? `${code}, may be tried again` : code;
  return [
    line([span("knot: ", "red"), message, span(` [${state}]`, "dim")]),
    ...placeOf(context),
    ...(hint === null ? [] : [line([span("  hint: ", "yellow"), hint])]),
  ];
}

/** The text that was not understood, and a caret below where it goes wrong. */
function placeOf(context: object): Document {
  const { query, position } = context as { readonly query?: unknown; readonly position?: unknown };
  if (typeof query !== "string" || typeof position !== "number") return [];
  const caret = `${" ".repeat(textWidth(sanitizeLine(query.slice(0, position))))}^`;
  return [line(`  ${query}`), line(["  ", span(caret, "red")])];
}

function renderPlain(document: Document): string {
  return renderDocument(document, { columns: 100, paint: (text) => text });
}
