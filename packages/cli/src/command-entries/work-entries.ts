import type { CommandEntry } from "../command-entry.ts";

export const workEntries: readonly CommandEntry[] = [
  {
    path: "work attach",
    summary: "Say that you are at work on a task",
    misspellings: ["start", "begin", "join"],
    load: async () => (await import("../commands/work.ts")).workAttach,
  },
  {
    path: "work report",
    summary: "Say how your work stands",
    misspellings: ["status", "set", "end", "update"],
    load: async () => (await import("../commands/work.ts")).workReport,
  },
  {
    path: "work list",
    summary: "List who is at work on what",
    misspellings: ["ls", "active"],
    load: async () => (await import("../commands/work.ts")).workList,
  },
  {
    path: "work history",
    summary: "List every status a work session had",
    misspellings: ["log"],
    load: async () => (await import("../commands/work.ts")).workHistory,
  },
];
