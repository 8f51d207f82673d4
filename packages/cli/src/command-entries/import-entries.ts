import type { CommandEntry } from "../command-entry.ts";

export const importEntries: readonly CommandEntry[] = [
  {
    path: "import got",
    summary: "Import a GoT directory",
    load: async () => (await import("../commands/import-got.ts")).importGot,
  },
  {
    path: "import beads",
    summary: "Import the JSON lines of beads",
    misspellings: ["bd", "br", "issues"],
    load: async () => (await import("../commands/import-beads.ts")).importBeads,
  },
];
