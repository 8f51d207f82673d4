import type { CommandEntry } from "../command-entry.ts";

export const noteEntries: readonly CommandEntry[] = [
  {
    path: "note",
    summary: "Add a note of some kind to an entity",
    misspellings: ["remember", "annotate"],
    load: async () => (await import("../commands/notes.ts")).note,
  },
  {
    path: "comment",
    summary: "Add a comment to an entity",
    misspellings: ["reply", "say"],
    load: async () => (await import("../commands/notes.ts")).comment,
  },
  {
    path: "notes",
    summary: "List the notes about an entity, oldest first",
    misspellings: ["comments"],
    load: async () => (await import("../commands/notes.ts")).notes,
  },
];
