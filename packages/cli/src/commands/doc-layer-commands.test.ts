import { beforeEach, expect, test } from "vitest";
import { CliWorld } from "../testing/cli-world.ts";

let world: CliWorld;
beforeEach(async () => {
  world = new CliWorld();
  await world.data(["init"]);
});

function put(path: string, text: string): void {
  const disk = world.disk.process("shell");
  if (disk.stat(path) !== undefined) disk.unlink(path);
  const file = disk.open(path, "create-new");
  file.write(new TextEncoder().encode(text), 0);
  file.close();
}

test("[D9] documents are scanned, listed with their state, shown, verified and linked on the command line", async () => {
  const disk = world.disk.process("shell");
  disk.makeDirectory("/project/docs");
  put("/project/docs/FORMAT.md", "# The format\n");
  put("/project/README.md", "readme\n");
  expect(await world.data(["doc", "scan", "--dry-run"])).toMatchObject({ dryRun: true, files: 2, added: [{}, {}] });
  expect(await world.data(["doc", "list"])).toEqual({ items: [] });
  expect(await world.data(["doc", "scan", "docs"])).toMatchObject({ added: [{ path: "docs/FORMAT.md" }] });
  // From below the root the same file has the same path.
  const inner = await world.data(["doc", "scan", "FORMAT.md"], { cwd: "/project/docs" });
  expect(inner).toMatchObject({ added: [], unchanged: 1 });
  expect(await world.data(["doc", "scan"])).toMatchObject({ added: [{ path: "README.md" }], unchanged: 1 });
  disk.rename("/project/docs/FORMAT.md", "/project/gone");
  expect(await world.data(["doc", "scan", "docs"])).toMatchObject({ missing: [{ path: "docs/FORMAT.md" }] });
  put("/project/docs/FORMAT.md", "# The new format\n");
  disk.unlink("/project/README.md");
  expect(await world.data(["doc", "check"])).toMatchObject({
    checked: 2,
    stale: 2,
    items: [
      { path: "README.md", state: "missing" },
      { path: "docs/FORMAT.md", state: "changed" },
    ],
  });
  expect(await world.data(["doc", "list", "--stale", "-n", "1"])).toMatchObject({ items: [{ path: "README.md" }] });
  expect(await world.data(["doc", "verify", "docs/FORMAT.md"])).toMatchObject({ title: "The new format" });
  const { id: task } = await world.data(["task", "create", "Write it down"]);
  await world.data(["doc", "link", "docs/FORMAT.md", String(task), "--type", "PRODUCES"]);
  expect(await world.data(["doc", "tasks", "docs/FORMAT.md"])).toMatchObject({
    items: [{ id: task, link: "PRODUCES" }],
  });
  expect(await world.data(["doc", "docs", String(task)])).toMatchObject({ items: [{ path: "docs/FORMAT.md" }] });
  const { stdout } = await world.run(["doc", "show", "docs/FORMAT.md"]);
  for (const part of ["The new format", "current", "Write it down", "1 lines, 4 words"]) expect(stdout).toContain(part);
  expect(
    await world.data(["doc", "update", "docs/FORMAT.md", "--kind", "design", "--set", "tags=wal,format"]),
  ).toMatchObject({
    kind: "design",
    tags: ["wal", "format"],
  });
  expect(await world.data(["doc", "unlink", "docs/FORMAT.md", String(task)])).toMatchObject({ task });
  expect(await world.json(["doc", "show", "docs/none.md"])).toMatchObject({ exitCode: 3 });
  expect(await world.json(["doc", "scan", "../.."])).toMatchObject({ exitCode: 2, error: { code: "INVALID_VALUE" } });
});

test("[D9] layers have versions with reasons, compared and brought back on the command line", async () => {
  const create = ["layer", "create", "style", "-k", "core", "--id", "style", "-c", "-", "-r", "agreed"];
  expect(await world.data(create, { input: "two spaces\n" })).toMatchObject({
    content: "two spaces",
    inclusion: "always",
  });
  await world.data(["layer", "update", "style", "-c", "tabs", "-r", "changed our mind", "--decay-days", "1"]);
  expect(await world.data(["layer", "versions", "style"])).toMatchObject({
    items: [
      { contentVersion: 1, rationale: "agreed" },
      { contentVersion: 2, rationale: "changed our mind" },
    ],
  });
  const { stdout } = await world.run(["layer", "diff", "style"]);
  for (const part of ["version 1 → 2", "- two spaces", "+ tabs", "changed our mind"]) expect(stdout).toContain(part);
  expect(await world.data(["layer", "show", "style", "--at", "1"])).toMatchObject({
    content: "two spaces",
    contentVersion: 1,
  });
  expect((await world.run(["layer", "show", "style"])).stdout).toContain("tabs");
  expect(await world.data(["layer", "revert", "style", "--to", "1"])).toMatchObject({ contentVersion: 3 });
  expect(await world.json(["layer", "update", "style", "-c", "x", "--if-version", "1"])).toMatchObject({ exitCode: 4 });
  const listed = await world.data(["layer", "list"]);
  expect(listed).toMatchObject({ items: [{ id: "style", lines: 1, freshness: "fresh" }] });
  expect(JSON.stringify(listed)).not.toContain("two spaces");
  await world.data(["layer", "delete", "style"]);
  expect(await world.data(["layer", "list"])).toEqual({ items: [] });
  expect(await world.json(["layer", "create", "x", "-c", "y"])).toMatchObject({ error: { code: "MISSING_ARGUMENT" } });
});

