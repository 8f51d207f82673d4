import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { type Graph, inspectStore, openGraph, repairStore, restoreBackup } from "@knotwork/graph";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkIndex } from "../../scripts/verify/index-check.mjs";
import { Problems } from "../../scripts/verify/problems.mjs";
import { readStore } from "../../scripts/verify/store.mjs";

let root: string;
let dir: string;
let graph: Graph;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "knotwork-kept-"));
  dir = join(root, "store");
  graph = await openGraph({ dir, create: true, author: "tester" });
  for (const round of [1, 2, 3]) {
    for (const id of ["a", "b"]) {
      await graph.transact(async (tx) => {
        if ((await tx.get(id)) === undefined) await tx.create("item", { text: `${id} ${round}` }, { id });
        else await tx.update(id, { text: `${id} ${round}` });
      });
    }
    if (round === 2) await graph.checkpoint();
  }
});

afterEach(async () => {
  await graph.close();
  rmSync(root, { recursive: true, force: true });
});

function problemsOf(store: string): readonly unknown[] {
  const problems = new Problems();
  checkIndex(readStore({ dir: store, problems }), problems);
  return problems.all;
}

test("[W16] the independent verifier finds nothing in a backup and in the store restored from it", async () => {
  await graph.backup(join(root, "backup"));
  await restoreBackup({ from: join(root, "backup"), to: join(root, "restored") });
  expect(problemsOf(join(root, "backup"))).toEqual([]);
  expect(problemsOf(join(root, "restored"))).toEqual([]);
});

test("[W25] the independent verifier finds nothing in a store that was compacted and purged", async () => {
  await graph.compact({ keepVersions: 2 });
  expect(problemsOf(dir)).toEqual([]);
  await graph.transact(async (tx) => void (await tx.delete("a")));
  await graph.purge("a");
  await graph.transact(async (tx) => void (await tx.create("item", { text: "behind" }, { id: "c" })));
  expect(problemsOf(dir)).toEqual([]);
});

test("the independent verifier finds nothing in a repaired copy", async () => {
  await graph.close();
  const name = readdirSync(join(dir, "wal")).find((entry) => entry.endsWith(".jsonl")) ?? "";
  const path = join(dir, "wal", name);
  writeFileSync(path, readFileSync(path, "latin1").replace("a 3", "a #"), "latin1");
  expect(await inspectStore(dir)).toMatchObject({ ok: false });
  expect(await repairStore({ from: dir, to: join(root, "copy") })).toMatchObject({
    lost: { commits: [{ from: 5, through: 5 }] },
  });
  expect(problemsOf(join(root, "copy"))).toEqual([]);
});

test("[W25] a segment that a compaction or a purge could not remove yet is no contradiction", async () => {
  // Sealed, and kept by a process that was stopped before it could collect.
  await graph.checkpoint();
  const segments = (): readonly string[] => readdirSync(join(dir, "wal")).filter((name) => name.endsWith(".jsonl"));
  const old = join(dir, "wal", segments()[0] ?? "");
  await graph.transact(async (tx) => void (await tx.update("a", { text: "a 4" })));
  const unsealed = readFileSync(old);
  await graph.compact({ keepVersions: 1 });
  expect(segments()).toHaveLength(1);
  const next = segments()[0] ?? "";
  writeFileSync(old, Buffer.concat([unsealed, Buffer.from(sealLine(unsealed, next))]));
  expect(await inspectStore(dir)).toMatchObject({ ok: true, problems: [] });
  expect(problemsOf(dir)).toEqual([]);
});

/** The seal that stood behind the last record of a segment. */
function sealLine(segment: Buffer, next: string): string {
  const last = segment.toString().trimEnd().split("\n").at(-1) ?? "";
  const { seq, crc } = JSON.parse(last) as { readonly seq: number; readonly crc: string };
  const rest = `"seal":${JSON.stringify({ next, last: seq, prev: crc })}}`;
  return `{"crc":"${crc32(rest).toString(16).padStart(8, "0")}",${rest}\n`;
}
