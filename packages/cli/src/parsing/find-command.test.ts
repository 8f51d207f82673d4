import { expect, test } from "vitest";
import { commandTable } from "../command-table.ts";
import { findCommand } from "./find-command.ts";

function hintFor(...words: readonly string[]): string {
  try {
    findCommand(words);
  } catch (error) {
    return (error as { hint: string }).hint;
  }
  throw new Error(`${words.join(" ")} was found`);
}

test("global options may stand before, between and after the words of a command", () => {
  const found = findCommand(["--json", "--store", "x", "task", "--as=me", "list", "-n", "5"]);
  expect(found).toMatchObject({
    kind: "command",
    entry: { path: "task list" },
    rest: ["--json", "--store", "x", "--as=me", "-n", "5"],
  });
});

test("a group alone and no command at all are told apart", () => {
  expect(findCommand(["task"])).toMatchObject({ kind: "group", group: { name: "task" } });
  expect(findCommand(["--json"])).toMatchObject({ kind: "none" });
});

test("other names of a command are answered with its own", () => {
  expect(hintFor("task", "done")).toBe("Use: knot task complete");
  expect(hintFor("task", "close")).toBe("Use: knot task complete");
  expect(hintFor("task", "rm")).toBe("See: knot task delete --help");
  expect(hintFor("task", "lst")).toBe("Use: knot task list");
  expect(hintFor("issue", "list")).toBe("Use: knot task …");
  expect(hintFor("heartbeat")).toBe("Use: knot task heartbeat");
  expect(hintFor("close")).toBe("Use: knot task complete");
  expect(hintFor("fsck")).toBe("Use: knot doctor");
  expect(hintFor("backlog", "list")).toBe("Use: knot orphan …");
  // Who forgets the group means a task; what tasks do not have, several groups may.
  expect(["list", "ls", "add", "update", "next"].map((word) => hintFor(word))).toEqual(
    ["list", "list", "create", "update", "next"].map((name) => `Use: knot task ${name}`),
  );
  expect(hintFor("accept")).toBe("Use one of: knot decision accept, knot handoff accept");
  expect(hintFor("sync")).toBe("See knot --help for the commands there are.");
  expect(hintFor("task", "teleport")).toBe("See knot task --help for the commands there are.");
});

test("no other name of a command is also the name of one beside it", () => {
  const groupOf = (path: string): string => path.split(" ").slice(0, -1).join(" ");
  const seen = new Map<string, string>();
  for (const { path, misspellings = [] } of commandTable) {
    const leaf = path.slice(groupOf(path).length).trim();
    for (const word of [leaf, ...misspellings]) {
      const key = `${groupOf(path)} ${word}`;
      expect(seen.get(key), key).toBeUndefined();
      seen.set(key, path);
    }
  }
});

test("an unknown option before the command is refused with the right spelling", () => {
  expect(() => findCommand(["--agent", "me", "task", "list"])).toThrow(
    expect.objectContaining({ code: "UNKNOWN_OPTION", hint: "Use --as, or put the command first." }),
  );
});

test("no hint is a command that takes away what is there: it leads to its help", () => {
  const destroying = commandTable.filter(({ destroys }) => destroys === true);
  expect(destroying.map(({ path }) => path).sort()).toEqual([
    "compact",
    "edge remove",
    "layer delete",
    "purge",
    "task delete",
  ]);
  const words = destroying.flatMap(({ path, misspellings = [] }) => {
    const [group = "", leaf] = path.split(" ");
    const names = leaf === undefined ? misspellings : [leaf, ...misspellings];
    return names.flatMap((name) => [[name], ...(leaf === undefined || name === leaf ? [] : [[group, name]])]);
  });
  const hints = words.map((line) => hintFor(...line));
  expect(hints.length).toBeGreaterThan(15);
  const runnable = destroying.map(({ path }) => `Use: knot ${path}`);
  expect(hints.filter((hint) => runnable.includes(hint ?? ""))).toEqual([]);
  expect(hints).toContain("See: knot task delete --help");
});
