import type { CommandEntry } from "../command-entry.ts";

export const queryEntries: readonly CommandEntry[] = [
  {
    path: "query",
    summary: "Find entities of a type by a condition",
    misspellings: ["select", "where"],
    load: async () => (await import("../commands/query.ts")).query,
  },
  {
    path: "query path",
    summary: "Find a shortest path between two entities",
    misspellings: ["route", "connection"],
    load: async () => (await import("../commands/query-travel.ts")).queryPath,
  },
  {
    path: "query walk",
    summary: "List what edges lead to from an entity",
    misspellings: ["traverse", "reach", "tree"],
    load: async () => (await import("../commands/query-travel.ts")).queryWalk,
  },
  {
    path: "query neighbours",
    summary: "List what is one edge away from an entity",
    misspellings: ["neighbors", "adjacent"],
    load: async () => (await import("../commands/query-travel.ts")).queryNeighbours,
  },
];
