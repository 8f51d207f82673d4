/**
 * Cuts the power, or kills, before every step of a workload, and proves what is left: the store opens, every commit that was
 * acknowledged as durable is there once and whole, no other is half, the check finds nothing, and recovery is final: done
 * again it changes no byte, and none of what it did is lost to the next cut.
 */
import { createHash } from "node:crypto";
import type { Durability, Engine, Random } from "@knotwork/graph";
import { enumerateCrashes, MemoryDisk, seededRandom, TestClock } from "@knotwork/disk/testing";
import type { DiskOperation } from "@knotwork/disk/testing";
import { expect } from "vitest";
import { proveWithFigure, sized } from "../prove/figures.ts";
import type { Failures } from "../prove/figures.ts";
import type { BuildThread } from "../../packages/graph/src/local/checkpoint-thread.ts";
import { openLocalEngine } from "../../packages/graph/src/local/open-local-engine.ts";
import { storePaths } from "../../packages/graph/src/local/store-names.ts";
import { BuildThreadHere } from "../../packages/graph/src/testing/build-thread-here.ts";
import { byName, commitPair, readPairs, recover } from "./pair-commits.ts";
import type { PairCommit } from "./pair-commits.ts";

export interface Acknowledgement extends PairCommit {
  readonly durability: Durability;
}

export interface OpenOptions {
  readonly create?: boolean;
  readonly readOnly?: boolean;
  readonly durability?: Durability;
  readonly checkpointBytes?: number;
  readonly clock?: TestClock;
  /** Checkpoints are built in a thread of the process. */
  readonly inThread?: boolean;
}

/** One machine on which a workload runs, and what the workload was told. */
export class World {
  readonly memory: MemoryDisk;
  readonly clock: TestClock = new TestClock();
  readonly acknowledged: Acknowledgement[] = [];
  /** Those that processes began for their checkpoints. */
  readonly threads: BuildThreadHere[] = [];
  /** Whether an `open` that may create has returned: from then on there is a store. */
  isCreated: boolean;
  readonly #random: Random;
  #txids = 0;
  readonly #txidPrefix: string;

  constructor(memory: MemoryDisk, options: { readonly isCreated?: boolean; readonly txidPrefix?: string } = {}) {
    this.memory = memory;
    this.isCreated = options.isCreated ?? false;
    this.#txidPrefix = options.txidPrefix ?? "01";
    // Two machines in a row must not give their files the same names.
    this.#random = seededRandom(Number(this.#txidPrefix));
  }

