/** Handles on a store that lives in memory, for tests of rules and races: each handle is a process of its own. */
import { MemoryDisk } from "@knotwork/disk/testing";
import { KnotworkError } from "@knotwork/graph";
import { type Knot, openKnot } from "../open-knot.ts";
import { ManualClock } from "./manual-clock.ts";

export type MemoryStore = MemoryDisk;

export interface MemoryKnotOptions {
  readonly as?: string;
  readonly store?: MemoryStore;
  readonly clock?: ManualClock;
}

export interface MemoryKnot extends Knot {
  readonly clock: ManualClock;
}

export function memoryStore(): MemoryStore {
  return new MemoryDisk();
}

let handles = 0;

/** Opens one more handle. */
export async function memoryKnot({
  as,
  store = memoryStore(),
  clock = new ManualClock(),
}: MemoryKnotOptions = {}): Promise<MemoryKnot> {
  handles += 1;
  let seed = handles;
  const random = (): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed / 2_147_483_648;
  };
  const disk = store.process(`process-${handles}`);
  const knot = await openKnot({
    dir: "/.knot",
    disk,
    clock,
    random,
    create: true,
    durability: "relaxed",
    ...(as === undefined ? {} : { as }),
  });
  return { ...knot, clock };
}

/** The code with which a call was refused. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof KnotworkError)) throw error;
    return error.code;
  }
  return "nothing was refused";
}
