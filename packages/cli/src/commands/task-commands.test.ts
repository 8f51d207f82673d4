import { beforeEach, expect, test } from "vitest";
import { CliWorld } from "../testing/cli-world.ts";

let world: CliWorld;
beforeEach(async () => {
  world = new CliWorld();
  await world.data(["init"]);
});

async function create(...argv: readonly string[]): Promise<string> {
  return String((await world.data(["task", "create", ...argv]))["id"]);
}

test("a task is created with its fields, shown, and found by the end of its id", async () => {
  const blocker = await create("write the parser");
  const id = await create(
    "ship it",
    "-p",
    "high",
    "--tags",
    "wal,core",
    "--estimate",
    "2.5",
    "--depends-on",
    blocker.slice(-8),
  );
  expect(await world.data(["task", "show", id.slice(-6).toLowerCase()])).toMatchObject({
    task: {
      id,
      title: "ship it",
      status: "pending",
      priority: "high",
      tags: ["wal", "core"],
      estimateHours: 2.5,
      version: 1,
    },
    claim: null,
    waitsFor: [blocker],
    edges: [{ direction: "out", type: "DEPENDS_ON", other: blocker }],
  });
});

test("a long text may come from standard input, once", async () => {
  const id = await create("a", "-d", "plain");
  await world.data(["task", "update", id, "-d", "-"], { input: "from\na pipe\n" });
  expect(await world.data(["task", "show", id])).toMatchObject({ task: { description: "from\na pipe" } });
  const terminal = await world.json(["task", "update", id, "-d", "-"]);
  expect(terminal).toMatchObject({ exitCode: 2, error: { code: "INVALID_ARGUMENT" } });
  const twice = await world.json(["task", "update", id, "-d", "-", "--retrospective", "-"], { input: "x" });
  expect(twice).toMatchObject({ exitCode: 2, error: { code: "INVALID_ARGUMENT" } });
  const empty = await world.json(["task", "update", id, "-d", "-"], { input: "" });
  expect(empty).toMatchObject({ exitCode: 2, error: { code: "INVALID_ARGUMENT" } });
});

test("lists are cut at the limit and say truthfully whether and where they go on", async () => {
  for (let index = 0; index < 5; index += 1) await create(`task ${index}`);
  const titles: unknown[] = [];
  let after: string | null = null;
  for (const expected of [true, true, false]) {
    const argv: string[] = ["task", "list", "-n", "2", ...(after === null ? [] : ["--after", after])];
    const { data, page } = await world.json(argv);
    titles.push(...(data["items"] as readonly { title: string }[]).map(({ title }) => title));
    expect(page).toEqual({ truncated: expected, next: expected ? expect.any(String) : null });
    after = page?.next ?? null;
  }
  expect(titles).toEqual(["task 0", "task 1", "task 2", "task 3", "task 4"]);
  const exact = await world.json(["task", "list", "-n", "5"]);
  expect(exact.page).toEqual({ truncated: false, next: null });
});

test("fifty tasks are at most 6,000 bytes to read", async () => {
  for (let index = 0; index < 50; index += 1) {
    await create(
      `Task ${index}: a title of a common length, as people write them`,
      "-p",
      "high",
      "--assignee",
      "agent-7",
    );
  }
  const { stdout } = await world.run(["task", "list", "-n", "50"]);
  expect(stdout.split("\n").filter((line) => line.includes("Task "))).toHaveLength(50);
  expect(Buffer.byteLength(stdout)).toBeLessThanOrEqual(6000);
  const chosen = await world.run(["task", "list", "-n", "50", "--fields", "title", "--json"]);
  expect(Buffer.byteLength(chosen.stdout)).toBeLessThanOrEqual(6000);
  const { data } = JSON.parse(chosen.stdout) as { readonly data: { readonly items: readonly object[] } };
  expect(data.items).toHaveLength(50);
  expect(data.items.every((item) => Object.keys(item).join(" ") === "id title")).toBe(true);
  expect((await world.json(["ready", "-n", "1", "--fields", "priority,status"])).data["items"]).toEqual([
    { id: expect.any(String), title: expect.any(String), status: "pending", priority: "high" },
  ]);
  for (const wrong of [
    ["--fields", "titel"],
    ["--fields", "title", "--full"],
  ])
    expect(await world.json(["task", "list", ...wrong])).toMatchObject({ exitCode: 2 });
});

test("fields are set and unset, and the version can be insisted on", async () => {
  const id = await create("a", "--due", "2026-03-01");
  const updated = await world.data([
    "task",
    "update",
    id,
    "--set",
    "category=bugfix",
    "--set",
    "estimateHours=3",
    "--set",
    "tags=x,y",
    "--unset",
    "due",
    "--if-version",
    "1",
  ]);
  expect(updated).toMatchObject({ category: "bugfix", estimateHours: 3, tags: ["x", "y"], version: 2 });
  expect(updated).not.toHaveProperty("due");
  const late = await world.json(["task", "update", id, "--title", "b", "--if-version", "1"]);
  expect(late).toMatchObject({
    exitCode: 4,
    error: { code: "CONFLICT", context: { expectedVersion: 1, actualVersion: 2 } },
  });
});

