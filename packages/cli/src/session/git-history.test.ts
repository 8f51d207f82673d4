import { expect, test } from "vitest";
import { parseGitLog } from "./git-history.ts";

test("commits are parsed with their authors and files", () => {
  const first =
    "\u001eabc\u001fAda\u001fada@example.org\u001f2026-01-02T03:04:05+01:00\u001fAdd: a thing\u001fIt was missing.\n\nSee T-1.\n\u001f\n\na.ts\nb c.ts\n";
  const merge = "\u001edef\u001fBob\u001fbob@example.org\u001f2026-01-03T03:04:05Z\u001fMerge\u001f\u001f\n";
  expect(parseGitLog(first + merge)).toEqual([
    {
      hash: "abc",
      authorName: "Ada",
      authorEmail: "ada@example.org",
      authoredAt: "2026-01-02T03:04:05+01:00",
      subject: "Add: a thing",
      body: "It was missing.\n\nSee T-1.",
      files: ["a.ts", "b c.ts"],
    },
    {
      hash: "def",
      authorName: "Bob",
      authorEmail: "bob@example.org",
      authoredAt: "2026-01-03T03:04:05Z",
      subject: "Merge",
      body: "",
      files: [],
    },
  ]);
});

test("no output is no history", () => {
  expect(parseGitLog("")).toEqual([]);
});
