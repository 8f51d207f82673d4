import type { CommandEntry } from "../command-entry.ts";

/** Layers, and the teams and personas they are chosen for. */
export const layerEntries: readonly CommandEntry[] = [
  {
    path: "layer create",
    summary: "Create a context layer",
    misspellings: ["add", "new"],
    load: async () => (await import("../commands/layer-change.ts")).layerCreate,
  },
  {
    path: "layer list",
    summary: "List context layers",
    misspellings: ["ls", "all"],
    load: async () => (await import("../commands/layer-reads.ts")).layerList,
  },
  {
    path: "layer show",
    summary: "Show one layer with its content",
    misspellings: ["get", "view", "cat"],
    load: async () => (await import("../commands/layer-reads.ts")).layerShow,
  },
  {
    path: "layer update",
    summary: "Change a context layer",
    misspellings: ["edit", "set", "stale", "refresh"],
    load: async () => (await import("../commands/layer-change.ts")).layerUpdate,
  },
  {
    path: "layer delete",
    destroys: true,
    summary: "Delete a context layer",
    misspellings: ["remove", "rm"],
    load: async () => (await import("../commands/layer-change.ts")).layerDelete,
  },
  {
    path: "layer versions",
    summary: "List what a layer said before, and why it was changed",
    misspellings: ["history", "log"],
    load: async () => (await import("../commands/layer-reads.ts")).layerVersions,
  },
  {
    path: "layer diff",
    summary: "Compare two contents of a layer",
    misspellings: ["compare", "changes"],
    load: async () => (await import("../commands/layer-reads.ts")).layerDiff,
  },
  {
    path: "layer revert",
    summary: "Give a layer the content it had in another version",
    misspellings: ["rollback", "restore", "undo"],
    load: async () => (await import("../commands/layer-change.ts")).layerRevert,
  },
  {
    path: "layer resolve",
    summary: "Tell which layers hold for a branch and a persona, and why",
    misspellings: ["select", "compose", "generate", "for"],
    load: async () => (await import("../commands/layer-resolve.ts")).layerResolve,
  },
  {
    path: "layer pull",
    summary: "Take the layers of one branch over to another",
    misspellings: ["merge", "promote"],
    load: async () => (await import("../commands/layer-resolve.ts")).layerPull,
  },
  {
    path: "team create",
    summary: "Create a team",
    misspellings: ["add", "new"],
    load: async () => (await import("../commands/team-commands.ts")).teamCreate,
  },
  {
    path: "team list",
    summary: "List teams",
    misspellings: ["ls", "all"],
    load: async () => (await import("../commands/team-commands.ts")).teamList,
  },
  {
    path: "team show",
    summary: "Show one team, and the teams it is a part of",
    misspellings: ["get", "view"],
    load: async () => (await import("../commands/team-commands.ts")).teamShow,
  },
  {
    path: "team update",
    summary: "Change a team",
    misspellings: ["edit", "set"],
    load: async () => (await import("../commands/team-commands.ts")).teamUpdate,
  },
  {
    path: "persona create",
    summary: "Create a persona",
    misspellings: ["add", "new"],
    load: async () => (await import("../commands/persona-commands.ts")).personaCreate,
  },
  {
    path: "persona list",
    summary: "List personas",
    misspellings: ["ls", "all"],
    load: async () => (await import("../commands/persona-commands.ts")).personaList,
  },
  {
    path: "persona show",
    summary: "Show one persona, and those it inherits from",
    misspellings: ["get", "view"],
    load: async () => (await import("../commands/persona-commands.ts")).personaShow,
  },
  {
    path: "persona update",
    summary: "Change a persona",
    misspellings: ["edit", "set"],
    load: async () => (await import("../commands/persona-commands.ts")).personaUpdate,
  },
];
