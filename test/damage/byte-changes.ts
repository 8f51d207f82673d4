/**
 * Changes bytes of one file of a store, one at a time, and asks everything: each answer is the right one or a damage with a
 * code; where newer commits cannot be read the check says so; and a writer loses nothing.
 */
import { seededRandom } from "@knotwork/disk/testing";
import type { MemoryDisk } from "@knotwork/disk/testing";
import type { Engine } from "@knotwork/graph";
import { expect } from "vitest";
import { proveWithFigure, sized } from "../prove/figures.ts";
import { answersOf, openEngine, requestOf, withBytes } from "./reference-store.ts";
import type { ReferenceStore } from "./reference-store.ts";

const DAMAGE = /^(?:LOG_DAMAGED|STORE_DAMAGED|VERSION_DAMAGED|INDEX_DAMAGED|STORE_REPLACED|FORMAT_UNKNOWN)$/u;
const BYTES_MIN = 16 * 1024;
const CHANGES_IN_SUITE = 1250;
/** What a byte becomes: one bit other, all bits other, a line feed. */
const others: readonly ((byte: number) => number)[] = [
  (byte) => byte ^ 1,
  (byte) => byte ^ 0xff,
  (byte) => (byte === 0x0a ? 0x20 : 0x0a),
];

export interface Sweep {
  readonly part: string;
  readonly store: ReferenceStore;
  /** The file whose bytes change. */
  readonly path: string;
}

/** All positions and values at full size, else a sample by chance whose seed is in the message of a failure. */
export async function proveByteChanges({ part, store, path }: Sweep): Promise<void> {
  const bytes = store.memory.files().get(path) ?? new Uint8Array();
  expect(bytes.length, `bytes of ${path}`).toBeGreaterThanOrEqual(BYTES_MIN);
  const all = bytes.length * others.length;
  const seed = Date.now() % 1_000_000;
  const random = seededRandom(seed);
  const changes = sized(CHANGES_IN_SUITE, all);
  await proveWithFigure({ proof: "byte changes", part }, async (at) => {
    let detected = 0;
    for (let count = 0; count < changes; count += 1) {
      const change = changes === all ? count : Math.floor(random() * all);
      const position = Math.floor(change / others.length);
      const other = others[change % others.length]?.(bytes[position] ?? 0) ?? 0;
      at.kind = "wrong";
      try {
        const damaged = withBytes(store.memory, path, (before) => {
          before[position] = other;
          return before;
        });
        if (await isDetected(damaged, store)) detected += 1;
        at.kind = "lost";
        await proveWriter(damaged, store);
      } catch (error) {
        if (error instanceof Error) error.message = `seed ${seed}, byte ${position} = ${other}: ${error.message}`;
        throw error;
      }
    }
    return { count: changes, also: { detected } };
  });
}

/** Asks everything of a store opened read-only. True when something was refused as damaged, or reported by the check. */
async function isDetected(memory: MemoryDisk, { answersAt }: ReferenceStore): Promise<boolean> {
  const engine = await orDamage(openEngine(memory, "reader", true));
  if (engine === undefined) return true;
  try {
    const head = await engine.head();
    const answers = await orDamage(answersOf(engine, head));
    if (answers !== undefined) expect(answers).toEqual(answersAt[head]);
    const isShort = head < answersAt.length - 1;
    if (answers !== undefined && !isShort) return false;
    const report = await orDamage(Promise.resolve(engine.check()));
    expect(report?.ok ?? false, "a damaged store passes the check").toBe(false);
    return true;
  } finally {
    await engine.close();
  }
}

/** A writer is refused, or goes on behind everything that was there. */
async function proveWriter(memory: MemoryDisk, { answersAt }: ReferenceStore): Promise<void> {
  const engine = await orDamage(openEngine(memory, "writer"));
  if (engine === undefined) return;
  try {
    const last = answersAt.length - 1;
    const outcome = await orDamage(tryCommit(engine, last));
    if (outcome === undefined) return;
    expect(outcome).toMatchObject({ status: "committed", seq: last + 1 });
    const commits = await orDamage(Promise.resolve(engine.commits({ limit: last })));
    if (commits !== undefined) expect(commits).toEqual(answersAt[last]?.commits);
  } finally {
    await engine.close();
  }
}

async function tryCommit(engine: Engine, last: number): Promise<unknown> {
  return engine.commit(requestOf(1000, Math.min(last, await engine.head())));
}

/** What a promise gives; `undefined` when it was refused because of damage. */
async function orDamage<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    expect((error as { readonly code?: string }).code, String(error)).toMatch(DAMAGE);
    return undefined;
  }
}
