import type { Engine } from "@knotwork/graph";
import { expect, test } from "vitest";
import { sized } from "../prove/figures.ts";
import { proveCrashes, storeDir } from "./crash-workload.ts";
import type { World } from "./crash-workload.ts";
import { createdWorld } from "./created-world.ts";

test("ENGINE S3: a power cut at any step, while one process seals and goes on and the other's sync is under way, loses nothing", async () => {
  await proveCrashes(sealDuringSyncs, { title: "sealing while another commits", start: createdWorld });
});

test("ENGINE S2, S3: a power cut at any step of two processes that seal and commit at once loses nothing acknowledged", async () => {
  await proveCrashes(rotateInTurns, { title: "rotating mid-commit", start: createdWorld });
});

test("ENGINE S3: killed at any step of sealing and rotating, nothing acknowledged is lost", async () => {
  await proveCrashes(rotateInTurns, { title: "rotating mid-commit, killed", start: createdWorld, crash: "kill" });
});

/** The second process seals, checkpoints and commits while the record of the first is written and its sync is not done. */
async function sealDuringSyncs(world: World): Promise<void> {
  for (let round = 1; round <= sized(1, 4); round += 1) {
    // A process's first sync is the one that does not block: it can be overtaken.
    const committer = await world.open(`committer ${round}`);
    const sealer = await world.open(`sealer ${round}`);
    let isOvertaken = false;
    world.memory.onAsyncSync = async ({ process }) => {
      if (process !== `committer ${round}` || isOvertaken) return;
      isOvertaken = true;
      await sealer.checkpoint();
      await world.commit(sealer, `overtook ${round}`, "relaxed");
    };
    await world.commit(committer, `slow ${round}`);
    world.memory.onAsyncSync = undefined;
    expect(isOvertaken).toBe(true);
    await world.commit(committer, `behind ${round}`, "paranoid");
    await committer.close();
    await sealer.close();
  }
}

async function rotateInTurns(world: World): Promise<void> {
  for (let round = 1; round <= sized(1, 3); round += 1) {
    const [a, b] = [await world.open("a"), await world.open("b")];
    for (const [turn, [sealer, other]] of (
      [
        [a, b],
        [b, a],
      ] as readonly (readonly [Engine, Engine])[]
    ).entries()) {
      const name = `${round} ${turn}`;
      await world.commit(sealer, `before ${name}`, "relaxed");
      await Promise.all([
        world.commit(other, `beside ${name}`),
        sealer.checkpoint(),
        world.commit(sealer, `own ${name}`, "paranoid"),
        world.commit(other, `late ${name}`, "relaxed"),
      ]);
    }
    await a.close();
    await b.close();
  }
  expect(world.memory.process("observer").list(`${storeDir}/wal`)).not.toContain("0000000000000001.jsonl");
}
