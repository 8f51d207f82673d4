import { beforeEach, expect, test } from "vitest";
import { CliWorld } from "../testing/cli-world.ts";

let world: CliWorld;
let task: string;
beforeEach(async () => {
  world = new CliWorld();
  await world.data(["init"]);
  task = String((await world.data(["task", "create", "the work"]))["id"]);
});

test("a decision is logged, listed, shown in full, and answers why", async () => {
  const logged = await world.data(
    [
      "decision",
      "log",
      "Records carry a CRC",
      "-r",
      "verifies alone",
      "--context",
      "torn tails",
      "--alternative",
      "none, at all",
      "--alternative",
      "a hash",
      "--consequence",
      "4 bytes more",
      "--affects",
      task.slice(-8),
    ],
    { env: { KNOT_AGENT: "ada" } },
  );
  const id = String(logged["id"]);
  expect(logged).toMatchObject({
    status: "accepted",
    alternatives: ["none, at all", "a hash"],
    affects: [task],
    createdBy: "ada",
  });
  expect(await world.data(["decision", "list"])).toMatchObject({ items: [{ id, title: "Records carry a CRC" }] });
  const { stdout } = await world.run(["decision", "show", id]);
  for (const part of ["verifies alone", "torn tails", "- none, at all", "- a hash", "- 4 bytes more", task, "by ada"])
    expect(stdout).toContain(part);
  expect(await world.data(["decision", "why", task])).toMatchObject({ items: [{ decision: { id }, affects: task }] });

  const next = await world.data(["decision", "log", "Records carry two CRCs", "--supersedes", id]);
  expect(next).toMatchObject({ affects: [task] });
  expect(await world.data(["decision", "show", id])).toMatchObject({ status: "superseded", supersededBy: next["id"] });
  const why = await world.json(["decision", "why", task, "-n", "1"]);
  expect(why.page).toEqual({ truncated: true, next: expect.any(String) });
});

test("a handoff carries everything to the one it is for, and the claim moves with it", async () => {
  const claim = await world.data(["task", "claim", task, "--as", "ada"]);
  const offered = await world.data([
    ...[
      "handoff",
      "initiate",
      task,
      "--to",
      "bea",
      "--fence",
      String(claim["fence"]),
      "--as",
      "ada",
      "-i",
      "finish it",
    ],
    ...["--done", "parser, all of it", "--remaining", "tests", "--uncertain", "the limits", "--question", "why CRC?"],
    ...[
      "--file",
      "src/a.ts",
      "--branch",
      "fix",
      "--artifact",
      "trace.log",
      "--decision",
      "kept LF",
      "--context",
      '{"tries":2}',
    ],
  ]);
  const id = String(offered["id"]);
  expect(offered).toMatchObject({
    status: "initiated",
    from: "ada",
    to: "bea",
    fence: 1,
    done: ["parser, all of it"],
    context: { tries: 2 },
  });
  expect(await world.json(["handoff", "accept", id, "--as", "cyd"])).toMatchObject({
    exitCode: 4,
    error: { code: "WRONG_AGENT" },
  });
  const accepted = await world.data(["handoff", "accept", id, "--as", "bea"]);
  expect(accepted).toMatchObject({ handoff: { status: "accepted" }, fence: 2, token: expect.any(String) });
  expect(await world.json(["task", "complete", task, "--fence", "1", "--as", "ada"])).toMatchObject({
    exitCode: 4,
    error: { code: "STALE_FENCE" },
  });
  await world.data(["handoff", "complete", id, "--result", '{"tests":"green"}', "--as", "bea"]);
  const { stdout } = await world.run(["handoff", "show", id]);
  for (const part of [
    "finish it",
    "- parser, all of it",
    "- tests",
    "- the limits",
    "- why CRC?",
    "- src/a.ts",
    "fix",
    "- trace.log",
    "- kept LF",
    '"tries": 2',
    '"tests": "green"',
    "completed",
  ]) {
    expect(stdout).toContain(part);
  }
  expect(await world.data(["handoff", "list", "--to", "bea"])).toMatchObject({ items: [{ id, status: "completed" }] });
});

test("a handoff is refused with a reason", async () => {
  const { id } = await world.data(["handoff", "initiate", task, "--to", "bea", "--as", "ada"]);
  expect(await world.json(["handoff", "reject", String(id), "--as", "bea"])).toMatchObject({
    exitCode: 2,
    error: { code: "MISSING_ARGUMENT" },
  });
  expect(await world.data(["handoff", "reject", String(id), "--reason", "no time", "--as", "bea"])).toMatchObject({
    status: "rejected",
    rejectReason: "no time",
  });
});

test("edges are added, listed from either end in either spelling, and removed", async () => {
  const other = String((await world.data(["task", "create", "other"]))["id"]);
  await world.data(["edge", "add", task, "BLOCKS", other]);
  await world.data(["edge", "add", task, "RELATES_TO", other, "--weight", "0.5"]);
  expect(await world.data(["edge", "list", "--from", other, "--type", "DEPENDS_ON"])).toMatchObject({
    items: [{ from: other, to: task }],
  });
  expect(await world.data(["edge", "list", "--from", task, "--type", "BLOCKS"])).toMatchObject({
    items: [{ from: other, to: task }],
  });
  const first = await world.json(["edge", "list", task, "-n", "1"]);
  expect(first.page?.truncated).toBe(true);
  const rest = await world.json(["edge", "list", task, "-n", "1", "--after", String(first.page?.next)]);
  expect(rest.page).toEqual({ truncated: false, next: null });
  await world.data(["edge", "remove", task, "BLOCKS", other]);
  expect((await world.data(["edge", "list", task]))["items"]).toHaveLength(1);
  expect(await world.json(["edge", "remove", task, "BLOCKS", other])).toMatchObject({
    exitCode: 3,
    error: { code: "NOT_FOUND" },
  });
});

test("a type that is nearly a known one is refused unless it is meant", async () => {
  const other = String((await world.data(["task", "create", "other"]))["id"]);
  const slip = await world.json(["edge", "add", task, "RELATED_TO", other]);
  expect(slip).toMatchObject({
    exitCode: 2,
    error: { code: "UNKNOWN_TYPE", hint: expect.stringContaining("Use RELATES_TO") },
  });
  expect(await world.data(["edge", "add", task, "RELATED_TO", other, "--new-type"])).toMatchObject({
    type: "RELATED_TO",
  });
  expect(await world.data(["edge", "add", task, "SPONSORED_BY", other])).toMatchObject({ type: "SPONSORED_BY" });
});

test("edges of nothing in particular are not listed", async () => {
  expect(await world.json(["edge", "list"])).toMatchObject({ exitCode: 2, error: { code: "MISSING_ARGUMENT" } });
});