  /** Opens the store as the process of this name. */
  async open(process: string, { inThread = false, ...options }: OpenOptions = {}): Promise<Engine> {
    const machine = { disk: this.memory.process(process), clock: this.clock, random: this.#random };
    const begin = async (): Promise<BuildThread> => {
      const thread = new BuildThreadHere({ ...machine, paths: storePaths(storeDir) });
      this.threads.push(thread);
      return thread;
    };
    const engine = await openLocalEngine({
      ...machine,
      dir: storeDir,
      ...(inThread ? { checkpointThread: { begin } } : {}),
      create: !this.isCreated,
      ...options,
    });
    this.isCreated = true;
    return engine;
  }

  /** Opens, creating, with the declared index of `byName`. */
  async create(process: string, options: OpenOptions = {}): Promise<Engine> {
    const engine = await this.open(process, options);
    await engine.define([byName]);
    return engine;
  }

  async commit(engine: Engine, name: string, durability: Durability = "balanced"): Promise<void> {
    this.#txids += 1;
    const txid = `${this.#txidPrefix}${String(this.#txids).padStart(24, "0")}`;
    const seq = await commitPair(engine, { name, txid, durability });
    this.acknowledged.push({ name, txid, seq, durability });
    this.clock.pauseMs(7);
  }
}

export type Workload = (world: World) => Promise<void>;

/** What one crash left, and what had been promised by then. */
export interface CrashImage {
  /** The workload that was stopped, and how: the row and part of the figures. */
  readonly workload: string;
  readonly crash: "power" | "kill";
  readonly disk: MemoryDisk;
  readonly hash: string;
  /** Where the workload was stopped and what survived, for the message of a test that fails. */
  readonly description: string;
  readonly isCreated: boolean;
  readonly acknowledged: readonly Acknowledgement[];
  /** Commits that must be there: of a power cut the durable ones, of a kill all. */
  readonly required: readonly Acknowledgement[];
}

export interface CrashOptions {
  /** Names the workload where the number of states is printed. */
  readonly title: string;
  /** Workloads that count as one in the figures share this. Default: the title. */
  readonly part?: string;
  /** What the workload begins with. Default: an empty disk. */
  readonly start?: () => Promise<World>;
  /** `power` (default): what was not synced may be lost. `kill`: the machine stays up. */
  readonly crash?: "power" | "kill";
  /** At most so many stops, evenly spread. Default 150, and every step at full size. */
  readonly stopsMax?: number;
  /** Of more distinct images than these an even sample is proved. Default 250, and 3500 at full size. */
  readonly imagesMax?: number;
}

export const storeDir = "/store/.knot";
/** Never synced: locks, who held them, marks. */
const unsynced = /\/wal\/(?:holder|lock|waiters|durable)$/u;
const ENUMERATED_PER_STOP = sized(4, 60);
const RANDOM_PER_STOP = sized(3, 24);
const LOST_PER_STOP = sized(4, 12);
const IMAGES_MAX = sized(250, 3500);

/** Distinct images of crashes before each mutating operation of the workload, and after the last one. */
export async function crashImages(workload: Workload, options: CrashOptions): Promise<readonly CrashImage[]> {
  const { title, part = title, start = async () => new World(emptyDisk()), crash = "power" } = options;
  const stopsMax = sized(options.stopsMax ?? 150, Infinity);
  const operations = await run(workload, await start(), () => undefined);
  const every = Math.max(1, Math.ceil(operations / stopsMax));
  const images = new Map<string, CrashImage>();
  let states = 0;
  await run(workload, await start(), (world, at, operation) => {
    if (at % every !== 0 && operation !== undefined) return;
    const acknowledged = [...world.acknowledged];
    const required = acknowledged.filter(({ durability }) => crash === "kill" || durability !== "relaxed");
    const stop =
      operation === undefined
        ? "after the end"
        : `before ${operation.call} ${operation.path} of "${operation.process}"`;
    for (const { disk, description } of crash === "kill" ? [killed(world.memory)] : cut(world.memory, at)) {
      states += 1;
      // Who held the lock is for people to read: states that differ in nothing else are one.
      const hash = disk.hashWithout(/\/wal\/holder$/u);
      // The same bytes at a later stop: more was promised of them.
      images.set(hash, {
        workload: part,
        crash,
        disk,
        hash,
        acknowledged,
        required,
        isCreated: world.isCreated,
        description: `${at}, ${stop}: ${description}`,
      });
    }
  });
  const stride = Math.max(1, images.size / (options.imagesMax ?? IMAGES_MAX));
  const all = [...images.values()];
  const taken = all.filter((_, index) => Math.floor(index / stride) !== Math.floor((index - 1) / stride));
  console.log(
    `crash: ${title}: ${operations} operations, ${states} states, ${all.length} distinct, ${taken.length} proved`,
  );
  return taken;
}

/** Reopens each image as a new process and proves it. `then` looks further at a store that was recovered. */
export async function proveImages(
  images: readonly CrashImage[],
  then: (world: World, engine: Engine, image: CrashImage) => Promise<void> = async () => undefined,
): Promise<void> {
  await proveEach(images, async (image, at) => proveImage(image, then, at));
}

/** Proves each image in a way of its own; the figure counts them. `at` tells what is looked for. */
export async function proveEach(
  images: readonly CrashImage[],
  prove: (image: CrashImage, at: { kind: keyof Failures }) => Promise<void>,
): Promise<void> {
  const [first] = images;
  if (first === undefined) throw new Error("there is nothing to prove");
  const proof = first.crash === "kill" ? "kills in memory" : "crash states";
  await proveWithFigure({ proof, part: first.workload }, async (at) => {
    for (const image of images) await prove(image, at);
    return { count: images.length };
  });
}

/** Crashes everywhere and proves everything. */
export async function proveCrashes(
  workload: Workload,
  options: CrashOptions,
  then?: (world: World, engine: Engine, image: CrashImage) => Promise<void>,
): Promise<void> {
  await proveImages(await crashImages(workload, options), then);
}

/** Paths and bytes, but for files that say nothing about commits: locks, and who held them. */
export function contentHash(memory: MemoryDisk, options: { readonly withMarks: boolean }): string {
  const hash = createHash("sha1");
  const left = options.withMarks ? /\/wal\/holder$/u : unsynced;
  for (const [path, bytes] of memory.files())
    if (!left.test(path)) hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  return hash.digest("hex");
}

/** A disk with nothing but the directory that the store will be made in. */
export function emptyDisk(): MemoryDisk {
  const memory = new MemoryDisk();
  memory.process("machine").makeDirectory("/store");
  memory.process("machine").syncDirectory("/");
  return memory;
}

type Observer = (world: World, at: number, operation: DiskOperation | undefined) => void;

/** Runs a workload to its end; gives the number of mutating operations. */
async function run(workload: Workload, world: World, observe: Observer): Promise<number> {
  let at = 0;
  world.memory.onOperation = (operation) => {
    observe(world, at, operation);
    at += 1;
  };
  await workload(world);
  world.memory.onOperation = undefined;
  observe(world, at, undefined);
  return at;
}

interface Cut {
  readonly disk: MemoryDisk;
  readonly description: string;
}

function killed(memory: MemoryDisk): Cut {
  return { disk: memory.crash({ choose: ({ options }) => options.length - 1 }), description: "killed" };
}

/** A handful: nothing and everything that was not synced, a cut in order, one change lost of all, and some by chance. */
function* cut(memory: MemoryDisk, seed: number): Generator<Cut> {
  yield* lostOne(memory);
  for (const model of ["strict", "ordered"] as const) {
    for (const { disk, description } of enumerateCrashes(memory, { model, limit: ENUMERATED_PER_STOP }))
      yield { disk, description: `${model}\n${description}` };
    for (let count = 0; count < RANDOM_PER_STOP; count += 1) {
      const disk = memory.crashRandomly(seededRandom(seed * 31 + count), { model });
      yield { disk, description: `${model}, by chance, seed ${seed * 31 + count}` };
    }
  }
}

/** Everything survives but one of the last changes: what came later is there, what came earlier is not. */
function* lostOne(memory: MemoryDisk): Generator<Cut> {
  const labels: string[] = [];
  memory.crash({ choose: ({ label }) => labels.push(label) && 0 });
  const telling = [...labels.keys()].filter((index) => !/\/wal\/(?:holder|durable)/u.test(labels[index] ?? ""));
  for (const lost of telling.slice(-LOST_PER_STOP)) {
    let index = -1;
    const disk = memory.crash({
      choose: ({ options }) => {
        index += 1;
        return index === lost ? 0 : options.length - 1;
      },
    });
    yield { disk, description: `everything but ${labels[lost]}` };
  }
}

/** Proves one image; `at` tells what is looked for. Its error begins with what the crash left. */
export async function proveImage(
  image: CrashImage,
  then: (world: World, engine: Engine, image: CrashImage) => Promise<void> = async () => undefined,
  at: { kind: keyof Failures } = { kind: "wrong" },
): Promise<void> {
  try {
    await proveRecovery(image, then, at);
  } catch (error) {
    if (error instanceof Error) error.message = `${image.description}\n${error.message}`;
    throw error;
  }
}

async function proveRecovery(
  image: CrashImage,
  then: (world: World, engine: Engine, image: CrashImage) => Promise<void>,
  at: { kind: keyof Failures },
): Promise<void> {
  const { disk, isCreated } = image;
  const world = new World(disk, { isCreated, txidPrefix: "02" });
  at.kind = "lost";
  const first = await world.open("first");
  at.kind = "halfApplied";
  const found = await readPairs(first);
  at.kind = "lost";
  expectPromises(image, found);
  at.kind = "wrong";
  await recover(first);
  expect(await readPairs(first)).toEqual(found);
  expect(await first.check()).toMatchObject({ ok: true, problems: [] });
  await first.close();

  const recovered = contentHash(disk, { withMarks: true });
  const second = await world.open("second");
  await recover(second);
  await second.close();
  expect(contentHash(disk, { withMarks: true })).toBe(recovered);
  expectDurable(disk);

  const third = await world.open("third");
  await world.commit(third, "after");
  expect((await readPairs(third)).map(({ name }) => name)).toEqual([...found.map(({ name }) => name), "after"]);
  await then(world, third, image);
  await third.close();
}

/** Nothing of what is there is lost to a cut now. What was removed may come back: the next collector removes it again. */
function expectDurable(disk: MemoryDisk): void {
  const afterCut = disk.crash().files();
  for (const [path, bytes] of disk.files()) if (!unsynced.test(path)) expect(afterCut.get(path), path).toEqual(bytes);
}

function expectPromises({ acknowledged, required }: CrashImage, found: readonly PairCommit[]): void {
  const foundBySeq = new Map(found.map((commit) => [commit.seq, commit]));
  const head = found.at(-1)?.seq ?? 0;
  for (const { name, txid, seq } of required) expect(foundBySeq.get(seq)).toEqual({ name, txid, seq });
  // What was acknowledged and not durable may be lost from the end, but nothing else stands in its place.
  for (const { name, txid, seq } of acknowledged)
    if (seq <= head) expect(foundBySeq.get(seq)).toEqual({ name, txid, seq });
}
