import { knotTypes } from "@knotwork/domain";
import { openGraph } from "@knotwork/graph";
import { beforeEach, expect, test } from "vitest";
import { CliWorld } from "../testing/cli-world.ts";

let world: CliWorld;
let ids: Readonly<Record<"read" | "parse" | "test" | "publish", string>>;

beforeEach(async () => {
  world = new CliWorld();
  await world.data(["init"]);
  const create = async (title: string, ...more: readonly string[]): Promise<string> =>
    String((await world.data(["task", "create", title, ...more]))["id"]);
  const read = await create("Read the format", "-p", "high");
  const parse = await create("Write the parser", "-p", "critical", "--depends-on", read);
  const test = await create("Write the tests", "-p", "medium", "--depends-on", parse, "--tags", "test");
  const publish = await create("Publish", "-p", "low", "--depends-on", test);
  ids = { read, parse, test, publish };
});

async function titles(...argv: readonly string[]): Promise<readonly unknown[]> {
  const { items } = (await world.data(["query", "task", ...argv])) as { items: readonly { readonly title: unknown }[] };
  return items.map(({ title }) => title);
}

test("[T15] query filters by a condition, orders and goes on page by page", async () => {
  expect(await titles("--where", "priority in (critical, high)", "--order", "priority")).toEqual([
    "Write the parser",
    "Read the format",
  ]);
  expect(await titles("-w", "priority <= high or tags contains test", "--order", "priority", "--desc")).toEqual([
    "Write the tests",
    "Read the format",
    "Write the parser",
  ]);
  expect(await titles("-w", "title starts-with 'Write '  and not priority = critical")).toEqual(["Write the tests"]);
  expect(await titles("-w", "assignee is not null")).toEqual([]);
  const first = await world.json(["query", "task", "--order", "-priority", "-n", "3"]);
  expect(first.page?.truncated).toBe(true);
  const rest = await world.json([
    "query",
    "task",
    "--order",
    "-priority",
    "-n",
    "3",
    "--after",
    first.page?.next ?? "",
  ]);
  expect(rest).toMatchObject({
    ok: true,
    data: { items: [{ id: ids.parse, type: "task", status: "pending", priority: "critical" }] },
    page: { next: null, truncated: false },
  });
});

test("query counts, groups and explains", async () => {
  expect(await world.data(["query", "task", "-w", "status = pending", "--count"])).toEqual({ count: 4 });
  expect(await world.data(["query", "task", "--by", "priority"])).toEqual({
    items: ["critical", "high", "medium", "low"].map((value) => ({ value, count: 1 })),
  });
  expect(await world.data(["query", "task", "--by", "assignee"])).toEqual({ items: [{ value: null, count: 4 }] });
  expect(await world.data(["query", "task", "-w", "status = pending and priority = low", "--explain"])).toMatchObject({
    index: expect.stringContaining("status"),
    access: "seek",
    rowsRead: 1,
    rows: 1,
  });
  expect(await world.json(["query", "task", "--count", "--explain"])).toMatchObject({
    exitCode: 2,
    error: { code: "INVALID_ARGUMENT" },
  });
});

test("query asks the past by commit and by time", async () => {
  const { items } = (await world.data(["log", "-n", "1"])) as { items: readonly { readonly seq: number }[] };
  const { seq } = items[0] ?? { seq: 0 };
  const before = new Date(world.clock.nowMs()).toISOString();
  await world.data(["task", "update", ids.publish, "--priority", "critical"]);
  expect(await world.data(["query", "task", "-w", "priority = critical", "--count"])).toEqual({ count: 2 });
  for (const moment of [String(seq), before]) {
    expect(await titles("-w", "priority = critical", "--as-of", moment), moment).toEqual(["Write the parser"]);
  }
  expect(await world.json(["query", "task", "--as-of", "99999"])).toMatchObject({ exitCode: 2 });
  expect(await world.json(["query", "task", "--as-of", "last week"])).toMatchObject({ exitCode: 2 });
});

