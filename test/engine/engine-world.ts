/** Engines and logs over one machine's disk in memory, each a process of its own, and a shell to interfere with them. */
import { MemoryDisk } from "@knotwork/disk/testing";
import type { Clock, Disk } from "@knotwork/disk";
import { createFirstSegment, Log } from "@knotwork/wal";
import type { LogStart, RecordHead } from "@knotwork/wal";
import { type Graph, openGraph, type OpenGraphOptions } from "@knotwork/graph";

export const STORE = "/store";
export const WAL = `${STORE}/wal`;

/** Time goes on by itself, in big steps for who sleeps; pausing costs nothing. */
export class BusyClock implements Clock {
  #ms = 1000;

  nowMs(): number {
    return Date.UTC(2026, 0, 1) + Math.floor(this.#ms);
  }

  monotonicMs(): number {
    this.#ms += 0.01;
    return this.#ms;
  }

  bootId(): string {
    return "boot";
  }

  async sleepMs(ms: number): Promise<void> {
    this.#ms += ms;
    await new Promise((resolve) => setImmediate(resolve));
  }

  pauseMs(ms: number): void {
    this.#ms += ms;
  }
}

export class World {
  readonly memory: MemoryDisk;
  readonly clock: BusyClock = new BusyClock();
  #seed: number;

  /** @param seed of the names of files and ids: another one for each world over the same disk */
  constructor(memory: MemoryDisk = new MemoryDisk(), seed: number = 7) {
    this.memory = memory;
    this.#seed = seed;
  }

  /** A process that belongs to no engine. */
  get shell(): Disk {
    return this.memory.process("shell");
  }

  readonly random = (): number => {
    this.#seed = (this.#seed * 16_807) % 2_147_483_647;
    return this.#seed / 2_147_483_647;
  };

  async graph(process: string, options: OpenGraphOptions = {}): Promise<Graph> {
    return openGraph({
      dir: STORE,
      disk: this.memory.process(process),
      clock: this.clock,
      random: this.random,
      create: true,
      author: process,
      ...options,
    });
  }

  /** A log in `/store/wal`, made if there is none. Collects the heads of the records it reads. */
  log(process: string, start?: LogStart): { readonly log: Log; readonly heads: RecordHead[] } {
    const disk = this.memory.process(process);
    const heads: RecordHead[] = [];
    const log = new Log({
      disk,
      clock: this.clock,
      random: this.random,
      directory: WAL,
      quarantineDirectory: `${STORE}/quarantine`,
      storeId: "STORE",
      writable: true,
      start: start ?? this.#firstSegment(disk),
      durableSeq: 0,
      onRecord: (head) => heads.push(head),
    });
    return { log, heads };
  }

  #firstSegment(disk: Disk): LogStart {
    if (disk.stat(STORE) === undefined) {
      for (const directory of [STORE, WAL, `${STORE}/quarantine`]) disk.makeDirectory(directory);
      createFirstSegment(disk, WAL, "STORE");
      for (const directory of ["/", STORE, WAL]) disk.syncDirectory(directory);
    }
    return { segment: "0000000000000001.jsonl", seq: 0, crc: "00000000", time: "" };
  }

  segments(): readonly string[] {
    return this.shell.list(WAL).filter((name) => name.endsWith(".jsonl"));
  }
}

/** Appends one record with this text and waits until it is durable, as a balanced commit does. */
export async function append(log: Log, text: string): Promise<number> {
  const { records, noSpace } = await log.append(() => [draft(text)]);
  if (noSpace !== undefined) throw noSpace;
  const seq = records[0]?.seq ?? 0;
  await log.waitDurable(seq, { isNew: true });
  return seq;
}

export function draft(text: string): {
  readonly txid: string;
  readonly author: string;
  readonly rows: readonly (readonly unknown[])[];
  readonly bodies: readonly string[];
} {
  return { txid: text, author: "test", rows: [["put", text]], bodies: [JSON.stringify({ text })] };
}

/** The code with which a call was refused. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return (error as { readonly code?: string }).code ?? String(error);
  }
  return "nothing was refused";
}

/** Puts an entity with this text. */
export async function put(
  graph: Graph,
  id: string,
  text: string,
  options: { readonly durability?: "paranoid" | "balanced" | "relaxed" } = {},
): Promise<number> {
  const { seq } = await graph.transact(async (tx) => {
    if ((await tx.get(id)) === undefined) await tx.create("thing", { text }, { id });
    else await tx.update(id, { text });
  }, options);
  return seq;
}

/** What a new process reads after a power cut that left nothing unsynced. */
export async function textAfterPowerCut(world: World, id: string): Promise<unknown> {
  const after = new World(world.memory.crash());
  const graph = await after.graph("after", { create: false });
  const text = (await graph.get(id))?.props["text"];
  await graph.close();
  return text;
}