test("[D9] layers are resolved for the branch checked out, a persona and its teams, with the reasons", async () => {
  await world.data(["layer", "create", "style", "-k", "core", "--id", "style", "-c", "two spaces"]);
  await world.data([
    "layer",
    "create",
    "wal",
    "-k",
    "contextual",
    "--id",
    "wal",
    "-c",
    "log",
    "-i",
    "context",
    "-b",
    "feature/*",
  ]);
  await world.data([
    "layer",
    "create",
    "house",
    "-k",
    "operational",
    "--id",
    "house",
    "-c",
    "rules",
    "-i",
    "user_pref",
  ]);
  await world.data(["layer", "create", "tips", "-k", "persona", "--id", "tips", "-c", "hints", "-i", "user_pref"]);
  await world.data(["team", "create", "company", "--layers", "house"]);
  await world.data(["team", "create", "storage", "--parent", "company", "--members", "ada,bo"]);
  await world.data(["persona", "create", "developer", "--team", "storage", "--want", "tips"]);
  await world.data(["persona", "create", "tester", "--inherits-from", "developer", "--exclude", "style"]);
  const disk = world.disk.process("shell");
  disk.makeDirectory("/project/.git");
  put("/project/.git/HEAD", "ref: refs/heads/feature/wal\n");
  const resolved = await world.data(["layer", "resolve", "--persona", "tester"]);
  expect(resolved).toMatchObject({
    branch: "feature/wal",
    included: [
      { layer: { id: "house" }, why: "added by team company" },
      { layer: { id: "wal" }, why: "branch fits feature/*" },
      { layer: { id: "tips" }, why: "persona developer wants tips" },
    ],
    left: [{ layer: { id: "style" }, why: "left out by persona tester" }],
  });
  expect((await world.run(["layer", "resolve", "--branch", "main"])).stdout).toContain("always");
  expect((await world.run(["layer", "resolve", "--content"])).stdout).toMatch(/two spaces[^]*log/);
  expect(await world.data(["persona", "update", "tester", "--without", "tips"])).toMatchObject({
    preferences: { tips: false },
  });
  expect(await world.json(["persona", "update", "developer", "--inherits-from", "tester"])).toMatchObject({
    exitCode: 1,
    error: { code: "CYCLE" },
  });
  expect(await world.json(["team", "update", "company", "--parent", "storage"])).toMatchObject({
    error: { code: "CYCLE" },
  });
  expect(await world.data(["team", "show", "storage"])).toMatchObject({ lineage: ["storage", "company"] });
  expect((await world.run(["persona", "show", "tester"])).stdout).toContain("developer");
  expect(await world.data(["team", "list", "-n", "1"])).toMatchObject({ items: [{ name: "company" }] });
  expect((await world.run(["persona", "list"])).stdout).toContain("tester");
});

test("[D9] layers are pulled from one branch to another after a dry run, a conflict is refused until it is settled", async () => {
  await world.data(["layer", "create", "style", "-k", "core", "--id", "a", "-c", "theirs", "-b", "dev"]);
  await world.data(["layer", "create", "style", "-k", "core", "--id", "b", "-c", "ours", "-b", "main"]);
  await world.data(["layer", "create", "news", "-k", "core", "--id", "c", "-c", "new", "-b", "dev"]);
  const pull = ["layer", "pull", "--from", "dev", "--to", "main"];
  expect(await world.data([...pull, "--dry-run"])).toMatchObject({
    dryRun: true,
    written: [],
    sections: [
      { section: "news", outcome: "taken" },
      { section: "style", outcome: "conflict" },
    ],
  });
  expect(await world.json(pull)).toMatchObject({ exitCode: 4, error: { code: "LAYERS_CONFLICT" } });
  expect((await world.run([...pull, "--conflicts", "theirs"])).stdout).toContain("conflict: theirs");
  expect(await world.data(["layer", "show", "b"])).toMatchObject({ content: "theirs" });
});
