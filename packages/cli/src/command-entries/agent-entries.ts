import type { CommandEntry } from "../command-entry.ts";

export const agentEntries: readonly CommandEntry[] = [
  {
    path: "prime",
    summary: "Show what an agent should know when it begins",
    misspellings: ["context", "whoami", "me", "brief", "usage"],
    load: async () => (await import("../commands/prime.ts")).prime,
  },
  {
    path: "onboard",
    summary: "Tell agents about knot in AGENTS.md and CLAUDE.md",
    misspellings: ["agents", "onboarding"],
    load: async () => (await import("../commands/onboard.ts")).onboard,
  },
  {
    path: "batch",
    summary: "Run several changes as one transaction",
    misspellings: ["bulk", "apply", "transaction"],
    load: async () => (await import("../commands/batch.ts")).batch,
  },
  {
    path: "schema",
    summary: "Show the JSON Schema of what commands print under --json",
    misspellings: ["schemas", "types", "json-schema"],
    load: async () => (await import("../commands/schema.ts")).schema,
  },
  {
    path: "config list",
    summary: "List the settings of the store",
    misspellings: ["ls", "show", "all"],
    load: async () => (await import("../commands/config.ts")).configList,
  },
  {
    path: "config get",
    summary: "Show one setting",
    misspellings: ["read"],
    load: async () => (await import("../commands/config.ts")).configGet,
  },
  {
    path: "config set",
    summary: "Set a setting for all who use the store",
    misspellings: ["add", "update", "write"],
    load: async () => (await import("../commands/config.ts")).configSet,
  },
  {
    path: "config unset",
    summary: "Go back to the default of a setting",
    misspellings: ["remove", "delete", "rm", "reset"],
    load: async () => (await import("../commands/config.ts")).configUnset,
  },
];
