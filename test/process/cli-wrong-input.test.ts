/** Wrong input and broken surroundings, on real files: an error with code and hint, the exit code as specified, and nothing changed. */
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nodeDisk } from "@knotwork/disk";
import { beforeEach, expect, test } from "vitest";
import { knot, knotJson } from "./knot-process.ts";
import { useScratchDir } from "./scratch-dir.ts";

const scratch = useScratchDir();
const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;

let cwd: string;
let taskId: string;
beforeEach(async () => {
  cwd = scratch.make("project");
  await knotJson(["init"], { cwd });
  taskId = String((await knotJson(["task", "create", "first"], { cwd })).data["id"]);
});

/** Every file of the store that says what is in it; the lock, the holder and the durable marks say other things. */
function contents(store = join(cwd, ".knot")): ReadonlyMap<string, string> {
  const files = readdirSync(store, { recursive: true, encoding: "utf8" })
    .filter((path) => statSync(join(store, path)).isFile())
    .filter((path) => !["wal/lock", "wal/holder", "wal/durable"].includes(path))
    .sort();
  return new Map(files.map((path) => [path, readFileSync(join(store, path), "latin1")]));
}

const wrongCommands: readonly (readonly [name: string, argv: readonly string[], exitCode: number, code: string])[] = [
  ["a bad id", ["task", "show", "../../etc/passwd"], 2, "INVALID_ID"],
  ["an id that nothing has", ["task", "complete", "T-NOSUCHTASK"], 3, "NOT_FOUND"],
  ["a word for a missing id", ["task", "complete", "null"], 2, "INVALID_ARGUMENT"],
  ["an empty title", ["task", "create", ""], 2, "INVALID_ARGUMENT"],
  ["a title that was missing", ["task", "create", "undefined"], 2, "INVALID_ARGUMENT"],
  ["an unknown field", ["task", "update", "$ID", "--set", "colour=red"], 2, "UNKNOWN_FIELD"],
  [
    "a field that is not the caller's to set",
    ["task", "update", "$ID", "--set", "completedAt=now"],
    2,
    "UNKNOWN_FIELD",
  ],
  ["a value of the wrong type", ["task", "update", "$ID", "--set", "tags:=5"], 2, "INVALID_VALUE"],
  ["a mistyped edge type", ["edge", "add", "$ID", "DEPEND_ON", "$ID"], 2, "UNKNOWN_TYPE"],
  ["an edge to nowhere", ["edge", "add", "$ID", "RELATES_TO", "T-NOSUCHTASK"], 3, "NOT_FOUND"],
  ["a task that waits for itself", ["task", "depends", "$ID", "--on", "$ID"], 1, "CYCLE"],
  ["an unknown option", ["task", "list", "--state", "pending"], 2, "UNKNOWN_OPTION"],
  ["an unknown command", ["task", "done", "$ID"], 2, "UNKNOWN_COMMAND"],
  ["an option given twice", ["task", "update", "$ID", "-p", "high", "-p", "low"], 2, "REPEATED_OPTION"],
  ["too many words", ["task", "create", "two", "words"], 2, "EXCESS_ARGUMENT"],
  ["a claim by nobody", ["task", "claim", "$ID"], 2, "IDENTITY_REQUIRED"],
  ["an unknown status", ["task", "update", "$ID", "--status", "done"], 2, "INVALID_ARGUMENT"],
  ["a duration without a unit", ["task", "claim", "$ID", "--ttl", "60", "--as", "ada"], 2, "INVALID_ARGUMENT"],
  ["an older version", ["task", "update", "$ID", "-p", "high", "--if-version", "7"], 4, "CONFLICT"],
  ["an entity over 1 MiB", ["task", "create", "large", "-d", "-"], 8, "LIMIT_EXCEEDED"],
  ["an import of nothing", ["import", "beads", "nowhere.jsonl"], 3, "FILE_NOT_FOUND"],
];

