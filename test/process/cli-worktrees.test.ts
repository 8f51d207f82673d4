import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { knot, knotJson } from "./knot-process.ts";
import { useScratchDir } from "./scratch-dir.ts";

const scratch = useScratchDir();

function git(cwd: string, ...argv: readonly string[]): string {
  const identity = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "init.defaultBranch=main"];
  return execFileSync("git", [...identity, ...argv], { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

test("[D16] the worktrees of a repository share one store, which git ignores, and of two claims across them one wins", async () => {
  const main = scratch.make("main");
  git(main, "init");
  git(main, "commit", "--allow-empty", "-m", "first");
  const linked = join(scratch.path, "linked");
  git(main, "worktree", "add", linked);

  const { data: created } = await knotJson(["init"], { cwd: linked });
  expect(created["store"]).toBe(join(main, ".knot"));
  expect(readFileSync(join(main, ".knot", ".gitignore"), "utf8")).toBe("*\n");
  expect(git(main, "status", "--porcelain")).toBe("");
  expect(git(linked, "status", "--porcelain")).toBe("");

  for (const [index, cwd] of [main, linked, main, linked, main].entries()) {
    const { data: task } = await knotJson(["task", "create", `task ${index}`], { cwd });
    const answers = await Promise.all(
      [main, linked].map((place, agent) =>
        knotJson(["task", "claim", String(task["id"]), "--as", `agent-${agent}`], { cwd: place }),
      ),
    );
    expect(answers.map(({ exitCode }) => Number(exitCode)).toSorted((a, b) => a - b)).toEqual([0, 4]);
    const loser = answers.find(({ ok }) => !ok);
    expect(loser?.error.code).toBe("CLAIM_HELD");
  }
  const [here, there] = await Promise.all([main, linked].map((cwd) => knotJson(["task", "list"], { cwd })));
  expect(here?.data["items"]).toHaveLength(5);
  expect(there?.data).toEqual(here?.data);
});

test("a second init from the other worktree finds the store and changes nothing", async () => {
  const main = scratch.make("main");
  git(main, "init");
  git(main, "commit", "--allow-empty", "-m", "first");
  const linked = join(scratch.path, "linked");
  git(main, "worktree", "add", linked);
  expect((await knot(["init"], { cwd: main })).exitCode).toBe(0);
  const again = await knotJson(["init"], { cwd: linked });
  expect(again).toMatchObject({ exitCode: 1, ok: false, error: { code: "STORE_EXISTS" } });
});
