import { expect, test } from "vitest";
import { commandTable } from "./command-table.ts";
import { CliWorld } from "./testing/cli-world.ts";
import { version } from "./version.ts";

const world = new CliWorld();

test("the version is printed, or enveloped", async () => {
  for (const flag of ["--version", "-V"])
    expect(await world.run([flag])).toEqual({ exitCode: 0, stdout: `knot ${version}\n`, stderr: "" });
  expect(await world.data(["--version"])).toEqual({ version });
});

test("help explains everything, a group, or a command with an example", async () => {
  const root = await world.run([]);
  expect(root.exitCode).toBe(0);
  for (const { path } of commandTable) expect(root.stdout).toContain(`  ${path} `);
  expect((await world.run(["task", "--help"])).stdout).toContain("task heartbeat");
  for (const { path } of commandTable) {
    const words = path.split(" ");
    const byFlag = await world.run([...words, "--help"]);
    expect(byFlag, path).toMatchObject({ exitCode: 0, stderr: "" });
    expect(byFlag.stdout).toContain(`knot ${path}`);
    expect(byFlag.stdout).toContain("Examples");
    expect(await world.run(["help", ...words])).toEqual(byFlag);
  }
  expect((await world.data(["task", "list", "--help"]))["help"]).toContain("Options");
});

test("every wrong command line is one document under --json and a line on stderr without", async () => {
  const wrong: readonly (readonly [string[], string])[] = [
    [["tsk"], "UNKNOWN_COMMAND"],
    [["task"], "MISSING_ARGUMENT"],
    [["task", "done", "x"], "UNKNOWN_COMMAND"],
    [["--colour", "task", "list"], "UNKNOWN_OPTION"],
    [["task", "list", "--state", "pending"], "UNKNOWN_OPTION"],
    [["task", "list", "--status", "done"], "INVALID_ARGUMENT"],
    [["task", "list", "-n"], "MISSING_ARGUMENT"],
    [["task", "list", "-n", "0"], "INVALID_ARGUMENT"],
    [["task", "list", "-n", "5", "--limit", "6"], "REPEATED_OPTION"],
    [["--as", "a", "task", "list", "--as", "b"], "REPEATED_OPTION"],
    [["task", "show"], "MISSING_ARGUMENT"],
    [["task", "show", "undefined"], "INVALID_ARGUMENT"],
    [["task", "show", "a/b"], "INVALID_ID"],
    [["task", "create", "two", "words"], "EXCESS_ARGUMENT"],
    [["task", "claim", "T-123456"], "IDENTITY_REQUIRED"],
    [["task", "claim", "T-123456", "--as", ""], "INVALID_ARGUMENT"],
    [["task", "list", "--durability", "eventual"], "INVALID_ARGUMENT"],
  ];
  for (const [argv, code] of wrong) {
    const answer = await world.json(argv);
    expect([argv, answer.exitCode, answer.ok, answer.error.code]).toEqual([argv, 2, false, code]);
    expect(answer.error.hint).toMatch(/\w/);
    const plain = await world.run(argv);
    expect(plain).toMatchObject({ exitCode: 2, stdout: "" });
    expect(plain.stderr).toContain(`[${code}]`);
    expect(plain.stderr).toContain("hint: ");
  }
});

test("an error quotes what was typed without letting it act on the terminal", async () => {
  const { stderr } = await world.run(["task", "\u001b[2J"]);
  expect(stderr).toContain(String.raw`\u001b[2J`);
  expect(stderr).not.toContain("\u001b");
});

test("--json is an option only before --", async () => {
  const { stdout, stderr } = await world.run(["task", "create", "--", "--json"]);
  expect(stdout).toBe("");
  expect(stderr).toContain("STORE_NOT_FOUND");
});
