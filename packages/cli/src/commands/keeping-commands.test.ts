import { readWholeFile } from "@knotwork/disk";
import { beforeEach, expect, test } from "vitest";
import { CliWorld } from "../testing/cli-world.ts";

let world: CliWorld;
let id: string;

beforeEach(async () => {
  world = new CliWorld();
  await world.data(["init"]);
  id = String((await world.data(["task", "create", "Draw the secret map"]))["id"]);
  await world.data(["task", "update", id, "--title", "Draw the map"]);
});

const storeFiles = (): readonly (readonly [string, Uint8Array])[] =>
  [...world.disk.files()].filter(([path]) => path.startsWith("/project/.knot/") && !/wal\/(lock|holder)$/.test(path));

function filesWith(text: string): readonly string[] {
  return [...world.disk.files()].filter(([, bytes]) => Buffer.from(bytes).includes(text)).map(([path]) => path);
}

function spoil(pattern: RegExp, word: string): void {
  const path = [...world.disk.files().keys()].find((name) => pattern.test(name)) ?? "";
  const disk = world.disk.process("shell");
  const file = disk.open(path, "read-write");
  file.write(Buffer.from("#"), readWholeFile(disk, path)?.indexOf(word) ?? 0);
  file.close();
}

test("[W16] backup create, list, verify and restore: what comes back is what was there", async () => {
  const exported = (await world.run(["export"])).stdout;
  const made = await world.data(["backup", "create", "copies/one"]);
  expect(made).toMatchObject({ path: "/project/copies/one", seq: expect.any(Number), check: { ok: true } });
  await world.data(["task", "create", "later"]);
  const { data, page } = await world.json(["backup", "list", "copies"]);
  expect(data).toMatchObject({ items: [{ path: "/project/copies/one", ok: true, seq: made["seq"] }] });
  expect(page).toEqual({ next: null, truncated: false });
  expect(await world.data(["backup", "verify", "copies/one"])).toMatchObject({ ok: true, problems: [] });
  const restored = await world.data(["backup", "restore", "copies/one", "--to", "again"]);
  expect(restored).toMatchObject({ path: "/project/again", seq: made["seq"] });
  expect((await world.run(["export", "--store", "again"])).stdout).toBe(exported);
  expect(await world.data(["doctor", "--store", "again"])).toMatchObject({ ok: true });
  expect((await world.run(["backup", "list", "copies"])).stdout).toContain("whole");
});

test("[W16] backup commands refuse what is there, what is damaged and what is none", async () => {
  await world.data(["backup", "create", "copies/one"]);
  expect(await world.json(["backup", "create", "copies/one"])).toMatchObject({
    exitCode: 1,
    error: { code: "STORE_EXISTS" },
  });
  expect(await world.json(["backup", "restore", "copies/one", "--to", ".knot"])).toMatchObject({
    exitCode: 1,
    error: { code: "STORE_EXISTS" },
  });
  expect(await world.json(["backup", "restore", "nowhere", "--to", "again"])).toMatchObject({
    exitCode: 6,
    error: { code: "BACKUP_INCOMPLETE" },
  });
  expect(await world.json(["task", "create", "x", "--store", "copies/one"])).toMatchObject({
    error: { code: "READ_ONLY" },
  });
  spoil(/copies\/one\/wal\/.*jsonl/, "secret");
  expect(await world.json(["backup", "verify", "copies/one"])).toMatchObject({
    exitCode: 6,
    error: { code: "BACKUP_DAMAGED" },
  });
  expect((await world.run(["backup", "verify", "copies/one"])).stdout).toContain("Not whole");
  expect(await world.json(["backup", "restore", "copies/one", "--to", "again"])).toMatchObject({
    exitCode: 6,
    error: { code: "BACKUP_DAMAGED" },
  });
});

test("[D14] doctor --repair writes a copy with a report of what was lost, and leaves the damaged store alone", async () => {
  spoil(/\.knot\/wal\/.*jsonl/, "secret");
  const before = storeFiles();
  expect(await world.json(["doctor"])).toMatchObject({
    exitCode: 6,
    error: { hint: expect.stringContaining("--repair") },
  });
  const { data } = await world.json(["doctor", "--repair", "copy"]);
  expect(data).toMatchObject({
    path: "/project/copy",
    isComplete: false,
    lost: { commits: [{ from: expect.any(Number) }], versions: [{ id, version: 1 }] },
    check: { ok: true },
  });
  expect(storeFiles()).toEqual(before);
  expect(await world.data(["doctor", "--store", "copy"])).toMatchObject({ ok: true });
  expect(await world.data(["task", "show", id, "--store", "copy"])).toMatchObject({ task: { title: "Draw the map" } });
  expect(await world.json(["doctor", "--repair", "copy"])).toMatchObject({
    exitCode: 1,
    error: { code: "STORE_EXISTS" },
  });
  expect((await world.run(["doctor", "--repair", "other"])).stdout).toContain("lost commits");
});

