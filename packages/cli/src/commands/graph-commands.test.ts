import { beforeEach, expect, test } from "vitest";
import { CliWorld } from "../testing/cli-world.ts";

let world: CliWorld;
const as = { env: { KNOT_AGENT: "ada" } };
beforeEach(async () => {
  world = new CliWorld();
  await world.data(["init"]);
  for (const id of ["T-a", "T-b", "T-c"]) await world.data(["task", "create", `Work on ${id}`, "--id", id], as);
  await world.data(["task", "depends", "T-b", "--on", "T-a"], as);
});

test("blocked, unblocks and critical-path tell who waits for whom", async () => {
  await world.data(["task", "block", "T-c", "--reason", "no access"]);
  expect(await world.json(["blocked"])).toMatchObject({
    data: {
      items: [
        { id: "T-c", status: "blocked", reason: "no access", blockers: [] },
        { id: "T-b", blockers: ["T-a"] },
      ],
    },
    page: { truncated: false, next: null },
  });
  expect(await world.data(["unblocks", "T-a"])).toMatchObject({
    frees: [{ id: "T-b" }],
    stillWaiting: [],
    downstream: 1,
  });
  expect(await world.data(["critical-path"])).toMatchObject({
    steps: [{ id: "T-a" }, { id: "T-b" }],
    hours: 2,
    guessed: 2,
  });
  expect((await world.run(["critical-path", "--to", "T-b"])).stdout).toContain(
    "2 tasks, 2 h, 2 of them without an estimate",
  );
  expect((await world.run(["blocked"])).stdout).toContain("no access");
  expect((await world.run(["unblocks", "T-a"])).stdout).toContain("Sets free");
});

test("tasks are deferred, cancelled and reopened", async () => {
  expect(await world.data(["task", "defer", "T-c"])).toMatchObject({ status: "deferred" });
  expect(await world.data(["ready"])).toMatchObject({ items: [{ id: "T-a" }] });
  expect(await world.data(["task", "reopen", "T-c"])).toMatchObject({ status: "pending" });
  expect(await world.data(["task", "cancel", "T-a", "--reason", "not needed"])).toMatchObject({
    status: "cancelled",
    retrospective: "not needed",
  });
  expect(await world.data(["ready", "-n", "5"])).toMatchObject({ items: [{ id: "T-b" }, { id: "T-c" }] });
  expect(await world.json(["task", "defer", "T-a"])).toMatchObject({
    exitCode: 1,
    error: { code: "INVALID_TRANSITION" },
  });
});

test("ready tasks go on where the page before stopped", async () => {
  const first = await world.json(["ready", "-n", "1"]);
  expect(first).toMatchObject({
    data: { items: [{ id: "T-a" }] },
    page: { truncated: true, next: expect.any(String) },
  });
  expect(await world.data(["ready", "--after", String(first.page?.next)])).toMatchObject({ items: [{ id: "T-c" }] });
});

test("notes and comments are added and listed; a missing text is told, two are refused", async () => {
  await world.data(["note", "T-a", "half done", "--kind", "progress"], as);
  await world.data(["comment", "T-a", "--text", "see the log"], as);
  expect(await world.data(["notes", "T-a"])).toMatchObject({
    items: [
      { kind: "progress", text: "half done", createdBy: "ada" },
      { kind: "comment", text: "see the log" },
    ],
  });
  expect((await world.data(["notes", "T-a", "--kind", "comment"]))["items"]).toHaveLength(1);
  expect((await world.json(["notes", "T-a", "-n", "1"])).page).toEqual({ truncated: true, next: expect.any(String) });
  expect(await world.json(["comment", "T-a"])).toMatchObject({ exitCode: 2, error: { code: "MISSING_ARGUMENT" } });
  expect(await world.json(["comment", "T-a", "x", "--text", "y"])).toMatchObject({
    error: { code: "REPEATED_OPTION" },
  });
  expect(await world.json(["comment", "list", "T-a"])).toMatchObject({ exitCode: 3, error: { code: "NOT_FOUND" } });
});

test("[W8] any entity is shown as it was, compared and reverted", async () => {
  await world.data(["task", "update", "T-a", "--title", "Another", "--priority", "high"], as);
  const { seq } = (await world.data(["task", "create", "later", "--id", "T-z"], as)) as { readonly seq: number };
  expect(await world.data(["show", "T-a", "--as-of", "2"])).toMatchObject({
    entity: { props: { title: "Work on T-a" }, version: 1 },
  });
  expect(await world.data(["show", "T-a"])).toMatchObject({
    entity: { version: 2 },
    edges: [{ type: "BLOCKS", other: "T-b" }],
  });
  expect(await world.json(["show", "T-z", "--as-of", "2"])).toMatchObject({ exitCode: 3 });
  expect(await world.json(["show", "T-a", "--as-of", "soon"])).toMatchObject({
    exitCode: 2,
    error: { code: "INVALID_ARGUMENT" },
  });
  expect(await world.json(["show", "T-a", "--as-of", "999"])).toMatchObject({ exitCode: 2 });
  expect(await world.data(["diff", `${seq - 2}..${seq}`])).toMatchObject({
    items: [
      { id: "T-a", did: "changed", changes: [{ field: "title" }, { field: "priority" }] },
      { id: "T-z", did: "created" },
    ],
  });
  expect(await world.data(["diff", "1..2", "--of", "T-a"])).toMatchObject({
    changes: [{ from: "Work on T-a", to: "Another" }, {}],
  });
  expect(await world.json(["diff", "1-2"])).toMatchObject({ exitCode: 2 });
  expect(await world.data(["revert", "T-a", "--to", "1", "--dry-run"])).toMatchObject({ dryRun: true, version: 2 });
  expect(await world.data(["revert", "T-a", "--to", "1"])).toMatchObject({ version: 3 });
  expect((await world.data(["history", "T-a"]))["items"]).toHaveLength(3);
  for (const command of [
    ["show", "T-a"],
    ["diff", "0..3"],
    ["diff", "1..2", "--of", "T-a"],
    ["history", "T-a"],
  ]) {
    expect((await world.run(command)).stdout).toContain("T-a");
  }
});

