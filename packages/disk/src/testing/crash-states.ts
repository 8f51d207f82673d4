/** Walks through what a power cut could leave of a memory disk: all of it where that is possible, else the telling part. */
import { crashDecisions, type CrashModel, type CrashPoint } from "./crash.ts";
import type { MemoryDisk } from "./memory-disk.ts";
import { seededRandom } from "./seeded-random.ts";

export interface CrashState {
  readonly disk: MemoryDisk;
  /** Names and bytes: distinct for every state of one enumeration, equal for equal content in any. */
  readonly hash: string;
  /** What survived, for the message of a test that fails. */
  readonly description: string;
}

export interface EnumerateOptions {
  /** Default `strict`. */
  readonly model?: CrashModel;
  /** At most so many states. Default 1000. */
  readonly limit?: number;
}

const LIMIT = 1000;
const SEED = 20_260_101;

/**
 * Distinct crash states of this moment, the same ones in the same order at every run: first the one where nothing that was
 * not synced survives, then the one where everything does. When there are no more than `limit` decisions, all of them;
 * otherwise first those that differ from everything or nothing in one point, then a sample.
 */
export function* enumerateCrashes(memory: MemoryDisk, options: EnumerateOptions = {}): Generator<CrashState> {
  const { limit = LIMIT, model = "strict" } = options;
  const { points, build } = crashDecisions(memory.tree.root, model);
  const seen = new Set<string>();
  for (const choices of choiceVectors(points, limit)) {
    if (seen.size >= limit) return;
    const disk = memory.afterCrash(build(choices));
    const hash = disk.hash;
    if (seen.has(hash)) continue;
    seen.add(hash);
    yield { disk, hash, description: describe(points, choices) };
  }
}

function* choiceVectors(points: readonly CrashPoint[], limit: number): Generator<readonly number[]> {
  const counts = points.map((point) => point.options.length);
  const nothing = counts.map(() => 0);
  const everything = counts.map((count) => count - 1);
  yield nothing;
  yield everything;
  const combinations = counts.reduce((product, count) => product * count, 1);
  if (combinations <= limit) {
    yield* allVectors(counts);
    return;
  }
  yield* cutVectors(counts);
  yield* neighbours(counts, everything);
  yield* neighbours(counts, nothing);
  yield* sample(counts, limit * 4);
}

function* allVectors(counts: readonly number[]): Generator<readonly number[]> {
  const choices = counts.map(() => 0);
  for (;;) {
    yield [...choices];
    // Counts up like a number whose digits have the bases `counts`.
    let index = 0;
    while (index < counts.length && (choices[index] ?? 0) === (counts[index] ?? 1) - 1) choices[index++] = 0;
    if (index === counts.length) return;
    choices[index] = (choices[index] ?? 0) + 1;
  }
}

/** Everything before a point survives, nothing after it, of itself any part: the device wrote in order, up to the cut. */
function* cutVectors(counts: readonly number[]): Generator<readonly number[]> {
  for (const [cut, count] of counts.entries()) {
    for (let choice = 0; choice < count; choice += 1) {
      yield counts.map((options, index) => {
        if (index === cut) return choice;
        return index < cut ? options - 1 : 0;
      });
    }
  }
}

/** All vectors that differ from `base` in one place. */
function* neighbours(counts: readonly number[], base: readonly number[]): Generator<readonly number[]> {
  for (const [index, count] of counts.entries()) {
    for (let choice = 0; choice < count; choice += 1) if (choice !== base[index]) yield base.with(index, choice);
  }
}

function* sample(counts: readonly number[], size: number): Generator<readonly number[]> {
  const random = seededRandom(SEED);
  for (let taken = 0; taken < size; taken += 1) {
    // Half of the points whole or absent: with every point torn, hardly any state would get past the first check.
    yield counts.map((count) => {
      if (random() < 0.5) return random() < 0.5 ? 0 : count - 1;
      return Math.floor(random() * count);
    });
  }
}

function describe(points: readonly CrashPoint[], choices: readonly number[]): string {
  const lines = points.map((point, index) => `${point.label}: ${point.options[choices[index] ?? 0]}`);
  return lines.length === 0 ? "everything was synced" : lines.join("\n");
}
