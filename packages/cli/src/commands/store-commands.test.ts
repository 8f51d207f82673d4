import { readWholeFile, writeFully } from "@knotwork/disk";
import { beforeEach, expect, test } from "vitest";
import { CliWorld } from "../testing/cli-world.ts";

let world: CliWorld;
beforeEach(() => {
  world = new CliWorld();
});

function write(path: string, text: string): void {
  const disk = world.disk.process("shell");
  const file = disk.open(path, "create-new");
  writeFully(file, Buffer.from(text), 0);
  file.close();
}

test("init creates a store that git ignores, and never over one that is there", async () => {
  expect(await world.data(["init"])).toEqual({ store: "/project/.knot" });
  expect(readWholeFile(world.disk.process("shell"), "/project/.knot/.gitignore")?.toString()).toBe("*\n");
  await world.data(["task", "create", "kept"]);
  expect(await world.json(["init"])).toMatchObject({ exitCode: 1, error: { code: "STORE_EXISTS" } });
  expect(await world.json(["init", "--store", ".knot"])).toMatchObject({
    exitCode: 1,
    error: { code: "STORE_EXISTS" },
  });
  expect((await world.data(["task", "list"]))["items"]).toHaveLength(1);
});

test("init does not move into a directory that holds other things", async () => {
  world.disk.process("shell").makeDirectory("/project/data");
  write("/project/data/precious.txt", "x");
  const answer = await world.json(["init", "--store", "data"]);
  expect(answer.ok).toBe(false);
  expect(world.disk.process("shell").list("/project/data")).toEqual(["precious.txt"]);
});

test("without a store a command ends with 3 and makes none", async () => {
  expect(await world.json(["task", "create", "x"])).toMatchObject({ exitCode: 3, error: { code: "STORE_NOT_FOUND" } });
  expect(world.disk.process("shell").list("/project")).toEqual([]);
});

test("the log lists commits newest first, page by page", async () => {
  await world.data(["init"]);
  for (const title of ["a", "b", "c"]) await world.data(["task", "create", title], { env: { KNOT_AGENT: "ada" } });
  const { data: all } = await world.json(["log"]);
  const seqs = (all["items"] as readonly { seq: number }[]).map(({ seq }) => seq);
  expect(seqs.slice(0, 3)).toEqual([seqs.length, seqs.length - 1, seqs.length - 2]);
  expect(all).toMatchObject({ items: expect.arrayContaining([expect.objectContaining({ author: "ada" })]) });
  const first = await world.json(["log", "-n", "2"]);
  expect(first.page).toEqual({ truncated: true, next: String(seqs.length - 1) });
  const rest = await world.json(["log", "--after", String(first.page?.next)]);
  expect(rest.page).toEqual({ truncated: false, next: null });
  expect([...(first.data["items"] as readonly object[]), ...(rest.data["items"] as readonly object[])]).toEqual(
    all["items"],
  );
  expect(await world.json(["log", "--after", "soon"])).toMatchObject({
    exitCode: 2,
    error: { code: "INVALID_ARGUMENT" },
  });
});

test("stats count, doctor vouches, and neither writes", async () => {
  await world.data(["init"]);
  await world.data(["task", "create", "a"]);
  const before = world.disk.files();
  expect(await world.data(["stats"])).toMatchObject({ store: "/project/.knot", byType: { task: 1 }, ready: 1 });
  expect(await world.data(["doctor"])).toMatchObject({ ok: true, problems: [], warnings: [] });
  expect((await world.run(["doctor"])).stdout).toMatch(/^Whole/);
  expect(world.disk.files()).toEqual(before);
});

