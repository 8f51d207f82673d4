import { readWholeFile, writeFileAtomic } from "@knotwork/disk";
import { expect, test } from "vitest";
import { CliWorld } from "../testing/cli-world.ts";

async function worldWithStore(): Promise<CliWorld> {
  const world = new CliWorld();
  await world.data(["init"]);
  return world;
}

function writeFile(world: CliWorld, path: string, text: string, mode = 0o640): void {
  writeFileAtomic(world.disk.process("user"), path, Buffer.from(text), { random: () => 0.5, mode });
}

function readFile(world: CliWorld, path: string): string {
  return readWholeFile(world.disk.process("user"), path)?.toString() ?? "";
}

test("prime tells an agent what concerns it, and changes nothing", async () => {
  const world = await worldWithStore();
  await world.data(["task", "create", "Write the parser", "--id", "parser-1", "--priority", "high"]);
  await world.data(["task", "claim", "parser-1", "--as", "ada"]);
  const primed = await world.data(["prime", "--as", "ada"]);
  expect(primed).toMatchObject({ me: { name: "ada", roles: [] }, claims: [{ id: "parser-1", fence: 1 }], cut: [] });
  const again = await world.data(["prime", "--as", "ada", "--since", String(primed["cursor"])]);
  expect(again).toEqual(primed);
  const { stdout } = await world.run(["prime", "--as", "ada"], { terminalColumns: 100 });
  expect(stdout).toContain("Yours");
  expect(stdout).toContain("Write the parser");
  expect(await world.json(["prime", "--tokens", "10"])).toMatchObject({
    exitCode: 2,
    error: { code: "INVALID_ARGUMENT" },
  });
  expect(await world.json(["prime", "--since", "77777"])).toMatchObject({
    exitCode: 2,
    error: { code: "INVALID_VALUE" },
  });
});