test("wrong updates are refused before anything happens", async () => {
  const id = await create("a");
  const before = await world.data(["stats"]);
  const wrong: readonly (readonly [string[], string, RegExp])[] = [
    [[], "MISSING_ARGUMENT", /Add a field/],
    [["--set", "prioritty=high"], "UNKNOWN_FIELD", /Use priority/],
    [["--set", "id=x"], "UNKNOWN_FIELD", /Fields:/],
    [["--set", "category=a", "--set", "category=b"], "REPEATED_OPTION", /once/],
    [["--title", "b", "--set", "title=c"], "REPEATED_OPTION", /once/],
    [["--set", "category=a", "--unset", "category"], "INVALID_ARGUMENT", /one of the two/],
    [["--set", "estimateHours=much"], "INVALID_ARGUMENT", /number/],
    [["--unset", "title"], "INVALID_ARGUMENT", /Use one of/],
    [["--state", "blocked"], "UNKNOWN_OPTION", /--status/],
    [["--title"], "MISSING_ARGUMENT", /Give a value/],
    [["--title", "--json"], "MISSING_ARGUMENT", /Give a value/],
  ];
  for (const [argv, code, hint] of wrong) {
    const answer = await world.json(["task", "update", id, ...argv]);
    expect([argv, answer.error.code, answer.exitCode]).toEqual([argv, code, 2]);
    expect(answer.error.hint).toMatch(hint);
  }
  expect(await world.data(["stats"])).toEqual(before);
});

test("a task goes from start to its end and back", async () => {
  const id = await create("a");
  const steps: readonly (readonly [string[], string])[] = [
    [["start", id], "in_progress"],
    [["block", id, "--reason", "no access"], "blocked"],
    [["unblock", id], "pending"],
    [["complete", id, "-r", "it was easy"], "completed"],
    [["reopen", id], "pending"],
  ];
  for (const [argv, status] of steps) {
    expect(await world.data(["task", ...argv], { env: { KNOT_AGENT: "ada" } }), argv.join(" ")).toMatchObject({
      status,
    });
  }
  const { items } = (await world.data(["task", "history", id])) as { items: readonly { by: string }[] };
  expect(items.map(({ by }) => by)).toEqual(["unnamed", "ada", "ada", "ada", "ada", "ada"]);
});

test("a task does not start before what it waits for, and a circle is refused with its path", async () => {
  const [first, second] = [await create("first"), await create("second")];
  await world.data(["task", "depends", second, "--on", first]);
  expect(await world.json(["task", "start", second])).toMatchObject({ exitCode: 1, error: { code: "NOT_READY" } });
  const circle = await world.json(["task", "depends", first, "--on", second]);
  expect(circle).toMatchObject({ exitCode: 1, error: { code: "CYCLE" } });
  expect(circle.error.message + JSON.stringify(circle.error.context)).toContain(second);
  expect(await world.data(["task", "ready"])).toMatchObject({ items: [{ id: first }] });
});

test("the next task is shown or claimed; when nothing is ready data is null and the exit code 0", async () => {
  expect(await world.json(["task", "next"])).toMatchObject({ exitCode: 0, ok: true, data: null });
  const id = await create("a", "-p", "low");
  const urgent = await create("b", "-p", "critical");
  expect(await world.data(["task", "next"])).toMatchObject({ id: urgent });
  expect(await world.json(["task", "next", "--claim"])).toMatchObject({
    exitCode: 2,
    error: { code: "IDENTITY_REQUIRED" },
  });
  const env = { KNOT_AGENT: "ada" };
  expect(await world.data(["task", "next", "--claim"], { env })).toMatchObject({
    task: { id: urgent, status: "in_progress" },
    fence: 1,
  });
  expect(await world.data(["task", "next", "--claim"], { env })).toMatchObject({ task: { id } });
  expect(await world.json(["task", "next", "--claim"], { env })).toMatchObject({ exitCode: 0, data: null });
  expect((await world.run(["task", "next"])).stdout).toBe("Nothing is ready.\n");
});

