/** What holds for all commands that write, found by running the examples of the help and looking whether the log grew. */
import { beforeAll, expect, test } from "vitest";
import { commandTable } from "./command-table.ts";
import type { Command } from "./command.ts";
import { preparation } from "./testing/before-examples.ts";
import { ExampleWorld } from "./testing/example-world.ts";

/** Made of many commits, or of none in the log; called again, each finds its work done. */
const withoutKey: Readonly<Record<string, string>> = {
  init: "there is no store yet",
  "doc scan": "known by path and content",
  infer: "known by commit and edge",
  "import got": "known by source",
  "import beads": "known by source",
  "task heartbeat": "the lease is what it is",
  compact: "nothing is left to drop",
  purge: "it is gone",
};

/** Those that make something new, or change what is not one entity named in the call. */
const withoutVersion: ReadonlySet<string> = new Set([
  ...Object.keys(withoutKey),
  ...["batch", "task create", "task next", "reclaim", "decision log", "sprint create", "epic create", "layer create"],
  ...["layer pull", "team create", "persona create", "note", "comment", "work attach", "orphan link"],
]);

/** A claim that is asked for under a key is owned by a secret that the caller knows already. */
const needsToken: ReadonlySet<string> = new Set(["task claim", "task next", "handoff accept"]);

const many: readonly string[] = [
  ...["batch", "onboard", "task delete", "reclaim", "revert", "sprint complete", "sprint link", "sprint unlink"],
  ...["epic link", "epic unlink", "doc scan", "layer pull", "edge acknowledge", "edge remove", "orphan link"],
  ...["infer", "compact"],
];

interface Write {
  readonly path: string;
  readonly line: string;
  readonly options: readonly string[];
}

let world: ExampleWorld;
const commands = new Map<string, Command>();
const writes: Write[] = [];

beforeAll(async () => {
  for (const entry of commandTable) commands.set(entry.path, await entry.load());
  world = await ExampleWorld.create();
  for (const command of commands.values()) {
    const write = await writingExample(command);
    if (write !== undefined) writes.push(write);
  }
}, 120_000);

test("[N7] of all commands that write, each takes an idempotency key: called again, it changes nothing and answers the same", async () => {
  expect(writes.length).toBeGreaterThan(60);
  const keyless = writes.filter(({ options }) => !options.includes("--idempotency-key")).map(({ path }) => path);
  expect(keyless.filter((path) => !Object.hasOwn(withoutKey, path))).toEqual([]);
  for (const { path, line } of writes.filter(({ options }) => options.includes("--idempotency-key"))) {
    const extra = ["--idempotency-key", "once", "--json", ...(needsToken.has(path) ? ["--token", "mine"] : [])];
    const session = await world.session(line, preparation(line));
    const first = await session(line, extra);
    expect([first.exitCode, first.stderr, line], first.stdout).toEqual([0, "", line]);
    const seq = await seqOf(session);
    expect((await session(line, extra)).stdout, line).toBe(first.stdout);
    expect(await seqOf(session), line).toBe(seq);
    const other = await session('knot task create "Another request"', ["--idempotency-key", "once", "--json"]);
    expect(JSON.parse(other.stdout), line).toMatchObject({ ok: false, error: { code: "KEY_REUSED" } });
  }
}, 120_000);

test("[N7] of all commands that change what is there, each takes its version: at another one it is refused, and changes nothing", async () => {
  const blind = writes.filter(({ options }) => !options.includes("--if-version")).map(({ path }) => path);
  expect(blind.filter((path) => !withoutVersion.has(path))).toEqual([]);
  for (const { line } of writes.filter(({ options }) => options.includes("--if-version"))) {
    const bare = line.replace(/ --if-version \d+/, "");
    const session = await world.session(bare, preparation(line));
    // What it changes may not be there yet, such as an edge or a setting: then no version of it is.
    const seq = await seqOf(session);
    const refused = await session(bare, ["--if-version", "999", "--json"]);
    const { error } = JSON.parse(refused.stdout) as { readonly error?: { readonly code: string } };
    expect(["CONFLICT", "NOT_FOUND"], `${line}: ${refused.stdout}`).toContain(error?.code);
    expect(await seqOf(session), line).toBe(seq);
  }
}, 120_000);

test("commands that change more than one entity say beforehand what they would do, and do nothing then", async () => {
  for (const path of many) {
    const command = commands.get(path);
    expect(command === undefined ? path : labelsOf(command), path).toContain("--dry-run");
    const line = writes.find((write) => write.path === path)?.line ?? command?.examples[0].line ?? "";
    if (path === "infer") continue;
    const bare = line.replace(/ --dry-run/, "");
    const session = await world.session(bare, preparation(line));
    const seq = await seqOf(session);
    const told = await session(bare, ["--dry-run", "--json"]);
    expect(JSON.parse(told.stdout), bare).toMatchObject({ ok: true, data: { dryRun: true } });
    expect(await seqOf(session), bare).toBe(seq);
  }
}, 120_000);

/** The first example that makes the log grow, with its dry run made a real one. */
async function writingExample(command: Command): Promise<Write | undefined> {
  for (const { line: shown } of command.examples) {
    // A git history is not in the memory of a test, and a command that follows has no end.
    if (shown.startsWith("knot infer") || shown.includes("--follow")) continue;
    const line = shown.replace(/ --dry-run/, "").replace(/ --json$/, "");
    const session = await world.session(line, preparation(shown));
    const before = await seqOf(session);
    await session(line);
    if ((await seqOf(session)) !== before) return { path: command.path, line, options: labelsOf(command) };
  }
  return undefined;
}

function labelsOf({ options }: Command): readonly string[] {
  return Object.values(options).flatMap(({ flags }) => /--[a-z-]+/.exec(flags)?.[0] ?? []);
}

type Session = Awaited<ReturnType<ExampleWorld["session"]>>;

/** The place of the last commit; 0 when there is no store yet. */
async function seqOf(session: Session): Promise<number> {
  const { data } = JSON.parse((await session("knot log -n 1 --json")).stdout) as {
    readonly data?: { readonly items: readonly { readonly seq: number }[] };
  };
  return data?.items[0]?.seq ?? 0;
}