test("wrong commands end as specified, with a hint, and change nothing", async () => {
  const before = contents();
  for (const [name, words, exitCode, code] of wrongCommands) {
    const argv = words.map((word) => word.replace("$ID", taskId));
    const answer = await knotJson(argv, { cwd, input: "x".repeat(1024 * 1024) });
    expect({ name, exitCode: answer.exitCode, code: answer.error.code, message: answer.error.message }).toMatchObject({
      name,
      exitCode,
      code,
    });
    expect(answer.error.hint, name).toMatch(/\w/);
    expect(answer.error.hint, name).not.toMatch(/\brm\b|--force|delete/);
  }
  expect(contents()).toEqual(before);
  expect((await knot(["doctor"], { cwd })).exitCode).toBe(0);
}, 60_000);

test("without a store every command but init ends with 3", async () => {
  const nowhere = scratch.make("nowhere");
  for (const argv of [["task", "list"], ["task", "create", "x"], ["doctor"], ["log"], ["export"]]) {
    expect(await knotJson(argv, { cwd: nowhere }), argv.join(" ")).toMatchObject({
      exitCode: 3,
      error: { code: "STORE_NOT_FOUND" },
    });
  }
  expect(readdirSync(nowhere)).toEqual([]);
});

test("of two conflicting updates one is refused with 4, and says which version there is", async () => {
  const update = (priority: string): ReturnType<typeof knotJson> =>
    knotJson(["task", "update", taskId, "-p", priority, "--if-version", "1"], { cwd });
  const answers = await Promise.all([update("critical"), update("low")]);
  expect(answers.map(({ exitCode }) => Number(exitCode)).toSorted((a, b) => a - b)).toEqual([0, 4]);
  const loser = answers.find(({ ok }) => !ok);
  expect(loser?.error).toMatchObject({
    code: "CONFLICT",
    context: { id: taskId, expectedVersion: 1, actualVersion: 2 },
  });
  const { data } = await knotJson(["task", "history", taskId], { cwd });
  expect(data["items"]).toHaveLength(2);
});

test("a lock that nobody gives up ends with 5, may be tried again, and keeps no reader away", async () => {
  const file = nodeDisk().open(join(cwd, ".knot", "wal", "lock"), "read-write");
  expect(file.tryLock("exclusive")).toBe(true);
  try {
    const [write, read] = await Promise.all([
      knotJson(["task", "create", "x"], { cwd }),
      knotJson(["task", "list"], { cwd }),
    ]);
    expect(write).toMatchObject({ ok: false, exitCode: 5, error: { code: "LOCK_TIMEOUT", retryable: true } });
    expect(read.data["items"]).toHaveLength(1);
  } finally {
    file.close();
  }
  expect((await knotJson(["task", "create", "x"], { cwd })).ok).toBe(true);
});

test("a store that is full says so and keeps what it has", async (context) => {
  const mounted = scratch.make("full");
  if (!isRoot || !mount(mounted, "512k")) return context.skip("mounting a small tmpfs needs root");
  try {
    const store = join(mounted, ".knot");
    await knotJson(["init", "--store", store], { cwd });
    const titles: string[] = [];
    let refusal: Awaited<ReturnType<typeof knotJson>> | undefined;
    for (let index = 0; index < 40 && refusal === undefined; index += 1) {
      const description = "x".repeat(60_000);
      const answer = await knotJson(["task", "create", `task ${index}`, "-d", description, "--store", store], { cwd });
      if (answer.ok) titles.push(`task ${index}`);
      else refusal = answer;
    }
    expect(refusal).toMatchObject({ exitCode: 8, error: { code: expect.stringMatching(/^(NO_SPACE|ENOSPC)$/) } });
    expect(titles.length).toBeGreaterThan(1);
    const { data } = await knotJson(["task", "list", "-n", "100", "--store", store], { cwd });
    expect((data["items"] as readonly { title: string }[]).map(({ title }) => title).toSorted()).toEqual(
      titles.toSorted(),
    );
  } finally {
    execFileSync("umount", [mounted]);
  }
}, 60_000);

