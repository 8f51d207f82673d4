/** A store that never changes, what it answers, and copies of it with other bytes in one file. */
import type { CommitRequest, Engine, EngineSnapshot, IndexDefinition } from "@knotwork/graph";
import { MemoryDisk, seededRandom } from "@knotwork/disk/testing";
import { openLocalEngine } from "../../packages/graph/src/local/open-local-engine.ts";
import { scanIds } from "../../packages/graph/src/testing/conformance/subject.ts";
import { BusyClock } from "../engine/engine-world.ts";

export const DIR = "/store";
const COMMITS = 36;
const ITEMS_PER_COMMIT = 2;
/** So long that few entities fill 16 KiB of an index. */
const ID_LENGTH = 110;
/** Many, with long names, so that a manifest is as long as the other files. */
const definitions: readonly IndexDefinition[] = Array.from({ length: 150 }, (_, index) => ({
  name: `item/${"a long name of an index ".repeat(3)}${index}`,
  type: "item",
  parts: [{ field: index === 0 ? "rank" : `field${index}` }],
}));
const BY_RANK = definitions[0]?.name ?? "";

/** Everything that is asked of a store, at one seq. */
export interface Answers {
  readonly head: number;
  readonly byType: readonly string[];
  readonly byRank: readonly string[];
  readonly entities: readonly unknown[];
  readonly history: readonly unknown[];
  readonly commits: readonly unknown[];
  readonly key: unknown;
}

export interface ReferenceStore {
  readonly memory: MemoryDisk;
  /** Its answers at each seq up to its head. */
  readonly answersAt: readonly Answers[];
}

/** All commits in the log, or all in history and indexes, there also with a long manifest; durable, closed. */
export async function referenceStore(kind: "log" | "runs" | "manifest"): Promise<ReferenceStore> {
  const memory = new MemoryDisk();
  const engine = await openEngine(memory, "writer");
  await engine.define(kind === "manifest" ? definitions : definitions.slice(0, 1));
  const first = await engine.head();
  for (let index = 1; index <= COMMITS; index += 1) await engine.commit(requestOf(index, first + index - 1));
  if (kind !== "log") await engine.checkpoint();
  const answersAt: Answers[] = [];
  for (let seq = 0; seq <= first + COMMITS; seq += 1) answersAt.push(await answersOf(engine, seq));
  await engine.close();
  return { memory, answersAt };
}

export async function openEngine(memory: MemoryDisk, process: string, readOnly = false): Promise<Engine> {
  const disk = memory.process(process);
  const random = seededRandom(5);
  return openLocalEngine({ dir: DIR, disk, clock: new BusyClock(), random, create: !readOnly, readOnly });
}

/** The reference with other bytes in the file at `path`. */
export function withBytes(memory: MemoryDisk, path: string, edit: (bytes: Buffer) => Uint8Array): MemoryDisk {
  const copy = memory.crash({ choose: ({ options }) => options.length - 1 });
  const bytes = edit(Buffer.from(copy.files().get(path) ?? []));
  const disk = copy.process("vandal");
  const file = disk.open(path, "read-write");
  file.truncate(0);
  file.write(bytes, 0);
  file.syncData();
  file.close();
  copy.kill("vandal");
  return copy;
}

/** What the engine says of the store as it was at `seq`. */
export async function answersOf(engine: Engine, seq: number): Promise<Answers> {
  const snapshot = await engine.asOf(seq);
  try {
    const everything = { lower: "", upper: undefined };
    const byType = await scanIds(snapshot, { index: "type", ...everything });
    const hasRank = snapshot.hasIndex(BY_RANK);
    return {
      head: seq,
      byType,
      byRank: hasRank ? await scanIds(snapshot, { index: BY_RANK, ...everything }) : [],
      entities: await entitiesOf(snapshot, byType),
      history: await snapshot.history("shared"),
      commits: (await engine.commits({ limit: 1000 })).filter((commit) => commit.seq <= seq),
      key: seq < 10 ? undefined : await engine.findKey("key-5"),
    };
  } finally {
    snapshot.release();
  }
}

/** A commit that changes what all change, and adds items of its own. `snapshotSeq` is the seq before it. */
export function requestOf(index: number, snapshotSeq: number): CommitRequest {
  const random = seededRandom(index);
  const put = { op: "put", type: "item" } as const;
  return {
    txid: `01${String(index).padStart(24, "0")}`,
    author: `author ${index}`,
    snapshotSeq,
    reads: new Map(),
    ranges: [],
    ...(index === 5 ? { idempotency: { key: "key-5", fingerprint: "f", result: { index } } } : {}),
    writes: [
      {
        ...put,
        id: "shared",
        version: index,
        props: { rank: index, text: `version ${index} ` },
        ...(index === 1 ? {} : { createdAt: "2026-01-01T00:00:01.000Z" }),
      },
      ...Array.from({ length: ITEMS_PER_COMMIT }, (_, item) => ({
        ...put,
        id: `item-${index}-${item}-`.padEnd(ID_LENGTH, seededText(random)),
        version: 1,
        props: { rank: Math.floor(random() * 1000), text: `what item ${item} of commit ${index} says` },
      })),
    ],
    durability: "balanced",
  };
}

function seededText(random: () => number): string {
  return Array.from({ length: ID_LENGTH }, () => Math.floor(random() * 36).toString(36)).join("");
}

async function entitiesOf(snapshot: EngineSnapshot, ids: readonly string[]): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  for (const id of ids) found.push(await snapshot.get(id));
  return found;
}
