import { beforeEach, expect, test } from "vitest";
import { CliWorld } from "../testing/cli-world.ts";

let world: CliWorld;
beforeEach(async () => {
  world = new CliWorld();
  await world.data(["init"]);
});

async function task(title: string, ...more: readonly string[]): Promise<string> {
  return String((await world.data(["task", "create", title, ...more]))["id"]);
}

test("[D7] a sprint is created with the next number, found by it, and refused a number in use", async () => {
  const first = await world.data([
    "sprint",
    "create",
    "One",
    "--number",
    "5",
    "-g",
    "Ship",
    "--isolation",
    "src/a,src/b",
  ]);
  expect(first).toMatchObject({
    number: 5,
    goals: [{ text: "Ship", completed: false }],
    isolation: ["src/a", "src/b"],
  });
  expect(await world.data(["sprint", "create", "Two"])).toMatchObject({ number: 6 });
  expect(await world.json(["sprint", "create", "Again", "--number", "5"])).toMatchObject({
    exitCode: 4,
    error: { code: "ALREADY_EXISTS", context: { sprint: first["id"] } },
  });
  expect(await world.data(["sprint", "status", "5"])).toMatchObject({ id: first["id"], tasks: [] });
  const list = await world.json(["sprint", "list", "-n", "1"]);
  expect(list.data).toMatchObject({ items: [{ number: 6, progress: { tasks: { total: 0 } } }] });
  expect(list.page).toEqual({ truncated: true, next: expect.any(String) });
  expect((await world.json(["sprint", "list", "--after", String(list.page?.next)])).data).toMatchObject({
    items: [{ number: 5 }],
  });
});

test("[D7] a sprint goes through its life on the command line, and says who leads it", async () => {
  await world.data(["sprint", "create", "One"]);
  await world.data(["sprint", "create", "Two"]);
  const [a, b] = [await task("first"), await task("second", "--estimate", "1", "-p", "high")];
  expect(await world.data(["sprint", "status"])).toBeNull();
  expect(await world.json(["sprint", "claim", "1"])).toMatchObject({
    exitCode: 2,
    error: { code: "IDENTITY_REQUIRED" },
  });
  expect(await world.data(["sprint", "claim", "1", "--as", "ada"])).toMatchObject({ owner: { agent: "ada" } });
  expect(await world.json(["sprint", "claim", "1", "--as", "bo"])).toMatchObject({
    exitCode: 4,
    error: { code: "CLAIM_HELD", context: { holder: "ada" } },
  });
  expect(await world.json(["sprint", "start", "1", "--as", "bo"])).toMatchObject({ exitCode: 4 });
  await world.data(["sprint", "start", "1", "--as", "ada"]);
  expect(await world.data(["sprint", "link", "1", a, b, "--dry-run"])).toMatchObject({ added: [a, b], dryRun: true });
  expect(await world.data(["sprint", "tasks", "1"])).toEqual({ items: [] });
  expect(await world.data(["sprint", "link", "1", a.slice(-8), b])).toMatchObject({ added: [a, b], dryRun: false });
  await world.data(["task", "complete", a]);
  const { stdout } = await world.run(["sprint", "status"]);
  for (const part of ["sprint 1", "in_progress", "50%", "1 pending, 1 completed", "ada since"])
    expect(stdout).toContain(part);
  expect((await world.run(["sprint", "status"], { terminalColumns: 100 })).stdout).toMatch(/█{5}\S*░{5}\S* {2}50%/);
  expect(await world.data(["sprint", "block", "1", "-r", "no host", "--as", "ada"])).toMatchObject({
    status: "blocked",
  });
  await world.data(["sprint", "start", "1", "--as", "ada"]);
  expect(await world.json(["sprint", "complete", "1", "--as", "ada"])).toMatchObject({
    exitCode: 1,
    error: { code: "CHILDREN_OPEN", context: { children: b } },
  });
  const dry = await world.data(["sprint", "complete", "1", "--carry-over", "2", "--dry-run", "--as", "ada"]);
  expect(dry).toMatchObject({ dryRun: true, unfinished: [b], sprint: { status: "in_progress" } });
  await world.data(["sprint", "complete", "1", "--carry-over", "2", "--as", "ada"]);
  expect(await world.data(["sprint", "tasks", "2"])).toMatchObject({ items: [{ id: b }] });
  expect(await world.data(["sprint", "burndown", "1"])).toMatchObject({
    days: [{ scope: 1, completed: 1, remaining: 0 }],
  });
  expect(await world.data(["sprint", "reopen", "1"])).toMatchObject({ status: "available" });
  expect(await world.data(["sprint", "unlink", "2", b])).toMatchObject({ removed: [{ task: b }] });
  const suggested = await world.data(["sprint", "suggest", "2", "--strategy", "quick-wins"]);
  expect(suggested).toMatchObject({ strategy: "quick-wins", items: [{ task: { id: b }, reasons: expect.any(Array) }] });
  expect((await world.run(["sprint", "suggest", "2"])).stdout).toContain("high priority (+20)");
  expect(await world.data(["sprint", "update", "2", "--set", "title=Second", "--if-version", "1"])).toMatchObject({
    version: 2,
  });
  expect(await world.json(["sprint", "update", "2", "--title", "x", "--if-version", "1"])).toMatchObject({
    exitCode: 4,
  });
  expect(await world.data(["sprint", "note", "2", "went well"])).toMatchObject({ notes: ["went well"] });
});

