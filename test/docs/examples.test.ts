import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "knotwork-example-"));
});
afterEach(() => rm(directory, { recursive: true }));

test("the example of the command line runs, and its last answers are right", async () => {
  const output = await runExample("sh", ["-eu", join(root, "examples/command-line-start.sh")]);
  expect(output).toContain("converter");
  expect(output).toContain("Convert in one pass");
});

test("the example of the domain runs and ends with the task that has become ready", async () => {
  const output = await runExample(process.execPath, [join(root, "examples/domain-start.mjs")]);
  expect(output).toBe("Next: Convert every file\n");
});

test("the example of the graph runs and answers from the present and from the past", async () => {
  const output = await runExample(process.execPath, [join(root, "examples/graph-start.mjs")]);
  expect(output).toBe("wheel: 1200 g, frame: 1750 g\nAt commit 2 it was { name: 'frame', grams: 1900 }\n");
});

/** What it prints. Outside any store and any repository, and with no identity but its own. */
async function runExample(program: string, programArguments: readonly string[]): Promise<string> {
  const { KNOT_AGENT: _agent, KNOT_STORE: _store, KNOT_TOKEN: _token, ...env } = process.env;
  const { stdout } = await promisify(execFile)(program, programArguments, {
    cwd: directory,
    env: { ...env, PATH: `${join(root, "bin")}:${env["PATH"] ?? ""}` },
  });
  return stdout;
}
