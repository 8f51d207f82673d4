import { chmodSync, cpSync, existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openGraph } from "@knotwork/graph";
import { expect, test } from "vitest";
import { expectAcknowledged, runWriter, startWriter } from "./entry-writer.ts";
import { useScratchDir } from "./scratch-dir.ts";
import { verifyStore } from "./verify.ts";

const scratch = useScratchDir();
const hourMs = 3_600_000;
const nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
const isRoot = process.getuid?.() === 0;

test("writers whose wall clocks are an hour apart lose nothing, and the times of commits never go back", async () => {
  const storeDir = await makeStore();
  const reports = await Promise.all(
    [-hourMs, 0, hourMs].map((clockOffsetMs, index) =>
      runWriter({
        storeDir,
        writer: `clock${index}`,
        count: 40,
        durability: "balanced",
        clockOffsetMs,
        checkpointEvery: 15,
        waitMs: 2,
      }),
    ),
  );
  expect(reports.flatMap(({ failed }) => failed)).toEqual([]);
  const graph = await openGraph({ dir: storeDir });
  const commits = await graph.commits({ limit: 1000 });
  await graph.close();
  expect(commits).toHaveLength(120);
  const times = commits.map(({ time }) => Date.parse(time));
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  // All three took turns, or nothing was proved.
  const turns = commits.filter(({ author }, index) => author !== commits[index - 1]?.author).length;
  expect(turns).toBeGreaterThan(5);
  await expectAcknowledged(storeDir, reports);
});

test("a writer that blocks its event loop for 150 ms again and again holds up nobody else for long, and loses nothing", async () => {
  const storeDir = await makeStore();
  const blocker = startWriter({
    storeDir,
    writer: "blocker",
    count: 40,
    durability: "balanced",
    blockMs: 150,
    checkpointEvery: 20,
  });
  await blocker.said("open");
  const other = await runWriter({
    storeDir,
    writer: "other",
    count: 100,
    durability: "balanced",
    lockTimeoutMs: 2000,
    checkpointEvery: 30,
  });
  const blocked = await blocker.end;
  expect([...blocked.failed, ...other.failed]).toEqual([]);
  await expectAcknowledged(storeDir, [blocked, other]);
});

test("4 writers lose nothing while somebody removes every lock file again and again, as git clean does", async () => {
  const storeDir = await makeStore();
  const removing = setInterval(() => {
    for (const name of ["wal/lock", "wal/holder", "wal/waiters", "history.lock"]) {
      rmSync(join(storeDir, name), { recursive: true, force: true });
    }
  }, 3);
  const jobs = Array.from({ length: 4 }, (_, index) => ({
    storeDir,
    writer: `w${index}`,
    count: 60,
    durability: "balanced" as const,
    checkpointEvery: 20,
  }));
  const reports = await Promise.all(jobs.map((job) => runWriter(job))).finally(() => clearInterval(removing));
  expect(reports.flatMap(({ failed, errorText }) => failed.map((one) => ({ ...one, errorText })))).toEqual([]);
  expect(reports.flatMap(({ acknowledged }) => acknowledged)).toHaveLength(240);
  const seqs = reports.flatMap(({ acknowledged }) => acknowledged.map(({ seq }) => seq));
  expect(new Set(seqs).size).toBe(240);
  await expectAcknowledged(storeDir, reports);
  expect(verifyStore(storeDir)).toEqual({ exitCode: 0, output: expect.stringContaining("\n0 problems") as string });
});

test("a store directory that is moved away, and replaced by another store, is written to by nobody who had opened the first", async () => {
  const storeDir = await makeStore();
  const other = join(scratch.path, "other");
  await (await openGraph({ dir: other, create: true })).close();
  const writer = startWriter({ storeDir, writer: "late", count: 1000, durability: "balanced", waitMs: 2 });
  await writer.said("acknowledged late-5");
  const moved = join(scratch.path, "moved");
  // Stopped meanwhile: it must not meet the moment at which there is no store at all.
  writer.process.kill("SIGSTOP");
  renameSync(storeDir, moved);
  cpSync(other, storeDir, { recursive: true });
  writer.process.kill("SIGCONT");
  const report = await writer.end;
  expect(report.failed).toHaveLength(1);
  expect(report.failed[0]?.code).toBe("STORE_REPLACED");
  await expectAcknowledged(moved, [report]);
  const replaced = await openGraph({ dir: storeDir, readOnly: true });
  expect(await replaced.commits()).toEqual([]);
  await replaced.close();
});

test("a store directory that is gone altogether is an error, and is not made again", async () => {
  const storeDir = await makeStore();
  const writer = startWriter({ storeDir, writer: "late", count: 1000, durability: "balanced", waitMs: 2 });
  await writer.said("acknowledged late-5");
  renameSync(storeDir, join(scratch.path, "moved"));
  const report = await writer.end;
  expect(report.failed).toHaveLength(1);
  expect(report.failed[0]?.code).toMatch(/^[A-Z_]+$/u);
  expect(existsSync(storeDir)).toBe(false);
  await expectAcknowledged(join(scratch.path, "moved"), [report]);
});

test("a process without file descriptors to spare fails with a code, and loses nothing", async () => {
  const storeDir = await makeStore();
  const before = await runWriter({ storeDir, writer: "before", count: 5, durability: "balanced" });
  const job = { storeDir, count: 10, durability: "balanced", checkpointEvery: 5, goesOn: true } as const;
  const reports = [before];
  for (let spareDescriptors = 0; spareDescriptors <= 24; spareDescriptors += 2) {
    const writer = `spare${spareDescriptors}`;
    const report = await runWriter({ ...job, writer, spareDescriptors }, [
      "sh",
      "-c",
      'ulimit -n 256; exec "$@"',
      "sh",
    ]);
    for (const { code } of report.failed) expect(code, writer).toMatch(/^[A-Z_]+$/u);
    reports.push(report);
  }
  // Somewhere between too few and enough, or nothing was proved.
  expect(reports[1]?.failed[0]?.code).toBe("EMFILE");
  expect(reports.at(-1)?.acknowledged).toHaveLength(10);
  await expectAcknowledged(storeDir, reports);
});

test.skipIf(!isRoot)("a user who may read a store and not write it reads it, and is refused as a writer", async () => {
  const storeDir = await makeStore();
  const before = await runWriter({ storeDir, writer: "before", count: 5, durability: "balanced", checkpointEvery: 3 });
  chmodSync(scratch.path, 0o755);
  const { spawnSync } = await import("node:child_process");
  spawnSync("chmod", ["-R", "a+rX", storeDir]);
  const { status } = spawnSync(nobody[0] ?? "", [...nobody.slice(1), "cat", join(storeDir, "store.json")]);
  expect(status, "the other user cannot even reach the store: TMPDIR is closed to it").toBe(0);
  const refused = await runWriter({ storeDir, writer: "nobody", count: 1, durability: "balanced" }, nobody);
  expect(refused.acknowledged).toEqual([]);
  expect(refused.failed[0]?.code).toMatch(/^(?:EACCES|READ_ONLY|EPERM)$/u);
  await expectAcknowledged(storeDir, [before]);
});

async function makeStore(): Promise<string> {
  const storeDir = join(scratch.path, "store");
  await (await openGraph({ dir: storeDir, create: true })).close();
  return storeDir;
}
