import { beforeAll, expect, test } from "vitest";
import { commandTable } from "./command-table.ts";
import type { Command } from "./command.ts";
import { outputShapes } from "./output-shapes.ts";
import { shapeToSchema } from "./shape.ts";
import { preparation } from "./testing/before-examples.ts";
import type { CliRun } from "./testing/cli-world.ts";
import { ExampleWorld } from "./testing/example-world.ts";
import { inferShape, misfits } from "./testing/infer-shape.ts";

const commands: Command[] = [];
let world: ExampleWorld;
let everything: readonly Ran[];

beforeAll(async () => {
  for (const entry of commandTable) commands.push(await entry.load());
  world = await ExampleWorld.create();
  everything = await runEverything();
}, 120_000);

/** What the memory of a test cannot hold: a repository of git. */
const elsewhere = ["knot infer --dry-run"];

/** More of what commands answer, for their shapes: entities with few fields, empty answers, whole ones. */
const more: Readonly<Record<string, readonly string[]>> = {
  "task show": ["knot task show 9XW2T0RD", "knot task show T-parent"],
  "task list": ["knot task list --full", "knot task list --status completed"],
  "task ready": ["knot task ready --full"],
  "task history": ["knot task history T-parent"],
  "decision show": ["knot decision show 3FJ8Q0ZC"],
  "decision list": ["knot decision list"],
  "handoff list": ["knot handoff list"],
  "edge list": ["knot edge list T-parent"],
  "config get": ["knot config get user.nothing"],
  "query path": ["knot query path 7QK4ZB1M T-parent"],
  prime: ["knot prime --as agent-2"],
};

interface Ran {
  readonly path: string;
  readonly line: string;
  readonly human: CliRun;
  readonly json: CliRun;
}

async function runEverything(): Promise<readonly Ran[]> {
  const ran: Ran[] = [];
  for (const { path, examples } of commands) {
    for (const line of [...examples.map((example) => example.line), ...(more[path] ?? [])]) {
      if (elsewhere.includes(line)) continue;
      const first = preparation(line);
      const human = await world.run(line, first);
      const json = line.includes("--json") ? human : await world.run(line, first, ["--json"]);
      ran.push({ path, line, human, json });
    }
  }
  return ran;
}

test("every example of the help does what it says", () => {
  const failed = everything.filter(({ human, json }) => human.exitCode !== 0 || json.exitCode !== 0);
  expect(failed.map(({ line, human, json }) => `${line}: ${human.stderr} ${json.stdout}`)).toEqual([]);
});

test("no output of any command carries a character that a terminal acts on", () => {
  // oxlint-disable-next-line no-control-regex
  const acts = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
  const hides = /[\u200b\u200c\u2060]/u;
  const bad = everything.filter(({ human, json }) =>
    [human, json].some(({ stdout, stderr }) => acts.test(stdout) || acts.test(stderr)),
  );
  expect(bad.map(({ line }) => line)).toEqual([]);
  // JSON keeps what only hides: its reader is a program.
  const hiding = everything.filter(({ line, human }) => !/--json|export/.test(line) && hides.test(human.stdout));
  expect(hiding.map(({ line }) => line)).toEqual([]);
  // The text is there, escaped: the test would notice.
  expect(everything.filter(({ human }) => human.stdout.includes(String.raw`\u001b[2J`)).length).toBeGreaterThan(10);
});

test("under --json every command prints one envelope, and a list has a page", () => {
  for (const { line, json } of everything.filter(isOneDocument)) {
    const envelope = JSON.parse(json.stdout) as { v: number; ok: boolean; data: unknown; page?: object };
    expect(envelope, line).toMatchObject({ v: 1, ok: true });
    const isList = typeof envelope.data === "object" && envelope.data !== null && "items" in envelope.data;
    if (isList)
      expect(envelope.page, line).toEqual({ next: envelope.page?.["next" as never], truncated: expect.any(Boolean) });
  }
});

test("output-shapes.ts has the shape of every output (a new command or field: run this test with -u)", async () => {
  const paths = [...new Set(everything.map(({ path }) => path))];
  const rows = paths.map((path) => {
    const samples = everything
      .filter((each) => each.path === path && isOneDocument(each))
      .map(({ json }) => dataOf(json));
    return row(path, path === "schema" ? "any" : inferShape(samples));
  });
  const text = `/**
 * The shape of \`data\` under \`--json\`, by command, in the notation of shape.ts. Written by every-command.test.ts from what the
 * examples of the help answer; \`knot schema\` shows it as JSON Schema.
 */
export const outputShapes: Readonly<Record<string, string>> = {
${rows.join("\n")}
};
`;
  await expect(text).toMatchFileSnapshot("./output-shapes.ts");
});

test("every real output fits the schema of its command", () => {
  for (const { path, line, json } of everything.filter(isOneDocument)) {
    expect(misfits(dataOf(json), shapeToSchema(outputShapes[path] ?? "")), line).toEqual([]);
  }
});

/** What follows the store prints a line for each commit. */
function isOneDocument({ line }: Ran): boolean {
  return !line.includes("--follow");
}

function dataOf({ stdout }: CliRun): unknown {
  return (JSON.parse(stdout) as { data: unknown }).data;
}

/** As the formatter would write it. */
function row(path: string, shape: string): string {
  const name = /^\w+$/.test(path) ? path : JSON.stringify(path);
  const value = shape.includes('"') ? `'${shape}'` : `"${shape}"`;
  const line = `  ${name}: ${value},`;
  return line.length <= 120 || name.length <= 4 ? line : `  ${name}:\n    ${value},`;
}