test("an unreadable store is an error that names it, not an empty store", async (context) => {
  if (!isRoot) return context.skip("running as another user needs root");
  chmodSync(scratch.path, 0o755);
  const other = { cwd, uid: NOBODY, env: { HOME: "/nonexistent" } };
  const before = contents();
  for (const argv of [["task", "list"], ["task", "create", "x"], ["doctor"]]) {
    const answer = await knotJson(argv, other);
    expect(answer, argv.join(" ")).toMatchObject({ ok: false, exitCode: 1, error: { code: "EACCES" } });
    expect(answer.error.message).toContain(".knot");
  }
  expect(contents()).toEqual(before);
});

test("a store that may be read but not written is read, and not written", async (context) => {
  if (!isRoot) return context.skip("running as another user needs root");
  chmodSync(scratch.path, 0o755);
  execFileSync("chmod", ["-R", "a+rX", join(cwd, ".knot")]);
  const other = { cwd, uid: NOBODY, env: { HOME: "/nonexistent" } };
  expect((await knotJson(["task", "list"], other)).data["items"]).toHaveLength(1);
  expect(await knotJson(["task", "create", "x"], other)).toMatchObject({
    ok: false,
    exitCode: 1,
    error: { code: "EACCES" },
  });
});

test("a damaged log is reported with 6, nothing is written to it, and what is sound can be read", async () => {
  await knotJson(["task", "create", "second"], { cwd });
  const copy = scratch.make("damaged");
  mkdirSync(join(copy, ".knot"));
  cpSync(join(cwd, ".knot"), join(copy, ".knot"), { recursive: true });
  const wal = join(copy, ".knot", "wal");
  const segment = readdirSync(wal).find((name) => name.endsWith(".jsonl"));
  const path = join(wal, segment ?? "");
  const text = readFileSync(path, "utf8");
  const damaged = text.replace('"title":"first"', '"title":"worst"');
  expect(damaged).not.toBe(text);
  writeFileSync(path, damaged);
  for (const argv of [["doctor"], ["task", "create", "x"], ["export"]]) {
    const { exitCode, stdout } = await knot([...argv, "--json"], { cwd: copy });
    expect({ exitCode, ...(JSON.parse(stdout) as object) }, argv.join(" ")).toMatchObject({
      ok: false,
      exitCode: 6,
      error: { code: expect.stringMatching(/_DAMAGED$/) },
    });
  }
  const list = await knot(["task", "list", "--json"], { cwd: copy });
  expect(JSON.parse(list.stdout)).toMatchObject({ ok: true });
  expect(list.stderr).toMatch(/^warning: LOG_DAMAGED: /);
  expect(readFileSync(path, "utf8")).toBe(damaged);
});

test("a reader that stops reading is no error", () => {
  const program = join(import.meta.dirname, "../../bin/knot");
  const pipeline = '"$0" "$1" export | head -c 1; echo " ${PIPESTATUS[0]}"';
  expect(execFileSync("bash", ["-c", pipeline, process.execPath, program], { cwd, encoding: "utf8" })).toBe("{ 0\n");
});

test("output that cannot be written is an error that says so", () => {
  const program = join(import.meta.dirname, "../../bin/knot");
  const exported = '"$0" "$1" export 2>&1 >/dev/full; echo "exit $?"';
  const told = execFileSync("bash", ["-c", exported, process.execPath, program], { cwd, encoding: "utf8" });
  expect(told).toMatch(/^knot: not all was written: .*no space left.*\[ENOSPC\]\nexit 8\n$/);
});

function mount(directory: string, size: string): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size},mode=755`, "tmpfs", directory], { stdio: "ignore" });
    return true;
  } catch {
    // Root in a container may lack the capability.
    return false;
  }
}
