import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Disk, machineClock, nodeDisk } from "@knotwork/disk";
import { MemoryDisk, seededRandom } from "@knotwork/disk/testing";
import type { Engine } from "../engine.ts";
import { describeEngine } from "../testing/engine-conformance.ts";
import type { EngineUnderTest } from "../testing/engine-conformance.ts";
import type { LocalEngineOptions } from "./local-engine-options.ts";
import { openLocalEngine } from "./open-local-engine.ts";

interface Machine {
  /** The disk as the next process sees it. */
  readonly nextProcess: () => Disk;
  readonly dir: string;
  readonly remove?: () => void;
}

function memoryMachine(): Machine {
  const memory = new MemoryDisk();
  let processes = 0;
  return { dir: "/store", nextProcess: () => memory.process(`process-${(processes += 1)}`) };
}

function realMachine(): Machine {
  const root = mkdtempSync(join(tmpdir(), "knotwork-conformance-"));
  return {
    dir: join(root, "store"),
    nextProcess: () => nodeDisk(),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

async function underTest(machine: Machine, options: Partial<LocalEngineOptions> = {}): Promise<EngineUnderTest> {
  const random = seededRandom(7);
  const clock = machineClock();
  const opened: Engine[] = [];
  const open = async (): Promise<Engine> => {
    const engine = await openLocalEngine({
      dir: machine.dir,
      disk: machine.nextProcess(),
      clock,
      random,
      create: true,
      ...options,
    });
    opened.push(engine);
    return engine;
  };
  const closeAll = async (): Promise<void> => {
    for (const engine of opened.splice(0)) await engine.close();
  };
  return {
    engine: await open(),
    second: open,
    reopen: async () => {
      await closeAll();
      return open();
    },
    close: async () => {
      await closeAll();
      machine.remove?.();
    },
  };
}

describeEngine("the local engine on a disk in memory", async () => underTest(memoryMachine()));

describeEngine("the local engine, checkpointing all the time", async () =>
  underTest(memoryMachine(), { checkpointBytes: 1 }),
);

describeEngine("the local engine, with a tail that is packed at once", async () =>
  underTest(memoryMachine(), { tailBytesMax: 0 }),
);

describeEngine("the local engine, with a packed tail behind checkpoints", async () =>
  underTest(memoryMachine(), { tailBytesMax: 1000, checkpointBytes: 4096 }),
);

describeEngine("the local engine, paranoid", async () =>
  underTest(memoryMachine(), { durability: "paranoid", checkpointBytes: 2048 }),
);

describeEngine("the local engine on the real disk", async () => underTest(realMachine()));
