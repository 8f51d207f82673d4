import { chmodSync, lstatSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { knot, knotJson } from "./knot-process.ts";
import { useScratchDir } from "./scratch-dir.ts";

const scratch = useScratchDir();
const BUNDLE = fileURLToPath(new URL("../../packages/cli/dist/bundle/knot.cjs", import.meta.url));

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

test("commands that read load few chunks, no native code, and nothing of Node that takes long and that they do not use", async () => {
  const cwd = scratch.make("reading");
  await knotJson(["init"], { cwd });
  const id = "T-one";
  await knotJson(["task", "create", "One", "--id", id], { cwd });
  const telling = join(cwd, "telling.cjs");
  writeFileSync(
    telling,
    `process.on("exit", () => {
      const native = Object.keys(require.cache).filter((file) => file.endsWith(".node"));
      const heavy = /^NativeModule (child_process|cluster|crypto|http|inspector|net|os|perf_hooks|stream|timers.promises|tls|worker_threads|zlib)$/;
      const bundle = require(${JSON.stringify(BUNDLE)});
      const chunks = bundle.loadedScripts.size;
      const loaded = process.moduleLoadList.filter((name) => heavy.test(name));
      require("node:fs").writeFileSync(process.env.TOLD, JSON.stringify({ chunks, modules: [...native, ...loaded] }));
    });`,
  );
  const told = join(cwd, "told.json");
  const env = { NODE_OPTIONS: `--require=${telling}`, TOLD: told };
  const loadedBy = async (
    words: readonly string[],
  ): Promise<{ readonly chunks: number; readonly modules: readonly string[] }> => {
    expect((await knotJson(words, { cwd, env })).ok, words.join(" ")).toBe(true);
    return JSON.parse(readFileSync(told, "utf8")) as { chunks: number; modules: string[] };
  };
  for (const words of [["show", id], ["task", "show", id], ["task", "list"], ["task", "ready"], ["prime"], ["stats"]])
    expect((await loadedBy(words)).modules, words.join(" ")).toEqual([]);
  // Each costs a quarter of a millisecond.
  const { chunks } = await loadedBy(["show", id]);
  expect(chunks).toBeGreaterThan(1);
  expect(chunks).toBeLessThanOrEqual(6);
  // What is looked for can be found: a write locks, by native code.
  expect((await loadedBy(["task", "create", "Two"])).modules).toEqual(
    expect.arrayContaining([expect.stringMatching(/fs_ext\.node$/)]),
  );
});
