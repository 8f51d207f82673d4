/** `knot schema`. */
import { CliError } from "../cli-error.ts";
import { type ArgumentSpec, type Command, defineCommand } from "../command.ts";
import { ENVELOPE_VERSION } from "../envelope.ts";
import { heading, line, span, text } from "../output/document.ts";
import { nearest } from "../parsing/near-miss.ts";
import { outputShapes } from "../output-shapes.ts";
import { type JsonSchema, shapeToSchema } from "../shape.ts";

const DIALECT = "https://json-schema.org/draft/2020-12/schema";
const ERROR_SHAPE = "{code:text,message:text,hint:text|null,retryable:boolean,context:{}}";
const PAGE_SHAPE = "{next:text|null,truncated:boolean}";

const wordsArgument: ArgumentSpec<readonly string[]> = {
  name: "command",
  summary: "The words of a command, such as task list; default: all commands",
  arity: "many",
  read: (raw) => (Array.isArray(raw) ? (raw as readonly string[]) : []),
};

export const schema: Command = defineCommand({
  path: "schema",
  summary: "Show the JSON Schema of what commands print under --json",
  details:
    "Of the whole envelope: one for success, one for failure. An object may have more fields than its schema names; a field that is required stays.",
  args: { words: wordsArgument },
  options: {},
  examples: [
    { line: "knot schema task list --json", why: "of one command" },
    { line: "knot schema --json", why: "of every command, by its name" },
  ],
  run: (_context, { words }) => {
    const path = words.join(" ");
    const data: JsonSchema =
      path === ""
        ? {
            $schema: DIALECT,
            commands: Object.fromEntries(Object.keys(outputShapes).map((each) => [each, success(each)])),
            error: failure(),
          }
        : { $schema: DIALECT, title: `knot ${path} --json`, anyOf: [success(requirePath(path)), failure()] };
    return Promise.resolve({
      data,
      document: () =>
        path === ""
          ? [
              line("Name a command, or add --json for all."),
              ...Object.keys(outputShapes).map((each) => line(`  ${each}`)),
            ]
          : [heading(span(`data of knot ${path} --json`, "bold")), text(outputShapes[path] ?? "")],
    });
  },
});

function success(path: string): JsonSchema {
  const data = shapeToSchema(outputShapes[path] ?? "any");
  const isList = Object.hasOwn(data["properties"] ?? {}, "items");
  return {
    type: "object",
    properties: {
      v: { const: ENVELOPE_VERSION },
      ok: { const: true },
      data,
      ...(isList ? { page: shapeToSchema(PAGE_SHAPE) } : {}),
    },
    required: ["v", "ok", "data", ...(isList ? ["page"] : [])],
  };
}

function failure(): JsonSchema {
  return {
    type: "object",
    properties: { v: { const: ENVELOPE_VERSION }, ok: { const: false }, error: shapeToSchema(ERROR_SHAPE) },
    required: ["v", "ok", "error"],
  };
}

/** @throws CliError UNKNOWN_COMMAND */
function requirePath(path: string): string {
  if (Object.hasOwn(outputShapes, path)) return path;
  const near = nearest(path, Object.keys(outputShapes));
  throw new CliError("UNKNOWN_COMMAND", `Cannot show the schema of "${path}": there is no such command`, {
    hint: near === undefined ? "See knot schema for the names." : `Use: knot schema ${near}`,
    context: { command: path, suggestion: near },
  });
}
