import { join } from "node:path";
import { type Graph, openGraph, restoreBackup, verifyBackup } from "@knotwork/graph";
import { expect, test } from "vitest";
import { startChild } from "./child-processes.ts";
import { useScratchDir } from "./scratch-dir.ts";
import { verifyStore } from "./verify.ts";

const scratch = useScratchDir();
const WRITERS = 4;
const BACKUPS = 5;

interface BackedUp {
  readonly backups: readonly { readonly path: string; readonly seq: number; readonly ok: boolean }[];
}

test("[W16] backups taken while 4 processes write and checkpoint are whole, hold a prefix, and restore to the same", async () => {
  const storeDir = join(scratch.path, "store");
  const backupsDir = scratch.make("backups");
  const ids = Array.from({ length: 10 }, (_, index) => `E-${index}`);
  const graph = await openGraph({ dir: storeDir, create: true });
  await graph.transact(async (tx) => {
    for (const id of ids) await tx.create("item", { text: "new" }, { id });
  });
  const writers = Array.from({ length: WRITERS }, (_, writer) =>
    startChild("update-entities.mjs", { storeDir, writer, count: 120, ids, checkpointEvery: 15 }),
  );
  const keeper = startChild<BackedUp>("back-up.mjs", { storeDir, backupsDir, count: BACKUPS });
  await Promise.all([...writers, keeper].map((child) => child.ready));
  for (const child of [...writers, keeper]) child.start();
  await Promise.all(writers.map((child) => child.answer));
  const { backups = [] } = (await keeper.answer) ?? {};

  expect(backups).toHaveLength(BACKUPS);
  const seqs = backups.map(({ seq }) => seq);
  expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
  // They were taken in the middle of the writing.
  expect(seqs[0]).toBeLessThan(await graph.head());
  for (const { path, seq, ok } of backups) {
    expect(ok).toBe(true);
    expect(await verifyBackup(path)).toMatchObject({ ok: true, problems: [] });
    expect(verifyStore(path)).toEqual({ exitCode: 0, output: expect.stringContaining("\n0 problems") as string });
    const to = `${path}-restored`;
    expect(await restoreBackup({ from: path, to })).toMatchObject({ seq });
    const restored = await openGraph({ dir: to });
    expect(await restored.check()).toMatchObject({ ok: true, problems: [] });
    expect(await historyUpTo(restored, ids, seq)).toEqual(await historyUpTo(graph, ids, seq));
    expect(await restored.head()).toBe(seq);
    await restored.close();
  }
  await graph.close();
  expect(verifyStore(storeDir)).toEqual({ exitCode: 0, output: expect.stringContaining("\n0 problems") as string });
});

async function historyUpTo(graph: Graph, ids: readonly string[], last: number): Promise<readonly unknown[]> {
  const histories = await Promise.all(ids.map((id) => graph.history(id)));
  return histories.map((history) => history.filter(({ seq }) => seq <= last));
}
