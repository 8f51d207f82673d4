import { readFileSync } from "node:fs";
import { KnotworkError, writeFileAtomic } from "@knotwork/disk";
import { expect, test } from "vitest";
import { runCli } from "./run-cli.ts";
import { CliWorld, type JsonAnswer } from "./testing/cli-world.ts";

/** Codes of commands, with the exit code the document gives them: the sections before the findings of a check. */
function documentedCodes(): ReadonlyMap<string, number> {
  const text = readFileSync(new URL("../../../docs/ERRORS.md", import.meta.url), "utf8");
  const [thrown = ""] = text.split("## Problems that a check reports");
  const found = new Map<string, number>();
  for (const [, code = "", exit] of thrown.matchAll(/^### `([A-Z_]+)`\nExit (\d)/gm)) found.set(code, Number(exit));
  return found;
}

const as = (name: string): readonly string[] => ["--as", name];

/** For each code a command that gets it, in a world with tasks a-task (claimed by ada) and b-task. */
const provoked: Readonly<Record<string, (world: CliWorld) => Promise<JsonAnswer>>> = {
  UNKNOWN_COMMAND: (world) => world.json(["tsk"]),
  UNKNOWN_OPTION: (world) => world.json(["task", "list", "--colour"]),
  MISSING_ARGUMENT: (world) => world.json(["task", "show"]),
  EXCESS_ARGUMENT: (world) => world.json(["task", "show", "a-task", "b-task"]),
  REPEATED_OPTION: (world) => world.json(["task", "list", "-n", "1", "-n", "2"]),
  INVALID_ARGUMENT: (world) => world.json(["task", "list", "-n", "many"]),
  IDENTITY_REQUIRED: (world) => world.json(["task", "claim", "b-task"]),
  INVALID_ID: (world) => world.json(["task", "show", "../b-task"]),
  AMBIGUOUS_ID: (world) => world.json(["task", "show", "suffix"]),
  INVALID_VALUE: (world) => world.json(["task", "create", "x".repeat(600)]),
  UNKNOWN_TYPE: (world) => world.json(["edge", "add", "a-task", "DEPEND_ON", "b-task"]),
  UNKNOWN_FIELD: (world) => world.json(["task", "update", "b-task", "--set", "colour=red"]),
  INVALID_CURSOR: (world) => world.json(["task", "list", "--after", "nonsense"]),
  NOT_FOUND: (world) => world.json(["task", "show", "T-nowhere"]),
  STORE_NOT_FOUND: (world) => world.json(["stats", "--store", "/elsewhere"]),
  FILE_NOT_FOUND: (world) => world.json(["import", "beads", "/nothing.jsonl"]),
  CONFLICT: (world) => world.json(["task", "update", "b-task", "--title", "x", "--if-version", "9"]),
  ALREADY_EXISTS: (world) => world.json(["task", "create", "x", "--id", "b-task"]),
  KEY_REUSED: async (world) => {
    await world.data(["task", "create", "one", "--idempotency-key", "k"]);
    return world.json(["task", "create", "two", "--idempotency-key", "k"]);
  },
  CLAIM_HELD: (world) => world.json(["task", "claim", "a-task", ...as("bob")]),
  STALE_FENCE: (world) => world.json(["task", "complete", "a-task", "--fence", "99"]),
  WRONG_AGENT: async (world) => {
    const { id } = await world.data(["handoff", "initiate", "b-task", "--to", "bob", ...as("ada")]);
    return world.json(["handoff", "accept", String(id), ...as("eve")]);
  },
  NOT_READY: async (world) => {
    await world.data(["task", "depends", "b-task", "--on", "a-task"]);
    return world.json(["task", "start", "b-task"]);
  },
  CHILDREN_OPEN: async (world) => {
    await world.data(["task", "create", "child", "--parent", "b-task"]);
    return world.json(["task", "complete", "b-task"]);
  },
  PARENT_CLOSED: async (world) => {
    await world.data(["task", "complete", "b-task"]);
    return world.json(["task", "create", "child", "--parent", "b-task"]);
  },
  CYCLE: (world) => world.json(["task", "depends", "b-task", "--on", "b-task"]),
  INVALID_TRANSITION: (world) => world.json(["task", "unblock", "b-task"]),
  BATCH_FAILED: (world) => world.json(["batch"], { input: '{"op":"task start","id":"nowhere"}' }),
  FILE_EXISTS: async (world) => {
    await world.data(["export", "--output", "out.jsonl"]);
    return world.json(["export", "--output", "out.jsonl"]);
  },
  STORE_EXISTS: (world) => world.json(["init"]),
  LIMIT_EXCEEDED: (world) =>
    world.json(["task", "create", "x", "--description", "-"], { input: "long ".repeat(300_000) }),
  LOCK_TIMEOUT: (world) => {
    const lock = world.disk.process("holder").open("/project/.knot/wal/lock", "read-write");
    expect(lock.tryLock("exclusive")).toBe(true);
    return world.json(["task", "create", "x"]);
  },
  NO_SPACE: (world) => {
    world.disk.capacityBytes = 0;
    return world.json(["task", "create", "x"]);
  },
  OUTCOME_UNKNOWN: (world) => {
    world.disk.failNextSync(logOf(world), "EIO");
    return world.json(["task", "create", "x"]);
  },
  STORE_DAMAGED: (world) => {
    overwrite(world, "/project/.knot/MANIFEST.json", "no manifest\n");
    return world.json(["stats"]);
  },
  LOG_DAMAGED: (world) => {
    const disk = world.disk.process("vandal");
    const file = disk.open(logOf(world), "read-write");
    file.write(Buffer.from("XXXX"), 900);
    file.close();
    return world.json(["task", "create", "x"]);
  },
};

async function worldWithTasks(): Promise<CliWorld> {
  const world = new CliWorld();
  await world.data(["init"]);
  for (const id of ["a-task", "b-task", "one-suffix", "two-suffix"])
    await world.data(["task", "create", id, "--id", id]);
  await world.data(["task", "claim", "a-task", ...as("ada")]);
  return world;
}

function logOf(world: CliWorld): string {
  const directory = "/project/.knot/wal";
  const [segment = ""] = world.disk
    .process("looker")
    .list(directory)
    .filter((name) => name.endsWith(".jsonl"));
  return `${directory}/${segment}`;
}

function overwrite(world: CliWorld, path: string, text: string): void {
  writeFileAtomic(world.disk.process("vandal"), path, Buffer.from(text), { random: () => 0.5 });
}

for (const [code, provoke] of Object.entries(provoked)) {
  test(`${code} is provoked, and ends with the exit code of the document`, async () => {
    const answer = await provoke(await worldWithTasks());
    expect([answer.ok, answer.error.code]).toEqual([false, code]);
    expect(answer.exitCode).toBe(documentedCodes().get(code));
    expect(answer.error.message).toMatch(/^Cannot /);
    // Agents do what the text of an error says.
    expect((answer.error.hint ?? "").replace(/never remove [^.;]*/, "")).not.toMatch(
      /\b(rm|delete the|remove the (lock|store|directory)|--force)\b/i,
    );
  });
}

/** What a command cannot be brought to, or only other processes at the right moment: the exit code and the envelope. */
test("every other documented code ends with the exit code of the document, too", async () => {
  const rest = [...documentedCodes()].filter(([code]) => !Object.hasOwn(provoked, code));
  for (const [code, exit] of rest) {
    let stdout = "";
    const world = await worldWithTasks();
    const exitCode = await runCli(["stats", "--json"], {
      stdout: { write: (text) => (stdout += text), isTTY: false, columns: undefined },
      stderr: { write: () => undefined, isTTY: false, columns: undefined },
      readInput: () => Promise.resolve(undefined),
      endSignal: () => new AbortController().signal,
      env: {},
      cwd: "/project",
      disk: world.disk.process("knot"),
      clock: world.clock,
      random: Math.random,
      openKnot: () => Promise.reject(new KnotworkError(code, "Cannot open the store: a test says so")),
    });
    expect([code, exitCode]).toEqual([code, exit]);
    expect(JSON.parse(stdout)).toMatchObject({ v: 1, ok: false, error: { code, context: {} } });
  }
  expect(Object.keys(provoked).length).toBeGreaterThan(rest.length);
});

test("every exit code is reached by a code that was provoked", () => {
  const codes = documentedCodes();
  expect(new Set(Object.keys(provoked).map((code) => codes.get(code)))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8]));
});

test("init where something else lies is wrong usage, and what lies there stays", async () => {
  const world = new CliWorld();
  const user = world.disk.process("user");
  user.makeDirectory("/project/src");
  overwrite(world, "/project/src/main.c", "int main;");
  const before = user.list("/project/src");
  const answer = await world.json(["init", "--store", "/project/src"]);
  expect([answer.exitCode, answer.error.code]).toEqual([2, "INVALID_ARGUMENT"]);
  expect(answer.error.hint).toContain("empty");
  expect(user.list("/project/src")).toEqual(before);
});

test("an error of the operating system has a hint, too", async () => {
  const answer = await (await worldWithTasks()).json(["export", "--output", "/nowhere/out.jsonl"]);
  expect(answer.error).toMatchObject({ code: "ENOENT", hint: expect.stringContaining("Check the path") });
});