test("a condition that no entity of the type could meet is refused, with the way to write what was meant", async () => {
  const complaint = async (where: string): Promise<unknown> =>
    (await world.json(["query", "task", "--count", "--where", where])).error?.message;
  expect(await complaint("title contains parser")).toContain("title is no list");
  expect(await complaint("status contains pending")).toContain("status is no list");
  expect(await complaint("tags = parser")).toContain("tags is a list (at character 1)");
  expect(await complaint("priority = low and title = 42")).toContain(
    "title is a text, and 42 is none (at character 28)",
  );
  expect(await complaint("due < 2026")).toContain("due is a text, and 2026 is none");
  expect(await complaint("createdAt in (2026, '2027')")).toContain("createdAt is a text, and 2026 is none");
  expect(await complaint("estimateHours > '3'")).toContain('estimateHours is a number, and "3" is none');
  expect(await complaint("estimateHours starts-with 3")).toContain("estimateHours is a number, no text");
  expect(await complaint("source.system = true")).toContain("source.system is a text, and true is none");
  expect(await world.json(["query", "edge_type", "--where", "acyclic = 1"])).toMatchObject({ exitCode: 2 });
  for (const where of [
    "title = '42'",
    "due < '2026'",
    "estimateHours > 3",
    "tags is not null and tags = null",
    "extra.odd = 1",
    "seq < 0",
  ]) {
    expect(await world.data(["query", "task", "--count", "--where", where]), where).toEqual({ count: 0 });
  }
});

test("the fields of every type are known: one that is not there is refused", async () => {
  for (const { name } of knotTypes) {
    expect(await world.json(["query", name, "--where", "nosuch = 1"]), name).toMatchObject({
      exitCode: 2,
      error: { code: "INVALID_QUERY", message: expect.stringContaining(`${name} has no field "nosuch"`) },
    });
  }
});

test("an inverse spelling of an edge type finds the same edges, turned round", async () => {
  type Item = Readonly<Record<"id" | "type" | "from" | "to", string>>;
  const find = async (...argv: readonly string[]): Promise<readonly Item[]> =>
    (await world.data(["query", ...argv]))["items"] as readonly Item[];
  const stored = await find("DEPENDS_ON");
  expect(stored).toHaveLength(3);
  const turned = await find("BLOCKS");
  expect(turned).toMatchObject(stored.map(({ id, from, to }) => ({ id, type: "BLOCKS", from: to, to: from })));
  expect(await find("BLOCKS", "--where", `from = ${ids.read}`)).toMatchObject([{ from: ids.read, to: ids.parse }]);
  expect(await find("BLOCKS", "--by", "to")).toEqual(await find("DEPENDS_ON", "--by", "from"));
  expect((await find("BLOCKS", "--order", "-from")).map(({ id }) => id)).toEqual(
    (await find("DEPENDS_ON", "--order", "-to")).map(({ id }) => id),
  );
  expect(await world.data(["query", "PART_OF", "--count"])).toEqual({ count: 0 });
  expect(await world.json(["query", "DEPEND_ON", "--count"])).toMatchObject({
    exitCode: 2,
    error: { code: "UNKNOWN_TYPE", hint: expect.stringContaining("DEPENDS_ON") },
  });
  await world.data(["edge", "add", ids.read, "TAUGHT", ids.test]);
  expect(await world.data(["query", "TAUGHT", "--count"])).toEqual({ count: 1 });
});

test("a field may have a name that objects have of their own", async () => {
  for (const name of ["constructor", "toString", "__proto__"]) {
    expect(await world.data(["query", "DEPENDS_ON", "--count", "--where", `${name} = 1`]), name).toEqual({ count: 0 });
    expect(await world.data(["query", "DEPENDS_ON", "--by", name]), name).toMatchObject({ items: [{ value: null }] });
  }
});

test("a condition that cannot be read is shown with a caret, and with the name that was meant", async () => {
  const misspelt = await world.run(["query", "task", "--where", "status = pending and priorty = high"]);
  expect(misspelt.exitCode).toBe(2);
  expect(misspelt.stderr).toBe(
    [
      'knot: Cannot read the query: task has no field "priorty" (at character 22) [INVALID_QUERY]',
      "  status = pending and priorty = high",
      "                       ^",
      `  hint: Did you mean priority? ${misspelt.stderr.split("priority? ")[1]?.trim() ?? ""}`,
      "",
    ].join("\n"),
  );
  const value = await world.json(["query", "task", "--where", "status in (pending, pendng)"]);
  expect(value).toMatchObject({
    exitCode: 2,
    error: {
      code: "INVALID_QUERY",
      hint: "Did you mean pending? Use one of: pending, in_progress, blocked, deferred, completed, cancelled.",
      context: { query: "status in (pending, pendng)", position: 20, suggestion: "pending" },
    },
  });
  for (const argv of [
    ["--order", "urgency"],
    ["--by", "urgency"],
    ["-w", "status ="],
    ["-w", "status ~ x"],
  ]) {
    expect(await world.json(["query", "task", ...argv]), argv.join(" ")).toMatchObject({
      exitCode: 2,
      error: { code: "INVALID_QUERY" },
    });
  }
  expect(await world.json(["query", "tsk"])).toMatchObject({ exitCode: 2, error: { code: "UNKNOWN_TYPE" } });
  expect(await world.json(["query", "task", "--after", "nonsense"])).toMatchObject({
    error: { code: "INVALID_CURSOR" },
  });
});

