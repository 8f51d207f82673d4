import { readdirSync } from "node:fs";
import { join } from "node:path";
import { openGraph } from "@knotwork/graph";
import { expect, test } from "vitest";
import { startChild } from "./child-processes.ts";
import { itemTypes } from "./indexed-items.mjs";
import { useScratchDir } from "./scratch-dir.ts";

const scratch = useScratchDir();

interface Followed {
  readonly answers: readonly {
    readonly rank: readonly string[];
    readonly words: readonly string[];
    readonly ending: readonly string[];
  }[];
  readonly index: string;
  readonly access: string;
}

const COUNT = 40;
const idOf = (rank: number): string => `item-${1_000_000 + rank}`;

test("[T14] a process that holds indexes open sees those that another one puts in their place, and never goes back", async () => {
  const storeDir = join(scratch.path, "store");
  const graph = await openGraph({ dir: storeDir, create: true, types: itemTypes });
  const add = (rank: number): Promise<unknown> =>
    graph.transact((tx) => tx.create("item", { rank, title: `Item ${rank}` }, { id: idOf(rank) }));
  await add(0);
  await graph.checkpoint();
  const first = readdirSync(join(storeDir, "index"));
  const child = startChild<Followed>("follow-index.mjs", { storeDir, last: COUNT - 1 });
  await child.ready;
  child.start();
  for (let rank = 1; rank < COUNT; rank += 1) {
    await add(rank);
    if (rank % 3 === 0) await graph.checkpoint();
  }
  const followed = await child.answer;
  expect(followed).toMatchObject({ index: "item/rank", access: "seek" });
  const all = Array.from({ length: COUNT }, (_, rank) => idOf(rank));
  let seen = 1;
  for (const { rank, words, ending } of followed?.answers ?? []) {
    // Each answer is a whole state: the first so many items, no fewer than in the answer before.
    expect(rank).toEqual(all.slice(0, rank.length));
    expect(words).toEqual(all.slice(0, words.length));
    expect(rank.length).toBeGreaterThanOrEqual(seen);
    expect(words.length).toBeGreaterThanOrEqual(rank.length);
    expect(ending).toEqual(ending.length === 0 ? [] : [idOf(COUNT - 1)]);
    seen = words.length;
  }
  expect(seen).toBe(COUNT);
  // The files the child began with are gone.
  await graph.checkpoint();
  expect(readdirSync(join(storeDir, "index")).filter((name) => first.includes(name))).toEqual([]);
  expect(await graph.check()).toMatchObject({ ok: true });
  await graph.close();
});
