import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openGraph } from "@knotwork/graph";
import { expect, test } from "vitest";
import { recordFigure, sized } from "../prove/figures.ts";
import {
  canInjectCalls,
  countCalls,
  expectAcknowledged,
  injecting,
  runWriter,
  signalTraced,
  startWriter,
  tracedPid,
  type WriterReport,
  type WriterRun,
} from "./entry-writer.ts";
import { useScratchDir } from "./scratch-dir.ts";
import { verifyStore } from "./verify.ts";

const scratch = useScratchDir();
const canInject = canInjectCalls();

const calls = ["write", "pwrite64", "fdatasync", "fsync", "rename", "unlink", "mkdir", "flock"];

test.skipIf(!canInject)(
  "[W5] a process killed before any of its system calls, again and again in one store, loses nothing it acknowledged",
  async () => {
    const storeDir = await makeStore("store");
    const job = {
      storeDir: await makeStore("counted"),
      writer: "counted",
      count: 6,
      durability: "balanced",
      checkpointEvery: 3,
    } as const;
    const counts = await countCalls(job, calls, join(scratch.path, "trace"));
    const perCall = sized(3, 40);
    const reports: WriterReport[] = [];
    let kills = 0;
    for (const [call, count] of counts) {
      for (let step = 0; step < Math.min(perCall, count); step += 1) {
        const when = 1 + Math.floor((step * count) / Math.min(perCall, count));
        // The directory lock of a killed checkpointer would keep the next ones from checkpointing for half a minute.
        rmSync(join(storeDir, "history.lock"), { recursive: true, force: true });
        const report = await runWriter(
          { ...job, storeDir, writer: `${call}-${when}` },
          injecting({ call, what: "signal=KILL", when }),
        );
        if (report.signal === "SIGKILL" || report.exitCode === 137) kills += 1;
        expect(report.failed, `${call} ${when}`).toEqual([]);
        reports.push(report);
      }
    }
    await expectAcknowledged(storeDir, reports);
    const acknowledged = reports.flatMap((report) => report.acknowledged).length;
    recordFigure({ proof: "kills", part: "before a system call", count: kills, also: { acknowledged } });
    // Retries differ from run to run, so a few runs may end before the call comes; most must not.
    expect(kills).toBeGreaterThan(reports.length * 0.8);
    expect(acknowledged).toBeGreaterThan(reports.length);
    expect(verifyStore(storeDir)).toEqual({ exitCode: 0, output: expect.stringContaining("\n0 problems") as string });
  },
);

test.skipIf(!canInject)(
  "[T12] a failed fdatasync of the real kernel: the outcome is unknown, nothing more is acknowledged, the next process repairs the log",
  async () => {
    const storeDir = await makeStore("store");
    const job = { storeDir, count: 8, durability: "balanced", goesOn: true } as const;
    // strace counts for each thread: a slow disk's syncs are made in the pool, whose threads are four by default.
    const broken = await runWriter({ ...job, writer: "broken" }, [
      "env",
      "UV_THREADPOOL_SIZE=1",
      ...injecting({ call: "fdatasync", what: "error=EIO", when: 4 }),
    ]);
    expect(broken.acknowledged.length).toBeGreaterThan(0);
    expect(broken.failed[0]?.code).toBe("OUTCOME_UNKNOWN");
    expect(broken.failed.slice(1).map(({ code }) => code)).toEqual(broken.failed.slice(1).map(() => "HANDLE_POISONED"));
    expect(broken.acknowledged.length + broken.failed.length).toBe(8);

    const next = await runWriter({ ...job, writer: "next" });
    expect(next.failed).toEqual([]);
    expect(next.acknowledged).toHaveLength(8);
    await expectAcknowledged(storeDir, [broken, next]);
    // ENGINE D1: the bytes behind the failed sync were copied away and the segment was replaced.
    expect(readdirSync(join(storeDir, "quarantine"))).not.toEqual([]);
    expect(verifyStore(storeDir)).toEqual({ exitCode: 0, output: expect.stringContaining("\n0 problems") as string });
  },
);

test.skipIf(!canInject)(
  "a checkpointer that is stopped before it publishes, and overtaken, does no harm when it wakes",
  async () => {
    const storeDir = await makeStore("store");
    const job = { storeDir, durability: "balanced" } as const;
    const before = await runWriter({ ...job, writer: "before", count: 10 });
    // Its new manifest is written, the pointer not yet renamed.
    const stop = { call: "fsync", what: "signal=STOP", when: 1, path: join(storeDir, "manifest") };
    const sleeper = startWriter({ ...job, writer: "sleeper", count: 3, checkpointEvery: 3 }, injecting(stop));
    await sleeper.said("acknowledged sleeper-2");
    await isStopped(sleeper);

    const others = await runWriter({ ...job, writer: "others", count: 12 });
    expect(others.failed).toEqual([]);
    expect(others.acknowledged).toHaveLength(12);
    // The directory lock saves work only: whoever needs not wait for it publishes first.
    rmSync(join(storeDir, "history.lock"), { recursive: true });
    const overtaking = await runWriter({ ...job, writer: "overtaking", count: 4, checkpointEvery: 2 });
    expect(overtaking.lines).toContain("checkpointed");

    signalTraced(sleeper, "SIGCONT");
    const slept = await sleeper.end;
    expect(slept.failed).toEqual([]);
    await expectAcknowledged(storeDir, [before, slept, others, overtaking]);
    expect(verifyStore(storeDir)).toEqual({ exitCode: 0, output: expect.stringContaining("\n0 problems") as string });
  },
);

test.skipIf(!canInject)(
  "[W14] while the holder of the kernel lock is stopped others time out by its name, read on, and break nothing; it wakes and all go on",
  async () => {
    const storeDir = await makeStore("store");
    const job = { storeDir, durability: "balanced" } as const;
    const before = await runWriter({ ...job, writer: "before", count: 3 });
    const stop = { call: "pwrite64", what: "signal=STOP", when: 1, path: join(storeDir, "wal/holder") };
    const holder = startWriter({ ...job, writer: "holder", count: 3 }, injecting(stop));
    await holder.said("open");
    await isStopped(holder);

    const graph = await openGraph({ dir: storeDir, lockTimeoutMs: 300 });
    const pid = tracedPid(holder);
    await expect(graph.transact(async (tx) => void (await tx.create("entry", {})))).rejects.toMatchObject({
      code: "LOCK_TIMEOUT",
      retryable: true,
      context: { holderPid: pid },
    });
    expect(await graph.get("before-0")).toMatchObject({ props: { text: "text of before-0" } });

    signalTraced(holder, "SIGCONT");
    const held = await holder.end;
    expect(held.acknowledged).toHaveLength(3);
    await graph.transact(async (tx) => void (await tx.create("entry", {})));
    await graph.close();
    await expectAcknowledged(storeDir, [before, held]);
  },
);

async function makeStore(name: string): Promise<string> {
  const storeDir = join(scratch.path, name);
  await (await openGraph({ dir: storeDir, create: true })).close();
  return storeDir;
}

/** Seen stopped five times in a row: strace stops it at every call, too. @throws when it is not within ten seconds */
async function isStopped(run: WriterRun): Promise<void> {
  let inARow = 0;
  for (let tries = 0; tries < 200; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    inARow = /^\d+ \(.*\) [tT] /u.test(readFileSync(`/proc/${tracedPid(run)}/stat`, "utf8")) ? inARow + 1 : 0;
    if (inARow === 5) return;
  }
  throw new Error("The process was never stopped");
}
