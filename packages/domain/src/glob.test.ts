import { expect, test } from "vitest";
import { isIgnored, matchesName, readIgnoreRules } from "./glob.ts";

test("[D9] branch patterns match as fnmatch does", () => {
  const matches = ["main", "feature/*", "claude/*/x", "rel-[0-9]", "rel-[!0-9]", "v?", "*"].map((pattern) =>
    ["main", "feature/a", "feature/a/b", "claude/a/b/x", "rel-1", "rel-x", "v2"].filter((name) =>
      matchesName(pattern, name),
    ),
  );
  expect(matches.slice(0, 6)).toEqual([
    ["main"],
    ["feature/a", "feature/a/b"],
    ["claude/a/b/x"],
    ["rel-1"],
    ["rel-x"],
    ["v2"],
  ]);
  expect(matches[6]).toHaveLength(7);
});

test("a pattern that is no expression stands for its own text", () => {
  expect(matchesName("[z-a]", "[z-a]")).toBe(true);
  expect(matchesName("[z-a]", "b")).toBe(false);
  expect(matchesName("a.c+(", "a.c+(")).toBe(true);
  expect(matchesName("a.c", "abc")).toBe(false);
});

test("ignore rules: comments, directories, anchors, two stars, and what is taken back", () => {
  const rules = readIgnoreRules("# no\n\nout/\n*.log\n!keep.log\n/top.md\na/**/z.md\n");
  const ignored = (path: string, isDirectory = false): boolean => isIgnored(rules, path, isDirectory);
  expect([ignored("x/out", true), ignored("x/out"), ignored("b/c.log"), ignored("b/keep.log")]).toEqual([
    true,
    false,
    true,
    false,
  ]);
  expect([ignored("top.md"), ignored("x/top.md"), ignored("a/z.md"), ignored("a/b/c/z.md")]).toEqual([
    true,
    false,
    true,
    true,
  ]);
});