test("a search finds what holds all the words", async () => {
  await world.data(["decision", "log", "Work in slices", "-r", "because of T-a"], as);
  expect(await world.data(["search", "work t-a"])).toMatchObject({
    items: [{ id: "T-a" }, { type: "decision" }],
    complete: true,
  });
  expect((await world.run(["search", "slices"])).stdout).toContain("Work in slices");
  expect((await world.run(["search", "nowhere"])).stdout).toContain("No match.");
});

test("edges drift when their ends change their meaning, until somebody says that they hold", async () => {
  await world.data(["task", "update", "T-a", "--title", "Quite another thing"], as);
  expect(await world.data(["drift"])).toMatchObject({
    items: [{ id: "T-a", edges: [{ edge: { from: "T-b" }, end: "to" }] }],
  });
  expect((await world.data(["edge", "list", "T-b", "--drifted"]))["items"]).toHaveLength(1);
  expect((await world.run(["drift"])).stdout).toContain("title: Work on T-a → Quite another thing");
  await world.data(["edge", "acknowledge", "T-a"], as);
  expect(await world.data(["drift"])).toMatchObject({ items: [] });
  expect((await world.data(["edge", "list", "T-b", "--drifted"]))["items"]).toHaveLength(0);
});

test("edge types are declared with a rule, and listed with the others", async () => {
  await world.data(["edge", "declare", "PRECEDES", "--acyclic", "-d", "in time"], as);
  await world.data(["edge", "add", "T-a", "PRECEDES", "T-b"], as);
  expect(await world.json(["edge", "add", "T-b", "PRECEDES", "T-a"])).toMatchObject({
    exitCode: 1,
    error: { code: "CYCLE" },
  });
  expect(await world.json(["edge", "add", "T-b", "PRECEDE", "T-a"])).toMatchObject({ error: { code: "UNKNOWN_TYPE" } });
  const types = (await world.data(["edge", "types"]))["items"] as readonly { name: string; count: number }[];
  expect(types.find(({ name }) => name === "PRECEDES")).toMatchObject({
    count: 1,
    acyclic: true,
    description: "in time",
  });
  expect((await world.run(["edge", "types"])).stdout).toContain("in time");
});

test("orphans are reported, given suggestions, and linked", async () => {
  expect(await world.data(["orphan", "report"])).toMatchObject({ items: [{ id: "T-c" }] });
  await world.data(["task", "create", "Paint the garden fence", "--id", "T-p"], as);
  await world.data(["task", "create", "Buy paint for the garden fence", "--id", "T-q"], as);
  expect(await world.data(["orphan", "suggest", "T-p"])).toMatchObject({ items: [{ to: "T-q", type: "RELATES_TO" }] });
  expect(await world.data(["orphan", "link", "--task", "T-p", "--dry-run"])).toMatchObject({
    edges: [{ to: "T-q" }],
    dryRun: true,
  });
  await world.data(["orphan", "link", "--task", "T-p"], as);
  expect(await world.data(["orphan", "report"])).toMatchObject({ items: [{ id: "T-c" }] });
  expect((await world.run(["orphan", "suggest", "T-p"])).stdout).toContain("words: ");
});

test("decisions are accepted, superseded and retired", async () => {
  const { id } = await world.data(["decision", "log", "Use tabs", "--proposed", "--affects", "T-a"], as);
  expect(await world.data(["decision", "accept", String(id)], as)).toMatchObject({ status: "accepted" });
  const next = await world.data(["decision", "supersede", String(id), "Use spaces", "-r", "seen alike"], as);
  expect(next).toMatchObject({ title: "Use spaces", affects: ["T-a"], rationale: "seen alike" });
  expect(await world.data(["decision", "why", "T-a"])).toMatchObject({
    items: [{ decision: { id, status: "superseded" } }, { decision: { title: "Use spaces" }, supersedes: id }],
  });
  expect(await world.data(["decision", "retire", String(next["id"]), "--reason", "a formatter"], as)).toMatchObject({
    status: "retired",
  });
  expect(await world.json(["decision", "retire", String(id), "--reason", "x"], as)).toMatchObject({
    error: { code: "INVALID_TRANSITION" },
  });
});

test("[N4] locks shows who holds which claim; reclaim takes back those that ran out", async () => {
  await world.data(["task", "claim", "T-a", "--ttl", "1m", "--as", "bo"]);
  expect(await world.data(["locks"])).toMatchObject({
    log: { pid: expect.any(Number), since: expect.any(String) },
    claims: [{ task: "T-a", agent: "bo", fence: 1, expired: false }],
  });
  expect(await world.data(["reclaim"])).toMatchObject({ items: [] });
  world.clock.pauseMs(120_000);
  expect((await world.run(["locks"])).stdout).toContain("ran out");
  expect(await world.data(["reclaim", "--dry-run"])).toMatchObject({ items: [{ task: "T-a" }], dryRun: true });
  expect(await world.data(["reclaim"])).toMatchObject({ items: [{ task: "T-a", agent: "bo" }] });
  expect(await world.data(["task", "show", "T-a"])).toMatchObject({ task: { status: "pending" }, claim: null });
});
