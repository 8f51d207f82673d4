/** A checkpoint copies the bytes of records, a repair parses them: both must write one history. */
import { MemoryDisk, seededRandom, TestClock } from "@knotwork/disk/testing";
import { decodeWholeRecord, readRecords, walPaths } from "@knotwork/wal";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Engine, IndexDefinition } from "../engine.ts";
import { begin, type TestTransaction } from "../testing/conformance/subject.ts";
import { readHistoryRun } from "./history-run.ts";
import { readManifest, replayStart } from "./manifest.ts";
import { openLocalEngine } from "./open-local-engine.ts";
import { recordToHistory } from "./record-to-history.ts";
import type { CommitOfHistory } from "./record-to-history.ts";
import { storePaths } from "./store-names.ts";

const paths = storePaths("/store");
const definition: IndexDefinition = { name: "item/late", type: "item", parts: [{ field: "text" }] };
const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.constantFrom("\u2028", "a\u2029b", '"\\', "é", '],"result":', "\0"),
);
const step = fc.record({
  does: fc.constantFrom("put", "put", "remove", "link", "define"),
  id: fc.constantFrom("a", "b", "c"),
  text,
  author: text,
  session: fc.option(text, { nil: undefined }),
  key: fc.option(text, { nil: undefined }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function take(engine: Engine, { does, id, text: said, author, session, key }: Step): Promise<void> {
  if (does === "define") return engine.define([definition]);
  const tx: TestTransaction = await begin(engine);
  if (does === "put") await tx.put(id, { text: said, [`${said}!`]: [said, 1e21, null] });
  else if (does === "link") await tx.link(id, "TO", "c");
  else if (((await tx.snapshot.get(id))?.deleted ?? true) === false) await tx.remove(id);
  const named = session === undefined ? {} : { session };
  const known = key === undefined ? {} : { idempotency: { key, fingerprint: said, result: { said } } };
  // A key that is used again for something else is refused: then there is no record.
  await engine.commit(tx.request({ author, ...named, ...known })).catch((error: unknown) => {
    expect(error).toMatchObject({ code: "KEY_REUSED" });
  });
}

test("a checkpoint writes what a repair would write of the same records: any text, deletions, keys, late indexes", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const disk = new MemoryDisk().process("a");
      const machine = { disk, clock: new TestClock(), random: seededRandom(1) };
      const engine = await openLocalEngine({ dir: "/store", create: true, ...machine });
      for (const one of steps) await take(engine, one);
      const { seq: through, store: storeId } = (await engine.stats()) as {
        readonly seq: number;
        readonly store: string;
      };
      const start = replayStart(readManifest(disk, paths, storeId).manifest);
      const records = readRecords({ disk, paths: walPaths(paths.walDirectory), storeId, start, through });
      const expected = Array.from(records, ({ line, location }) =>
        recordToHistory(decodeWholeRecord(line), location.crc),
      );
      await engine.checkpoint();
      expect(historyOf(disk, storeId)).toEqual(JSON.parse(JSON.stringify(expected)));
      expect((await engine.check()).problems).toEqual([]);
      await engine.close();
    }),
    { numRuns: 40 },
  );
});

function historyOf(disk: ReturnType<MemoryDisk["process"]>, storeId: string): readonly CommitOfHistory[] {
  const commits: { commit: CommitOfHistory["commit"]; versions: CommitOfHistory["versions"][number][] }[] = [];
  for (const run of readManifest(disk, paths, storeId).manifest.history) {
    for (const line of readHistoryRun(disk, paths.history(run.file), storeId)) {
      if (line.kind === "version") commits.at(-1)?.versions.push(line.version);
      else {
        const { crc, ...commit } = line.commit as CommitOfHistory["commit"] & { readonly crc: string };
        expect(crc).toMatch(/^[0-9a-f]{8}$/);
        commits.push({ commit, versions: [] });
      }
    }
  }
  return commits;
}
