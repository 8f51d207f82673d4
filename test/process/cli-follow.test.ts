import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { knotJson } from "./knot-process.ts";
import { useScratchDir } from "./scratch-dir.ts";

const scratch = useScratchDir();
const program = fileURLToPath(new URL("../../bin/knot", import.meta.url));
const LINE_MS_MAX = 20_000;

/** A `knot log --follow` that goes on, and the lines it has printed so far. */
function follow(cwd: string, argv: readonly string[]): { readonly child: ChildProcess; readonly lines: string[] } {
  const child = spawn(process.execPath, [program, "log", "--follow", ...argv], {
    cwd,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  child.stdout
    .setEncoding("utf8")
    .on("data", (text: string) => lines.push(...text.split("\n").filter((line) => line !== "")));
  return { child, lines };
}

async function until(isTrue: () => boolean): Promise<void> {
  for (let waitedMs = 0; !isTrue() && waitedMs < LINE_MS_MAX; waitedMs += 20) await delay(20);
  expect(isTrue()).toBe(true);
}

test("log --follow tells of the commits of other processes, and ends well when it is asked to or nobody reads it", async () => {
  const cwd = scratch.path;
  await knotJson(["init"], { cwd });
  const asked = follow(cwd, ["--json", "--after", "0"]);
  const unread = follow(cwd, ["--after", "0"]);
  await until(() => asked.lines.length > 0 && unread.lines.length > 0);
  const { data: task } = await knotJson(["task", "create", "Look", "--as", "ada"], { cwd });
  await until(() => asked.lines.length > 1);
  expect(JSON.parse(asked.lines.at(-1) ?? "")).toMatchObject({ v: 1, author: "ada", changes: [{ id: task["id"] }] });

  asked.child.kill("SIGINT");
  expect(await once(asked.child, "exit")).toEqual([0, null]);

  unread.child.stdout?.destroy();
  const ended = once(unread.child, "exit");
  await knotJson(["task", "create", "Look again", "--as", "ada"], { cwd });
  expect(await ended).toEqual([0, null]);
});
