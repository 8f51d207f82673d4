import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "@knotwork/graph";
import { expect, test } from "vitest";
import { commit } from "../../packages/graph/src/testing/conformance/subject.ts";
import { openLocalEngine } from "../../packages/graph/src/local/open-local-engine.ts";
import { proveWithFigure, sized } from "../prove/figures.ts";
import { expectCoded } from "./fault-run.ts";
import { failingDisk, smallDisk, whyNot } from "./small-disk.ts";
import type { FailingDisk } from "./small-disk.ts";

const SIZES_KIB = sized(
  [16, 100, 300],
  Array.from({ length: 256 }, (_, index) => (index + 1) * 4),
);
const TEXT_LENGTHS = [100, 3000, 20_000];
const COMMITS_MAX = 4000;

const cannotFill = whyNot(() => smallDisk(64));
const cannotFail = cannotFill ?? whyNot(() => failingDisk({ journal: true }));

test.skipIf(cannotFill !== undefined)(
  "[N5] [T12] on a real disk of any size that fills up, all acknowledged is readable, and with room the next commit works",
  async () => {
    await proveWithFigure({ proof: "full disk", part: "tmpfs from 4 KiB to 1 MiB" }, async (at) => {
      let commits = 0;
      for (const kibibytes of SIZES_KIB) {
        const disk = smallDisk(kibibytes);
        try {
          at.kind = "lost";
          commits += await fillAndGrow(join(disk.dir, "store"), () => disk.resize(64 * 1024));
        } catch (error) {
          if (error instanceof Error) error.message = `${kibibytes} KiB: ${error.message}`;
          throw error;
        } finally {
          disk.remove();
        }
      }
      return { count: SIZES_KIB.length, also: { commits } };
    });
  },
);

for (const journal of [true, false]) {
  test.skipIf(cannotFail !== undefined)(
    `[N5] [T12] ENGINE D1: when the kernel cannot write blocks of the log, ext4 ${journal ? "with" : "without"} a journal, nothing behind that is acknowledged, and nothing before it is lost`,
    async () => {
      const disk = failingDisk({ journal });
      const dir = join(disk.dir, "store");
      try {
        await proveWithFigure({ proof: "full disk", part: "failing blocks under ext4" }, async (at) => {
          at.kind = "lost";
          const acknowledged = await breakAndMend(dir, disk);
          if (journal) disk.remount();
          const again = await openLocalEngine({ dir });
          await put(again, "after", acknowledged);
          await again.close();
          // Without a journal the file system went on: the next writer had to replace the file whose sync failed.
          if (!journal) expect(readdirSync(join(dir, "quarantine")).length).toBeGreaterThan(0);
          disk.remount();
          await expectAll(dir, acknowledged);
          return { count: 1, also: { commits: acknowledged.length } };
        });
      } finally {
        disk.remove();
      }
    },
  );
}

/** Commits while blocks fail. Gives what was acknowledged. */
async function breakAndMend(dir: string, disk: FailingDisk): Promise<string[]> {
  const acknowledged: string[] = [];
  const engine = await openLocalEngine({ dir, create: true });
  await put(engine, "before", acknowledged);
  disk.breakBlocks();
  const told = [];
  for (let index = 0; index < 20; index += 1) told.push(await tryPut(engine, `broken${index}`, acknowledged));
  expect(told).toContain("OUTCOME_UNKNOWN");
  const behind = told.slice(told.indexOf("OUTCOME_UNKNOWN") + 1);
  expect(new Set(behind)).toEqual(new Set(["HANDLE_POISONED"]));
  await engine.close().catch(expectCoded);
  disk.mendBlocks();
  return acknowledged;
}

/** Commits until the disk is full, gives it room, and goes on with the same handle and another. Gives how many were acknowledged. */
async function fillAndGrow(dir: string, grow: () => void): Promise<number> {
  const acknowledged: string[] = [];
  const engine = await openLocalEngine({ dir, create: true }).catch(expectNoSpace);
  if (engine !== undefined) {
    for (const length of TEXT_LENGTHS) {
      let told = "acknowledged";
      while (told === "acknowledged" && acknowledged.length < COMMITS_MAX)
        told = await tryPut(engine, `n${acknowledged.length}-${length}`, acknowledged, length);
      expect(told).toBe("NO_SPACE");
    }
    await engine.checkpoint().catch(expectNoSpace);
    for (const id of acknowledged) expect(await engine.read((snapshot) => snapshot.get(id))).toBeDefined();
  }
  grow();
  if (engine !== undefined) await put(engine, "with room", acknowledged);
  await engine?.close();
  const again = await openLocalEngine({ dir, create: engine === undefined });
  await put(again, "again", acknowledged);
  await again.checkpoint();
  await again.close();
  await expectAll(dir, acknowledged);
  return acknowledged.length;
}

async function expectAll(dir: string, ids: readonly string[]): Promise<void> {
  const engine = await openLocalEngine({ dir });
  for (const id of ids) expect(await engine.read((snapshot) => snapshot.get(id)), id).toBeDefined();
  expect(await engine.check()).toMatchObject({ ok: true, problems: [] });
  await engine.close();
}

async function put(engine: Engine, id: string, acknowledged: string[]): Promise<void> {
  expect(await tryPut(engine, id, acknowledged)).toBe("acknowledged");
}

/** What the caller is told: `acknowledged`, or the code of the error. */
async function tryPut(engine: Engine, id: string, acknowledged: string[], length = 3000): Promise<string> {
  try {
    await commit(engine, async (tx) => tx.put(id, { text: "x".repeat(length) }));
    const snapshotSeq = await engine.head();
    // A commit that writes nothing, at `balanced`: it is answered when what was read is durable.
    const request = { txid: `durable ${id}`, author: "tester", snapshotSeq, reads: new Map(), ranges: [], writes: [] };
    await engine.commit({ ...request, durability: "balanced" });
    acknowledged.push(id);
    return "acknowledged";
  } catch (error) {
    const { code } = error as { readonly code?: string };
    if (code === undefined) throw error;
    return code;
  }
}

function expectNoSpace(error: unknown): undefined {
  expect((error as { readonly code?: string }).code).toMatch(/^(NO_SPACE|ENOSPC)$/u);
  return undefined;
}
