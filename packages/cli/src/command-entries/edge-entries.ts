import type { CommandEntry } from "../command-entry.ts";

export const edgeEntries: readonly CommandEntry[] = [
  {
    path: "edge add",
    summary: "Add an edge between two entities",
    misspellings: ["create", "new", "link"],
    load: async () => (await import("../commands/edge.ts")).edgeAdd,
  },
  {
    path: "edge list",
    summary: "List edges",
    misspellings: ["ls", "for", "show"],
    load: async () => (await import("../commands/edge.ts")).edgeList,
  },
  {
    path: "edge remove",
    summary: "Remove an edge",
    misspellings: ["rm", "delete", "unlink", "del"],
    load: async () => (await import("../commands/edge.ts")).edgeRemove,
  },
];
