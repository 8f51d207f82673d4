import { join } from "node:path";
import { openGraph } from "@knotwork/graph";
import { expect, test } from "vitest";
import { runChildren } from "./child-processes.ts";
import { useScratchDir } from "./scratch-dir.ts";
import { verifyStore } from "./verify.ts";

const scratch = useScratchDir();

interface Updated {
  readonly acknowledged: readonly {
    readonly id: string;
    readonly version: number;
    readonly seq: number;
    readonly text: string;
  }[];
}

test("[W7] 10 processes update 20 entities during checkpoints: the history of each equals what was acknowledged", async () => {
  const storeDir = join(scratch.path, "store");
  const ids = Array.from({ length: 20 }, (_, index) => `E-${index}`);
  const graph = await openGraph({ dir: storeDir, create: true });
  const made = await graph.transact(async (tx) => {
    for (const id of ids) await tx.create("item", { text: "new" }, { id });
  });

  const answers = await runChildren<Updated>("update-entities.mjs", 10, (writer) => ({
    storeDir,
    writer,
    count: 60,
    ids,
    checkpointEvery: 25,
  }));

  const acknowledged = answers.flatMap((answer) => answer.acknowledged);
  expect(acknowledged).toHaveLength(600);
  for (const id of ids) {
    const own = acknowledged.filter((one) => one.id === id).toSorted((a, b) => a.version - b.version);
    const expected = [
      { version: 1, seq: made.seq, text: "new" },
      ...own.map(({ version, seq, text }) => ({ version, seq, text })),
    ];
    const history = await graph.history(id);
    expect(history.map(({ version, seq, props }) => ({ version, seq, text: props["text"] }))).toEqual(expected);
    expect(expected.map(({ version }) => version)).toEqual(expected.map((_, index) => index + 1));
  }
  await graph.close();
  expect(verifyStore(storeDir)).toEqual({ exitCode: 0, output: expect.stringContaining("\n0 problems") as string });
});

interface Keyed {
  readonly answers: readonly { readonly key: string; readonly seq: number; readonly value: string }[];
}

test("[W13] 10 processes commit under the same 100 keys: 100 commits, and all are told the same of each", async () => {
  const storeDir = join(scratch.path, "store");
  const graph = await openGraph({ dir: storeDir, create: true });
  const before = await graph.transact(async (tx) => (await tx.create("entry", { key: "first" })).id);
  const keys = Array.from({ length: 100 }, (_, index) => `key-${index}`);

  const answers = await runChildren<Keyed>("commit-keys.mjs", 10, (writer) => ({ storeDir, writer, keys }));

  const told = answers.map((answer) =>
    Object.fromEntries(answer.answers.map(({ key, seq, value }) => [key, `${seq} ${value}`])),
  );
  for (const one of told) expect(one).toEqual(told[0]);
  expect(new Set(Object.values(told[0] ?? {})).size).toBe(100);
  expect(await graph.query("entry").count()).toBe(101);

  await graph.checkpoint();
  const again = await graph.transact(async () => "not asked again", {
    idempotencyKey: "key-7",
    fingerprint: "append key-7",
  });
  expect(`${again.seq} ${again.value}`).toBe(told[0]?.["key-7"]);
  await expect(
    graph.transact(async (tx) => (await tx.create("entry", {})).id, { idempotencyKey: "key-7", fingerprint: "other" }),
  ).rejects.toMatchObject({ code: "KEY_REUSED" });
  await graph.close();
  expect(before.seq).toBeGreaterThan(0);
  expect(verifyStore(storeDir)).toEqual({ exitCode: 0, output: expect.stringContaining("\n0 problems") as string });
});
