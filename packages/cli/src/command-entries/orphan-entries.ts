import type { CommandEntry } from "../command-entry.ts";

export const orphanEntries: readonly CommandEntry[] = [
  {
    path: "orphan report",
    summary: "List the tasks that no edge ties to anything",
    misspellings: ["list", "ls", "check"],
    load: async () => (await import("../commands/orphan.ts")).orphanReport,
  },
  {
    path: "orphan suggest",
    summary: "Suggest what a task may belong to, and why",
    misspellings: ["suggest-links", "suggest-sprint", "suggestions"],
    load: async () => (await import("../commands/orphan.ts")).orphanSuggest,
  },
  {
    path: "orphan link",
    summary: "Link orphans to what they most likely belong to",
    misspellings: ["auto-link", "adopt"],
    load: async () => (await import("../commands/orphan.ts")).orphanLink,
  },
  {
    path: "infer",
    summary: "Add the edges that the git history implies",
    misspellings: ["inference", "git"],
    load: async () => (await import("../commands/orphan.ts")).infer,
  },
];
