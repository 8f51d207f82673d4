import { expect, test } from "vitest";
import { type Envelope, knotJson } from "./knot-process.ts";
import { useScratchDir } from "./scratch-dir.ts";

const scratch = useScratchDir();

test("[D17] taking and giving up work needs a name; a claim gives token and fence, and owning it needs the token", async () => {
  const cwd = scratch.path;
  await knotJson(["init"], { cwd });
  const run = (...argv: readonly string[]): Promise<Envelope> => knotJson(argv, { cwd });
  const { data: task } = await run("task", "create", "the work");
  const id = String(task["id"]);
  const { data: offer } = await run("handoff", "initiate", id, "--to", "bea", "--as", "ada");

  for (const command of [
    ["task", "claim", id],
    ["task", "next", "--claim"],
    ["task", "heartbeat", id],
    ["task", "release", id],
    ["handoff", "accept", String(offer["id"])],
  ]) {
    expect(await run(...command), command.join(" ")).toMatchObject({
      exitCode: 2,
      error: { code: "IDENTITY_REQUIRED" },
    });
  }
  expect((await run("task", "list")).data["items"]).toMatchObject([{ id, status: "pending" }]);

  const claimed = await run("task", "claim", id, "--as", "ada");
  expect(claimed).toMatchObject({ exitCode: 0, data: { fence: 1, token: expect.stringMatching(/^[\w-]{20,}$/) } });
  const token = String(claimed.data["token"]);

  // The same name without the token does not own it; neither does another token.
  for (const proof of [[], ["--token", "guessed"]]) {
    for (const command of [
      ["task", "heartbeat", id],
      ["task", "release", id],
      ["task", "complete", id],
    ]) {
      const answer = await run(...command, ...proof, "--as", "ada");
      expect(answer, [...command, ...proof].join(" ")).toMatchObject({ exitCode: 4, error: { code: "CLAIM_HELD" } });
    }
  }
  expect(await run("task", "claim", id, "--as", "ada")).toMatchObject({ exitCode: 4, error: { code: "CLAIM_HELD" } });

  expect(await run("task", "heartbeat", id, "--token", token, "--as", "ada")).toMatchObject({
    exitCode: 0,
    data: { fence: 1 },
  });
  const byEnvironment = await knotJson(["task", "release", id], { cwd, env: { KNOT_TOKEN: token, KNOT_AGENT: "ada" } });
  expect(byEnvironment).toMatchObject({ exitCode: 0, data: { status: "pending" } });
  const next = await run("task", "next", "--claim", "--as", "ada");
  expect(next).toMatchObject({ exitCode: 0, data: { fence: 2, task: { id } } });
});
