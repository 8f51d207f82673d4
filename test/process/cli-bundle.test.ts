import { chmodSync, lstatSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { knot, knotJson } from "./knot-process.ts";
import { useScratchDir } from "./scratch-dir.ts";

const scratch = useScratchDir();

test("onboard keeps symbolic links and modes, and writes a file of two names once", async () => {
  const cwd = scratch.make("onboarding");
  writeFileSync(join(cwd, "AGENTS.md"), "# Ours\n");
  chmodSync(join(cwd, "AGENTS.md"), 0o640);
  symlinkSync("AGENTS.md", join(cwd, "CLAUDE.md"));
  const { data } = await knotJson(["onboard"], { cwd });
  expect(data["items"]).toMatchObject([{ existed: true, changed: true }]);
  expect(lstatSync(join(cwd, "CLAUDE.md")).isSymbolicLink()).toBe(true);
  expect(statSync(join(cwd, "AGENTS.md")).mode & 0o777).toBe(0o640);
  expect(readFileSync(join(cwd, "CLAUDE.md"), "utf8")).toMatch(/^# Ours\n\n<!-- knot:begin/);
});

test("a batch comes through a pipe, and a stack trace under KNOT_DEBUG leads to the sources", async () => {
  const cwd = scratch.make("debugging");
  await knotJson(["init"], { cwd });
  const { exitCode, stdout } = await knot(["batch", "--json"], {
    cwd,
    input: '{"op":"task create","ref":"a","title":"A"}\n{"op":"task create","title":"B","dependsOn":["$a"]}\n',
  });
  expect([exitCode, JSON.parse(stdout).data.items.length]).toEqual([0, 2]);
  const { stderr } = await knot(["task", "show", "T-nowhere"], { cwd, env: { KNOT_DEBUG: "1" } });
  expect(stderr).toMatch(/packages\/domain\/src\/resolve-id\.ts:\d+/);
});
