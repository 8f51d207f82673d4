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
    destroys: true,
    summary: "Remove an edge",
    misspellings: ["rm", "delete", "unlink", "del"],
    load: async () => (await import("../commands/edge.ts")).edgeRemove,
  },
  {
    path: "edge types",
    summary: "List the types of edges, and how many there are of each",
    misspellings: ["type", "kinds"],
    load: async () => (await import("../commands/edge-types.ts")).edgeTypeList,
  },
  {
    path: "edge declare",
    summary: "Declare an edge type of your own",
    misspellings: ["register", "define"],
    load: async () => (await import("../commands/edge-types.ts")).edgeDeclare,
  },
  {
    path: "edge acknowledge",
    summary: "Say that the edges of an entity hold although its meaning changed",
    misspellings: ["ack", "confirm"],
    load: async () => (await import("../commands/drift.ts")).edgeAcknowledge,
  },
  {
    path: "drift",
    summary: "List entities that changed their meaning under their edges",
    misspellings: ["drifted", "stale-edges"],
    load: async () => (await import("../commands/drift.ts")).drift,
  },
];
