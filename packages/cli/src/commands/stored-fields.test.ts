import { expect, test } from "vitest";
import { CliWorld } from "../testing/cli-world.ts";

/** Every leaf of a value, as text. */
function leavesOf(value: unknown): readonly string[] {
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(leavesOf);
  return [String(value)];
}

/** What a person is shown instead of the value. */
function shown(leaf: string): string {
  return /^\d{4}-\d\d-\d\dT/.test(leaf) ? `${leaf.slice(0, 10)} ${leaf.slice(11, 16)}Z` : leaf;
}

test("[D6] handoff show prints every field that is stored", async () => {
  const world = new CliWorld();
  await world.data(["init"]);
  const { id: task } = await world.data(["task", "create", "the work"]);
  const { fence } = await world.data(["task", "claim", String(task), "--as", "ada"]);
  const { id } = await world.data([
    ...["handoff", "initiate", String(task), "--to", "bea", "--fence", String(fence), "--as", "ada", "-i", "finish it"],
    ...["--done", "parser", "--remaining", "tests", "--decision", "kept LF", "--uncertain", "limits"],
    ...["--question", "why CRC?", "--file", "src/a.ts", "--branch", "fix", "--artifact", "trace.log"],
    ...["--context", '{"tries":27}'],
  ]);
  await world.data(["handoff", "accept", String(id), "--as", "bea"]);
  const completion = ["--result", '{"tests":"green"}', "--artifact", "patch.diff", "--as", "bea"];
  const stored = await world.data(["handoff", "complete", String(id), ...completion]);
  for (const field of [
    "done",
    "remaining",
    "decisions",
    "uncertain",
    "questions",
    "files",
    "branch",
    "context",
    "artifacts",
    "result",
  ])
    expect(stored).toHaveProperty(field);
  const { stdout } = await world.run(["handoff", "show", String(id)]);
  for (const leaf of leavesOf(stored)) expect(stdout).toContain(shown(leaf));
});

test("[W20] a rejected handoff is completed by nobody, and an accepted one only by the agent that accepted it", async () => {
  const world = new CliWorld();
  await world.data(["init"]);
  const offer = async (title: string): Promise<string> => {
    const { id: task } = await world.data(["task", "create", title]);
    return String((await world.data(["handoff", "initiate", String(task), "--to", "bea", "--as", "ada"]))["id"]);
  };
  const rejected = await offer("one");
  await world.data(["handoff", "reject", rejected, "--reason", "no time", "--as", "bea"]);
  for (const agent of ["ada", "bea", "cyd"]) {
    expect(await world.json(["handoff", "complete", rejected, "--as", agent])).toMatchObject({
      exitCode: 1,
      error: { code: "INVALID_TRANSITION" },
    });
  }
  expect(await world.json(["handoff", "accept", rejected, "--as", "bea"])).toMatchObject({ ok: false });
  expect(await world.data(["handoff", "show", rejected])).toMatchObject({ status: "rejected", version: 2 });
  const accepted = await offer("two");
  expect(await world.json(["handoff", "complete", accepted, "--as", "bea"])).toMatchObject({ ok: false });
  await world.data(["handoff", "accept", accepted, "--as", "bea"]);
  expect(await world.json(["handoff", "complete", accepted, "--as", "ada"])).toMatchObject({
    exitCode: 4,
    error: { code: "WRONG_AGENT" },
  });
  expect(await world.data(["handoff", "complete", accepted, "--as", "bea"])).toMatchObject({ status: "completed" });
});