test("a claim is kept alive, proves itself, and runs out", async () => {
  const id = await create("a");
  const claim = await world.data(["task", "claim", id, "--ttl", "10m", "--as", "ada"]);
  const token = String(claim["token"]);
  expect(await world.json(["task", "claim", id, "--as", "bea"])).toMatchObject({
    exitCode: 4,
    error: { code: "CLAIM_HELD" },
  });
  expect(await world.json(["task", "complete", id, "--as", "bea"])).toMatchObject({
    exitCode: 4,
    error: { code: "CLAIM_HELD" },
  });
  await world.clock.advance(6 * 60_000);
  expect(await world.data(["task", "heartbeat", id, "--as", "ada"], { env: { KNOT_TOKEN: token } })).toMatchObject({
    renewed: true,
    fence: 1,
  });
  await world.clock.advance(16 * 60_000);
  expect(await world.data(["task", "claim", id, "--as", "bea"])).toMatchObject({ fence: 2 });
  expect(await world.json(["task", "complete", id, "--fence", "1", "--as", "ada"])).toMatchObject({
    exitCode: 4,
    error: { code: "STALE_FENCE" },
  });
  expect(await world.data(["task", "complete", id, "--fence", "2", "--as", "bea"])).toMatchObject({
    status: "completed",
  });
});

test("KNOT_TOKEN proves the claim it came from, and does not stand in the way of other tasks", async () => {
  const [mine, other] = [await create("mine"), await create("other")];
  const { token } = await world.data(["task", "claim", mine, "--as", "ada"]);
  const env = { KNOT_TOKEN: String(token), KNOT_AGENT: "ada" };
  expect(await world.data(["task", "update", mine, "-p", "high"], { env })).toMatchObject({ priority: "high" });
  expect(await world.data(["task", "update", other, "-p", "high"], { env })).toMatchObject({ priority: "high" });
  expect(await world.data(["task", "release", mine], { env })).toMatchObject({ status: "pending" });
  // The claim is over: what only its holder does is refused.
  expect(await world.json(["task", "complete", mine], { env })).toMatchObject({
    exitCode: 4,
    error: { code: "STALE_FENCE" },
  });
  expect(await world.json(["task", "heartbeat", mine], { env })).toMatchObject({
    exitCode: 4,
    error: { code: "STALE_FENCE" },
  });
});

test("the same idempotency key creates one task, and refuses another under it", async () => {
  const first = await create("a", "--idempotency-key", "k1");
  expect(await create("a", "--idempotency-key", "k1")).toBe(first);
  const other = await world.json(["task", "create", "b", "--idempotency-key", "k1"]);
  expect(other).toMatchObject({ exitCode: 4, error: { code: "KEY_REUSED" } });
  expect((await world.data(["task", "list"]))["items"]).toHaveLength(1);
});

test("deleting says what goes with the task, and with --dry-run only says it", async () => {
  const [first, second] = [await create("first"), await create("second")];
  await world.data(["task", "depends", second, "--on", first]);
  expect(await world.data(["task", "delete", first, "--dry-run"])).toMatchObject({
    dryRun: true,
    edges: [{ from: second, to: first }],
  });
  expect(await world.data(["task", "show", first])).toMatchObject({ task: { id: first } });
  expect(await world.data(["task", "delete", first])).toMatchObject({ dryRun: false, edges: [{ from: second }] });
  expect(await world.json(["task", "show", first])).toMatchObject({ exitCode: 3, error: { code: "NOT_FOUND" } });
  const { items } = (await world.data(["task", "history", first])) as { items: readonly { deleted: boolean }[] };
  expect(items.map(({ deleted }) => deleted)).toEqual([false, true]);
});

test("a task is shown to people with what it waits for as a tree", async () => {
  const [a, b, c] = [await create("lay the keel"), await create("plank the hull"), await create("launch")];
  await world.data(["task", "depends", b, "--on", a]);
  await world.data(["task", "depends", c, "--on", b]);
  const { stdout } = await world.run(["task", "show", c], { terminalColumns: 100, env: { NO_COLOR: "1" } });
  expect(stdout).toContain(
    `Waits for\n  ○ pending  ${b.slice(-8)}  plank the hull\n  └─ ○ pending  ${a.slice(-8)}  lay the keel\n`,
  );
  expect(stdout).not.toContain("\u001b");
});

test("colour and symbols are for terminals", async () => {
  await create("a");
  expect((await world.run(["task", "list"], { terminalColumns: 80 })).stdout).toContain("\u001b[36m○ pending");
  expect((await world.run(["task", "list", "--no-color"], { terminalColumns: 80 })).stdout).not.toContain("\u001b");
  const piped = (await world.run(["task", "list"])).stdout;
  expect(piped).not.toContain("\u001b");
  expect(piped).not.toContain("○");
});

test("stored text cannot act on the terminal, and is the same again in JSON", async () => {
  const [title, description] = ["harmless\u202e\u2028", "clears\u001b[2J the screen"];
  const id = await create(title, "-d", description);
  const { stdout: shown } = await world.run(["task", "show", id]);
  expect(shown).toContain(String.raw`harmless\u202e\u2028`);
  expect(shown).toContain(String.raw`clears\u001b[2J the screen`);
  const { stdout } = await world.run(["task", "show", id, "--json"]);
  // oxlint-disable-next-line no-control-regex
  for (const output of [shown, stdout]) expect(output).not.toMatch(/[\u001b\u202e\u2028]/);
  expect(JSON.parse(stdout)).toMatchObject({ data: { task: { title, description } } });
});
