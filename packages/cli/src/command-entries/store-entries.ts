import type { CommandEntry } from "../command-entry.ts";

export const storeEntries: readonly CommandEntry[] = [
  {
    path: "init",
    summary: "Create a store",
    misspellings: ["initialize", "setup"],
    load: async () => (await import("../commands/init.ts")).init,
  },
  {
    path: "log",
    summary: "List commits, newest first",
    misspellings: ["commits", "events"],
    load: async () => (await import("../commands/log.ts")).log,
  },
  {
    path: "stats",
    summary: "Count what the store holds",
    misspellings: ["status", "statistics", "count", "summary", "dashboard"],
    load: async () => (await import("../commands/stats.ts")).stats,
  },
  {
    path: "doctor",
    summary: "Prove that the store is whole",
    misspellings: ["check", "verify", "validate", "fsck"],
    load: async () => (await import("../commands/doctor.ts")).doctor,
  },
  {
    path: "export",
    summary: "Write everything as JSON lines",
    misspellings: ["dump"],
    load: async () => (await import("../commands/export.ts")).exportStore,
  },
];