test("path, walk and neighbours follow edges in either spelling, from the end of an id", async () => {
  const short = (id: string): string => id.slice(-12);
  const path = await world.data(["query", "path", short(ids.publish), short(ids.read), "--out", "DEPENDS_ON"]);
  expect(path).toMatchObject({
    nodes: [ids.publish, ids.test, ids.parse, ids.read].map((id) => ({ id, type: "task" })),
    steps: Array.from({ length: 3 }, () => ({ type: "DEPENDS_ON", direction: "out" })),
  });
  expect(await world.data(["query", "path", ids.read, ids.publish, "--out", "BLOCKS"])).toMatchObject({
    steps: Array.from({ length: 3 }, () => ({ type: "DEPENDS_ON", direction: "in" })),
  });
  const none = await world.json(["query", "path", ids.read, ids.publish]);
  expect(none).toMatchObject({ exitCode: 0, ok: true, data: null });
  const walk = await world.data(["query", "walk", ids.publish, "--out", "DEPENDS_ON", "--depth", "2"]);
  expect(walk["items"]).toMatchObject([
    {
      id: ids.test,
      depth: 1,
      label: "Write the tests",
      via: { id: ids.publish, type: "DEPENDS_ON", direction: "out" },
    },
    { id: ids.parse, depth: 2 },
  ]);
  expect((await world.json(["query", "walk", ids.read, "--in", "any", "-n", "2"])).page).toEqual({
    next: null,
    truncated: true,
  });
  const around = await world.data(["query", "neighbours", ids.parse]);
  expect((around["items"] as { readonly id: string }[]).map(({ id }) => id).toSorted()).toEqual(
    [ids.read, ids.test].toSorted(),
  );
  expect((await world.data(["query", "neighbours", ids.parse, "--in", "DEPENDS_ON"]))["items"]).toMatchObject([
    { id: ids.test },
  ]);
});

test("what cannot be followed is refused", async () => {
  expect(await world.json(["query", "walk", ids.read])).toMatchObject({
    exitCode: 2,
    error: { code: "MISSING_ARGUMENT" },
  });
  expect(await world.json(["query", "walk", ids.read, "--out", "DEPEND_ON"])).toMatchObject({
    exitCode: 2,
    error: { code: "UNKNOWN_TYPE" },
  });
  expect(await world.json(["query", "path", ids.read, "T-000000000000"])).toMatchObject({ exitCode: 3 });
  expect(await world.json(["query", "neighbors", ids.read])).toMatchObject({ exitCode: 2 });
});

test("[T15] the end of an id names an entity; when several end so, the answer names them and nothing is guessed", async () => {
  const disk = world.disk.process("other");
  const graph = await openGraph({ dir: "/project/.knot", disk, clock: world.clock });
  await graph.transact(async (tx) => {
    for (const id of ["T-one-SAMEEND", "T-two-SAMEEND"]) await tx.create("task", { title: id }, { id });
  });
  await graph.close();
  expect(await world.json(["query", "neighbours", "sameend"])).toMatchObject({
    exitCode: 2,
    error: { code: "AMBIGUOUS_ID", hint: expect.stringContaining("T-one-SAMEEND, T-two-SAMEEND") as string },
  });
  expect(await world.json(["query", "neighbours", "one-SAMEEND"])).toMatchObject({ exitCode: 0, data: { items: [] } });
  expect(await world.json(["query", "neighbours", "MEEND"])).toMatchObject({
    exitCode: 3,
    error: { code: "NOT_FOUND" },
  });
});

test("people get tables", async () => {
  const columns = { terminalColumns: 100 };
  expect((await world.run(["query", "task", "--order", "priority"], columns)).stdout).toContain("Write the parser");
  expect((await world.run(["query", "DEPENDS_ON"], columns)).stdout).toContain("FROM");
  expect((await world.run(["query", "task", "--by", "priority"], columns)).stdout).toMatch(/critical +1/);
  const path = await world.run(["query", "path", ids.publish, ids.read], columns);
  expect(path.stdout).toContain("DEPENDS_ON →");
  expect((await world.run(["query", "walk", ids.read, "--in", "any"], columns)).stdout).toContain("← DEPENDS_ON");
  expect((await world.run(["query", "task", "--explain"], columns)).stdout).toContain("rows read");
  expect((await world.run(["query", "decision"], columns)).stdout).toContain("No decision.");
});