test("onboard writes its block once, and keeps the rest and the mode", async () => {
  const world = await worldWithStore();
  const user = world.disk.process("user");
  expect(await world.data(["onboard", "--dry-run"])).toMatchObject({
    items: [{ path: "/project/AGENTS.md", existed: false, changed: true }],
  });
  expect(user.stat("/project/AGENTS.md")).toBeUndefined();
  writeFile(world, "/project/AGENTS.md", "# Ours\n");
  const { mode } = user.stat("/project/AGENTS.md") ?? {};
  expect((await world.data(["onboard"]))["items"]).toMatchObject([{ existed: true, changed: true }]);
  const text = readFile(world, "/project/AGENTS.md");
  expect(text).toMatch(/^# Ours\n\n<!-- knot:begin[\s\S]*knot prime/);
  expect(user.stat("/project/AGENTS.md")?.mode).toBe(mode);
  expect((await world.data(["onboard"]))["items"]).toMatchObject([{ changed: false }]);
  expect(readFile(world, "/project/AGENTS.md")).toBe(text);
  writeFile(world, "/project/broken.md", "<!-- knot:begin -->\n");
  expect(await world.json(["onboard", "--file", "broken.md"])).toMatchObject({
    exitCode: 2,
    error: { code: "INVALID_VALUE" },
  });
});

test("a batch comes from a file or from standard input, all or nothing", async () => {
  const world = await worldWithStore();
  const lines = '{"op":"task create","ref":"a","title":"A"}\n\n{"op":"task create","title":"B","dependsOn":["$a"]}\n';
  writeFile(world, "/project/plan.jsonl", lines);
  expect(await world.data(["batch", "plan.jsonl", "--dry-run"])).toMatchObject({ dryRun: true });
  expect(await world.data(["task", "list"])).toEqual({ items: [] });
  expect((await world.data(["batch"], { input: lines }))["items"]).toMatchObject([
    { op: "task create", ref: "a", id: expect.stringMatching(/^T-/) },
    { op: "task create" },
  ]);
  expect((await world.data(["task", "list"]))["items"]).toHaveLength(2);
  const wrong = `${lines}{"op":"task start","id":"T-nowhere"}\n{"op":"task complete"}\n`;
  expect(await world.json(["batch", "-"], { input: wrong })).toMatchObject({
    exitCode: 1,
    error: {
      code: "BATCH_FAILED",
      context: {
        failures: [
          { item: 3, code: "NOT_FOUND" },
          { item: 4, code: "INVALID_VALUE" },
        ],
      },
    },
  });
  expect((await world.data(["task", "list"]))["items"]).toHaveLength(2);
  expect(
    await world.json(["batch"], { input: '[]\n{"op":"task create","title":"C"}\n{"a":1,"a":2}\nno' }),
  ).toMatchObject({
    error: { code: "BATCH_FAILED", context: { failures: [{ item: 1 }, { item: 3 }, { item: 4 }] } },
  });
  expect(await world.json(["batch"])).toMatchObject({ exitCode: 2, error: { code: "MISSING_ARGUMENT" } });
  expect(await world.json(["batch"], { input: "\n" })).toMatchObject({ error: { code: "MISSING_ARGUMENT" } });
});

test("settings are listed with their defaults, set, shown and unset", async () => {
  const world = await worldWithStore();
  expect(await world.data(["config", "get", "prime.tokens"])).toEqual({
    key: "prime.tokens",
    value: "2000",
    set: false,
  });
  await world.data(["config", "set", "prime.tokens", "400"]);
  await world.data(["config", "set", "user.branch", "main"]);
  expect((await world.data(["config", "list"]))["items"]).toMatchObject([
    { key: "claim.ttlMs", value: "3600000", set: false },
    { key: "prime.tokens", value: "400", set: true },
    { key: "user.branch", value: "main", set: true },
  ]);
  expect(JSON.stringify(await world.data(["prime"])).length).toBeLessThanOrEqual(1600);
  expect(await world.data(["config", "unset", "prime.tokens"])).toEqual({ key: "prime.tokens", was: "400" });
  expect(await world.json(["config", "set", "colour", "red"])).toMatchObject({ error: { code: "UNKNOWN_FIELD" } });
  expect(await world.data(["config", "get", "user.nothing"])).toEqual({ key: "user.nothing", value: null, set: false });
});

test("the whole help is there for programs", async () => {
  const world = new CliWorld();
  const reference = (await world.data(["help", "--all"])) as unknown as {
    commands: { path: string; options: { name: string; takes: string }[]; examples: object[] }[];
    exitCodes: { code: number; meaning: string; errors: string[] }[];
  };
  const update = reference.commands.find(({ path }) => path === "task update");
  expect(update?.options).toContainEqual(expect.objectContaining({ name: "--set", takes: "values, repeatable" }));
  expect(reference.commands.every(({ examples }) => examples.length > 0)).toBe(true);
  expect(reference.exitCodes.map(({ code }) => code)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(reference.exitCodes[4]?.errors).toContain("CLAIM_HELD");
  expect((await world.run(["help", "--all"])).stdout).toContain("knot task update <id> [options]");
});

test("option names of other trackers are answered with the name here", async () => {
  const world = new CliWorld();
  const hints: readonly (readonly [string[], string])[] = [
    [["task", "list", "--state", "open"], "Use --status."],
    [["task", "list", "--assigned-to", "me"], "Use --assignee."],
    [["task", "create", "x", "--blocked-by", "y"], "Use --depends-on."],
    [["task", "create", "x", "--body", "y"], "Use --description."],
    [["task", "create", "x", "--issue-type", "bug"], "Use --category."],
    [["task", "delete", "T-123456", "--yes"], "Leave it out: nothing ever asks back."],
    [["task", "complete", "T-123456", "--notes", "x"], "Use --retrospective."],
    [["close", "T-123456"], "Use: knot task complete"],
    [["done", "T-123456"], "Use: knot task complete"],
  ];
  for (const [argv, hint] of hints) expect((await world.json(argv)).error.hint, argv.join(" ")).toBe(hint);
});
