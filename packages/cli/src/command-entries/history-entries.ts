import type { CommandEntry } from "../command-entry.ts";

export const historyEntries: readonly CommandEntry[] = [
  {
    path: "show",
    summary: "Show any entity, as it is or as it was",
    misspellings: ["get", "view", "cat", "describe"],
    load: async () => (await import("../commands/entity-show.ts")).show,
  },
  {
    path: "search",
    summary: "Find entities by words",
    misspellings: ["find", "grep", "lookup"],
    load: async () => (await import("../commands/search.ts")).search,
  },
  {
    path: "history",
    summary: "List the versions of any entity",
    misspellings: ["versions", "audit", "blame"],
    load: async () => (await import("../commands/task-history.ts")).history,
  },
  {
    path: "diff",
    summary: "Compare two commits, or two versions of an entity",
    misspellings: ["compare", "changes"],
    load: async () => (await import("../commands/diff.ts")).diff,
  },
  {
    path: "revert",
    summary: "Make an entity what it was at an earlier version",
    misspellings: ["undo", "rollback", "restore-version"],
    load: async () => (await import("../commands/revert.ts")).revert,
  },
];
