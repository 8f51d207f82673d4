import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeDisk } from "@knotwork/disk";
import { createFirstSegment } from "@knotwork/wal";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readLog } from "../../scripts/verify/log.mjs";
import { Problems } from "../../scripts/verify/problems.mjs";
import { runChildren } from "./child-processes.ts";

const storeId = "01TESTTESTTESTTESTTESTTEST";
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "knotwork-log-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

interface Appended {
  readonly acknowledged: readonly { readonly seq: number; readonly txid: string; readonly bytes: number }[];
}

test("[W1] 10 processes append 200 records of 1 B to 200 kB each: 2,000 whole records, seq 1 to 2000, no gap", async () => {
  const quarantineDirectory = join(directory, "quarantine");
  mkdirSync(quarantineDirectory);
  const start = createFirstSegment(nodeDisk(), directory, storeId);

  const answers = await runChildren<Appended>("append-records.mjs", 10, (writer) => ({
    directory,
    quarantineDirectory,
    storeId,
    start,
    writer,
    count: 200,
    bytesMax: 200_000,
  }));

  const problems = new Problems();
  const { records, unfinishedBytes } = readLog({ dir: directory, storeId, replay: start.segment, problems });
  expect(problems.all).toEqual([]);
  expect(unfinishedBytes).toBe(0);
  expect(records.map((record) => record.seq)).toEqual(Array.from({ length: 2000 }, (_, index) => index + 1));

  const acknowledged = answers.flatMap((answer) => answer.acknowledged).toSorted((a, b) => a.seq - b.seq);
  const found = records.map(({ seq, txid, body }) => ({ seq, txid, bytes: String(body[0]).length }));
  expect(found).toEqual(acknowledged);
});
