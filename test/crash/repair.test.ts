import { expect, test } from "vitest";
import { sized } from "../prove/figures.ts";
import { proveCrashes, storeDir } from "./crash-workload.ts";
import type { World } from "./crash-workload.ts";
import { createdWorld } from "./created-world.ts";

test("ENGINE D1: a power cut at any step of a failed sync and of replacing the file takes nothing that was acknowledged", async () => {
  await proveCrashes(failAndRepair, { title: "a failed sync and its repair", start: createdWorld });
});

test("ENGINE D1: killed at any step of a failed sync and of replacing the file, the next writer finishes it", async () => {
  await proveCrashes(failAndRepair, { title: "a failed sync, killed", start: createdWorld, crash: "kill" });
});

/** One process's sync fails; another's next commit replaces the file; both kinds of file are hit, active and sealed. */
async function failAndRepair(world: World): Promise<void> {
  for (let round = 1; round <= sized(1, 4); round += 1) {
    const other = await world.open(`other ${round}`);
    const failing = await world.open(`failing ${round}`);
    await world.commit(other, `sound ${round}`);
    world.memory.failNextSync(activeSegment(world), "EIO");
    await expect(world.commit(failing, `failed ${round}`)).rejects.toMatchObject({ code: "OUTCOME_UNKNOWN" });
    await expect(world.commit(failing, `poisoned ${round}`)).rejects.toMatchObject({ code: "HANDLE_POISONED" });
    await world.commit(other, `repaired ${round}`);
    await world.commit(other, `relaxed ${round}`, "relaxed");
    world.memory.failNextSync(activeSegment(world), "EIO");
    await expect(other.checkpoint()).rejects.toMatchObject({ code: "OUTCOME_UNKNOWN" });
    const last = await world.open(`last ${round}`);
    await world.commit(last, `again ${round}`, "paranoid");
    await last.checkpoint();
    for (const engine of [failing, other]) await engine.close().catch(expectPoisoned);
    await last.close();
  }
  expect(world.memory.process("observer").list(`${storeDir}/quarantine`).length).toBeGreaterThan(0);
}

function expectPoisoned(error: unknown): void {
  expect(error).toHaveProperty("code", "HANDLE_POISONED");
}

function activeSegment(world: World): string {
  const directory = `${storeDir}/wal`;
  const names = world.memory.process("observer").list(directory);
  return `${directory}/${names.filter((name) => name.endsWith(".jsonl")).at(-1)}`;
}
