import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { knot, knotJson } from "./knot-process.ts";
import { useScratchDir } from "./scratch-dir.ts";

const scratch = useScratchDir();

function git(cwd: string, ...argv: readonly string[]): void {
  const identity = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "init.defaultBranch=main"];
  execFileSync("git", [...identity, ...argv], { cwd, stdio: "pipe" });
}

async function edgesOf(cwd: string, id: string): Promise<readonly string[]> {
  const { data } = await knotJson(["edge", "list", id], { cwd });
  const items = data["items"] as readonly { readonly from: string; readonly type: string; readonly to: string }[];
  return items.map(({ from, type, to }) => `${from === id ? "it" : "other"} ${type} ${to === id ? "it" : to}`).sort();
}

test("[D13] knot infer adds the edges that commit messages imply, once; a dry run only tells them; no task is completed", async () => {
  const cwd = scratch.make("project");
  git(cwd, "init");
  await knotJson(["init"], { cwd });
  for (const id of ["T-lexer", "T-parser", "T-tests"]) await knotJson(["task", "create", id, "--id", id], { cwd });
  git(cwd, "commit", "--allow-empty", "-m", "Begin T-lexer");
  git(cwd, "commit", "--allow-empty", "-m", "Fixes T-parser\n\nT-parser depends on T-lexer; T-parser blocks T-tests");
  git(cwd, "commit", "--allow-empty", "-m", "\u001b[2J T-lexer depends on T-parser");
  git(cwd, "commit", "--allow-empty", "-m", "Nothing of T-unknown");

  const told = await knotJson(["infer", "--dry-run"], { cwd });
  expect(told.data).toMatchObject({
    dryRun: true,
    commits: 4,
    added: [{ type: "DEPENDS_ON" }, { type: "DEPENDS_ON" }],
  });
  expect(await edgesOf(cwd, "T-parser")).toEqual([]);

  const human = await knot(["infer"], { cwd });
  expect(human).toMatchObject({ exitCode: 0, stderr: "" });
  expect(human.stdout).toContain("Refused");
  expect(human.stdout).not.toContain("\u001b");
  const expected = ["DEPENDS_ON", "DEPENDS_ON", "IMPLEMENTS", "REFERENCES"].map((type) => `other ${type} it`);
  expect(await edgesOf(cwd, "T-parser")).toEqual(expected);
  const again = await knotJson(["infer"], { cwd });
  expect(again.data).toMatchObject({ added: [], refused: [{ reason: expect.stringContaining("circle") }] });
  expect(await edgesOf(cwd, "T-parser")).toEqual(expected);
  expect((await knotJson(["task", "show", "T-parser"], { cwd })).data).toMatchObject({ task: { status: "pending" } });

  const outside = await knotJson(["infer", "--repository", scratch.make("empty")], { cwd });
  expect(outside).toMatchObject({ exitCode: 3, error: { code: "FILE_NOT_FOUND" } });
});