test("[D7] goals are added, listed, moved on and completed on the command line", async () => {
  await world.data(["sprint", "create", "One"]);
  expect(await world.data(["sprint", "goal", "add", "1", "Ship", "-p", "high"])).toMatchObject({ goal: { number: 1 } });
  await world.data(["sprint", "goal", "add", "1", "Measure"]);
  expect(await world.data(["sprint", "goal", "update", "1", "2", "--progress", "40"])).toMatchObject({
    goal: { progress: 40, completed: false },
  });
  expect(await world.data(["sprint", "goal", "complete", "1", "1", "--as", "ada"])).toMatchObject({
    goal: { completed: true, completedBy: "ada" },
  });
  expect(await world.data(["sprint", "goal", "list", "1"])).toMatchObject({
    items: [
      { number: 1, text: "Ship", completed: true, priority: "high" },
      { number: 2, text: "Measure", progress: 40 },
    ],
  });
  expect(await world.data(["sprint", "goal", "update", "1", "1", "--open"])).toMatchObject({
    goal: { completed: false },
  });
  expect(await world.json(["sprint", "goal", "complete", "1", "9"])).toMatchObject({ exitCode: 3 });
  expect(await world.json(["sprint", "goal", "update", "1", "1"])).toMatchObject({
    error: { code: "MISSING_ARGUMENT" },
  });
});

test("an idempotency key makes a repeated creation the same sprint", async () => {
  const create = ["sprint", "create", "One", "--idempotency-key", "k"];
  const [a, b] = [await world.data(create), await world.data(create)];
  expect(b).toEqual(a);
  expect(await world.json(["sprint", "create", "Two", "--idempotency-key", "k"])).toMatchObject({
    exitCode: 4,
    error: { code: "KEY_REUSED" },
  });
});

test("[D7] an epic shows its phases, sprints and tasks with one progress over all", async () => {
  const epic = String((await world.data(["epic", "create", "Storage", "--phase", "Format", "-p", "high"]))["id"]);
  await world.data(["sprint", "create", "One", "--epic", epic]);
  const [a, b] = [await task("first", "--in", epic), await task("second")];
  await world.data(["sprint", "link", "1", a, b]);
  await world.data(["task", "complete", b]);
  await world.data(["epic", "phase", "add", epic, "Recovery", "-d", "after crashes"]);
  await world.data(["epic", "phase", "update", epic, "1", "--status", "in-progress", "--add-sprint", "1"]);
  const shown = await world.data(["epic", "show", epic.slice(-8)]);
  expect(shown).toMatchObject({
    progress: { tasks: { total: 2, percent: 50 }, sprints: { total: 1, completed: 0 } },
    phases: [
      { name: "Format", status: "in_progress", order: 1 },
      { name: "Recovery", status: "pending" },
    ],
    sprints: [{ number: 1 }],
    tasks: [{ id: a }],
  });
  const { stdout } = await world.run(["epic", "show", epic]);
  for (const part of ["Storage", "50%", "Recovery  after crashes", "0 of 1 completed", "first"])
    expect(stdout).toContain(part);
  await world.data(["epic", "link", epic, b]);
  await world.data(["epic", "unlink", epic, "1", b]);
  expect(await world.data(["epic", "list"])).toMatchObject({
    items: [{ id: epic, progress: { tasks: { total: 1 } } }],
  });
  expect(await world.data(["epic", "update", epic, "--status", "completed", "--unset", "priority"])).toMatchObject({
    status: "completed",
  });
  expect(await world.data(["epic", "list", "--status", "active"])).toEqual({ items: [] });
});

test("near-miss commands of sprints and epics are answered with the right spelling", async () => {
  const hints: Readonly<Record<string, string>> = {
    "sprint show 1": "Use: knot sprint status",
    "sprint done 1": "Use: knot sprint complete",
    "sprint goal done 1 1": "Use: knot sprint goal complete",
    "sprint goals": "Use: knot sprint goal …",
    "sprints list": "Use: knot sprint …",
    "epic phase new x": "Use: knot epic phase add",
    "epic view x": "Use: knot epic show",
    "milestone list": "Use: knot epic …",
  };
  for (const [typed, hint] of Object.entries(hints)) {
    const { error, exitCode } = await world.json(typed.split(" "));
    expect([typed, exitCode, error.hint]).toEqual([typed, 2, hint]);
  }
  expect((await world.run(["sprint", "goal", "--help"])).stdout).toContain("sprint goal complete");
});
