import { setImmediate as turnOfEventLoop } from "node:timers/promises";
import { beforeEach, expect, test } from "vitest";
import { CliWorld } from "../testing/cli-world.ts";

let world: CliWorld;

beforeEach(async () => {
  world = new CliWorld();
  await world.data(["init"]);
  for (const title of ["One", "Two", "Three"])
    await world.data(["task", "create", title], { env: { KNOT_AGENT: "ann" } });
});

test("log --follow gives a line of JSON for each commit behind a place, and goes on behind its cursor", async () => {
  const { items } = (await world.data(["log", "-n", "1"])) as { items: readonly { readonly seq: number }[] };
  const head = items[0]?.seq ?? 0;
  const first = await world.run(["log", "--follow", "--json", "--after", String(head - 3), "-n", "2"]);
  expect(first).toMatchObject({ exitCode: 0, stderr: "" });
  const lines = first.stdout.trimEnd().split("\n");
  const events = lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  expect(events).toMatchObject([
    { v: 1, seq: head - 2, author: "ann", changes: [{ op: "put", type: "task", version: 1 }] },
    { v: 1, seq: head - 1 },
  ]);
  const rest = await world.run(["log", "-f", "--json", "--after", String(events[1]?.["cursor"]), "-n", "1"]);
  expect(JSON.parse(rest.stdout)).toMatchObject({ seq: head });
});

test("log --follow waits for what others commit, until it is asked to end", async () => {
  const end = new AbortController();
  const following = world.run(["log", "--follow"], { end: end.signal });
  for (let turn = 0; turn < 50; turn += 1) await turnOfEventLoop();
  await world.data(["task", "create", "Four"], { env: { KNOT_AGENT: "bob" } });
  for (let turn = 0; turn < 50; turn += 1) await turnOfEventLoop();
  end.abort();
  const { exitCode, stdout, stderr } = await following;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  expect(stdout).toMatch(/bob {2}task \w+ v1/);
});

test("log --follow refuses a cursor that is none, or of another store", async () => {
  expect(await world.json(["log", "--follow", "--after", "soon"])).toMatchObject({
    exitCode: 2,
    error: { code: "INVALID_CURSOR" },
  });
  expect(await world.json(["log", "--follow", "--after", "1.00000000"])).toMatchObject({
    exitCode: 1,
    error: { code: "CURSOR_DIVERGED" },
  });
  expect(await world.json(["log", "--follow", "--after", "99999"])).toMatchObject({
    error: { code: "CURSOR_DIVERGED" },
  });
});
