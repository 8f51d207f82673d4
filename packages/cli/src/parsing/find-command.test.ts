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
  expect(hintFor("task", "rm")).toBe("Use: knot task delete");
  expect(hintFor("task", "lst")).toBe("Use: knot task list");
  expect(hintFor("issue", "list")).toBe("Use: knot task …");
  expect(hintFor("heartbeat")).toBe("Use: knot task heartbeat");
  expect(hintFor("close")).toBe("Use: knot task complete");
  expect(hintFor("fsck")).toBe("Use: knot doctor");
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