test("doctor ends with 6 when something is damaged, and says what", async () => {
  await world.data(["init"]);
  const id = String((await world.data(["task", "create", "a"]))["id"]);
  const [path = ""] = [...world.disk.files().keys()].filter((name) => /wal\/.*\.jsonl$/.test(name));
  const disk = world.disk.process("shell");
  const text = readWholeFile(disk, path)?.toString() ?? "";
  const file = disk.open(path, "read-write");
  file.write(Buffer.from("Z"), text.indexOf(id));
  file.close();
  const answer = await world.json(["doctor"]);
  expect(answer.exitCode).toBe(6);
  expect(answer.error.code).toMatch(/_DAMAGED$/);
  // What is sound is served, with a warning; an export, which stands for everything, is refused.
  const list = await world.run(["task", "list"]);
  expect(list).toMatchObject({ exitCode: 0 });
  expect(list.stderr).toMatch(/^warning: LOG_DAMAGED: /);
  expect((await world.run(["export"])).exitCode).toBe(6);
});

test("an export goes to stdout as JSON lines, into an envelope, or into a new file", async () => {
  await world.data(["init"]);
  const id = String((await world.data(["task", "create", "a\u202e"]))["id"]);
  const { stdout } = await world.run(["export"]);
  expect(
    stdout
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as unknown),
  ).toMatchObject([{ kind: "node", id, props: { title: "a\u202e" } }]);
  expect(await world.data(["export"])).toMatchObject({ items: [{ id }] });
  expect(await world.data(["export", "--output", "out.jsonl"])).toMatchObject({ path: "/project/out.jsonl", count: 1 });
  expect(readWholeFile(world.disk.process("shell"), "/project/out.jsonl")?.toString()).toBe(stdout);
  expect(await world.json(["export", "--output", "out.jsonl"])).toMatchObject({
    exitCode: 1,
    error: { code: "FILE_EXISTS" },
  });
});

test("beads are imported with a loss report, and a second time change nothing", async () => {
  await world.data(["init"]);
  const issue = (id: string, rest: object = {}): string =>
    JSON.stringify({
      id,
      title: `issue ${id}`,
      status: "open",
      priority: 1,
      issue_type: "task",
      created_at: "2026-01-01T00:00:00Z",
      updated_at: "2026-01-01T00:00:00Z",
      ...rest,
    });
  const edge = { issue_id: "bd-2", depends_on_id: "bd-1", type: "blocks", created_at: "2026-01-01T00:00:00Z" };
  write(
    "/project/issues.jsonl",
    [issue("bd-1"), issue("bd-2", { dependencies: [edge] }), "<<<<<<< HEAD", ""].join("\n"),
  );
  const report = await world.data(["import", "beads", "issues.jsonl"]);
  expect(report).toMatchObject({
    nodes: { task: { created: 2 } },
    edges: { DEPENDS_ON: { created: 1 } },
    refused: [{ code: "CONFLICT_MARKER" }],
  });
  const { seq } = await world.data(["stats"]);
  expect(await world.data(["import", "beads", "."])).toMatchObject({ nodes: { task: { created: 0, unchanged: 2 } } });
  expect(await world.data(["stats"])).toMatchObject({ seq });
  expect((await world.run(["import", "beads", "issues.jsonl"])).stdout).toContain("0 created, 0 updated, 2 unchanged");
});

test("what cannot be imported is an error that names the path", async () => {
  await world.data(["init"]);
  expect(await world.json(["import", "beads", "nowhere"])).toMatchObject({
    exitCode: 3,
    error: { code: "FILE_NOT_FOUND" },
  });
  expect(await world.json(["import", "got", "."])).toMatchObject({ exitCode: 2, error: { code: "INVALID_ARGUMENT" } });
  expect(await world.json(["import", "beads", "."])).toMatchObject({ exitCode: 3, error: { code: "FILE_NOT_FOUND" } });
  const file = world.disk.process("shell").open("/project/binary", "create-new");
  file.write(Uint8Array.of(0xff, 0xfe, 0x00), 0);
  file.close();
  expect(await world.json(["import", "beads", "binary"])).toMatchObject({
    exitCode: 2,
    error: { code: "INVALID_ARGUMENT" },
  });
});
