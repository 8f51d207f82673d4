import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { knot, knotJson } from "./knot-process.ts";
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

test("log --follow ends when it is asked to while nobody reads what it prints, and a slow reader gets every byte of an export", async () => {
  const cwd = scratch.make("stalled");
  await knotJson(["init"], { cwd });
  const batch = Array.from({ length: 1000 }, (_, at) => `{"op":"task create","title":"Task ${at}"}\n`).join("");
  for (let count = 0; count < 6; count += 1) await knot(["batch"], { cwd, input: batch, env: { KNOT_AGENT: "ada" } });

  const whole = await knot(["export"], { cwd });
  const slowly = '"$0" "$1" export | (sleep 0.5; head -c 100000; sleep 0.2; cat)';
  const slow = execFileSync("bash", ["-c", slowly, process.execPath, program], { cwd, maxBuffer: 2 ** 28 });
  expect(whole.stdout.length).toBeGreaterThan(1_000_000);
  expect(slow.toString("utf8") === whole.stdout).toBe(true);

  const stalled = spawn(process.execPath, [program, "log", "--follow", "--after", "0", "--json"], {
    cwd,
    stdio: ["ignore", "pipe", "inherit"],
  });
  await delay(2000);
  stalled.kill("SIGTERM");
  const ended = once(stalled, "exit");
  expect(await Promise.race([ended, delay(LINE_MS_MAX, "it did not hear the signal")])).toEqual([0, null]);
});