test("doctor tells of a store that cannot be opened, and repairs it", async () => {
  spoil(/\.knot\/MANIFEST\.json$/, "generation");
  expect(await world.json(["doctor"])).toMatchObject({ exitCode: 6, error: { code: "STORE_DAMAGED" } });
  expect(await world.data(["doctor", "--repair", "copy"])).toMatchObject({ isComplete: true });
});

test("[N11] doctor shows what lies in quarantine", async () => {
  const disk = world.disk.process("shell");
  const segment = [...world.disk.files().keys()].find((path) => /\.knot\/wal\/.*jsonl$/.test(path)) ?? "";
  const file = disk.open(segment, "append");
  file.write(Buffer.from('{"crc":"torn'));
  file.close();
  await world.data(["task", "create", "cuts the tail"]);
  expect(await world.data(["doctor"])).toMatchObject({ ok: true, quarantine: [{ kind: "tail", bytes: 12 }] });
  expect((await world.run(["doctor"])).stdout).toMatch(/Quarantine[\s\S]*tail/);
});

test("[W25] compact says what it would drop, drops it, and needs to be told what to keep", async () => {
  expect(await world.json(["compact"])).toMatchObject({ exitCode: 2, error: { code: "INVALID_ARGUMENT" } });
  expect(await world.json(["compact", "--keep-days", "1", "--keep-versions", "1"])).toMatchObject({ exitCode: 2 });
  expect(await world.json(["compact", "--keep-versions", "0"])).toMatchObject({ exitCode: 2 });
  const before = storeFiles();
  expect(await world.data(["compact", "--keep-versions", "1", "--dry-run"])).toMatchObject({
    versionsDropped: 1,
    changed: false,
  });
  expect(storeFiles()).toEqual(before);
  expect((await world.run(["compact", "--keep-versions", "1"])).stdout).toMatch(/^Dropped 1 versions/);
  expect(filesWith("secret")).toEqual([]);
  expect(await world.data(["doctor"])).toMatchObject({ ok: true });
  expect((await world.run(["compact", "--keep-versions", "1"])).stdout).toBe("Nothing to drop\n");
});

test("[W25] purge leaves no trace of a deleted task in any file, names backups, and asks for --yes", async () => {
  await world.data(["backup", "create", "copies/one"]);
  expect(await world.json(["purge", id])).toMatchObject({ exitCode: 2, error: { code: "MISSING_ARGUMENT" } });
  expect(await world.json(["purge", id, "--yes"])).toMatchObject({ exitCode: 1, error: { code: "NOT_DELETED" } });
  expect(await world.json(["purge", "T-never-was", "--yes"])).toMatchObject({
    exitCode: 3,
    error: { code: "NOT_FOUND" },
  });
  await world.data(["task", "delete", id]);
  const report = await world.data(["purge", id, "--yes", "--backups", "copies"]);
  expect(report).toMatchObject({ id, versionsPurged: 2, filesHeld: [], backups: ["/project/copies/one"] });
  expect(filesWith("the secret map").filter((path) => path.startsWith("/project/.knot/"))).toEqual([]);
  expect(await world.data(["doctor"])).toMatchObject({ ok: true, problems: [] });
});

test("[W25] purge --old-versions takes an edited-out secret from a living task", async () => {
  expect((await world.run(["purge", id.slice(-8), "--old-versions", "--yes"])).stdout).toMatch(/^Purged /);
  expect(filesWith("secret")).toEqual([]);
  expect(await world.data(["task", "show", id])).toMatchObject({ task: { title: "Draw the map" } });
  expect(await world.data(["doctor"])).toMatchObject({ ok: true, problems: [] });
});

test("[N10] the log lists the commits of one author, and of one reasoning session", async () => {
  await world.data(["task", "create", "b", "--as", "ada"]);
  await world.data(["task", "create", "c", "--as", "ada", "--session", "S-7"]);
  expect((await world.data(["log", "--by", "ada"]))["items"]).toMatchObject([
    { author: "ada", session: "S-7" },
    { author: "ada" },
  ]);
  expect((await world.data(["log", "--of-session", "S-7"]))["items"]).toHaveLength(1);
  expect((await world.data(["log", "--by", "eve"]))["items"]).toEqual([]);
});
