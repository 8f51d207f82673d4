import { expect, test } from "vitest";
import { knotJson } from "./knot-process.ts";
import { useScratchDir } from "./scratch-dir.ts";

const scratch = useScratchDir();

test("[D7] of processes that claim one sprint at the same moment exactly one becomes its owner", async () => {
  const cwd = scratch.path;
  await knotJson(["init"], { cwd });
  await knotJson(["sprint", "create", "One"], { cwd });
  const agents = ["ada", "bo", "cy", "dan"];
  const answers = await Promise.all(agents.map((agent) => knotJson(["sprint", "claim", "1", "--as", agent], { cwd })));
  const winners = agents.filter((_agent, index) => answers[index]?.exitCode === 0);
  expect(winners).toHaveLength(1);
  for (const answer of answers.filter(({ exitCode }) => exitCode !== 0)) {
    expect(answer).toMatchObject({ exitCode: 4, error: { code: "CLAIM_HELD", context: { holder: winners[0] } } });
  }
  expect(await knotJson(["sprint", "status", "1"], { cwd })).toMatchObject({ data: { owner: { agent: winners[0] } } });
});

test("[W20] processes that create sprints at the same moment get a number each", async () => {
  const cwd = scratch.path;
  await knotJson(["init"], { cwd });
  const titles = ["One", "Two", "Three", "Four"];
  const made = await Promise.all(titles.map((title) => knotJson(["sprint", "create", title], { cwd })));
  expect(new Set(made.map(({ data }) => data["number"]))).toEqual(new Set([1, 2, 3, 4]));
  const same = await Promise.all(
    titles.map((title) => knotJson(["sprint", "create", title, "--number", "9"], { cwd })),
  );
  expect(same.map(({ exitCode }) => exitCode).sort()).toEqual([0, 4, 4, 4]);
});
