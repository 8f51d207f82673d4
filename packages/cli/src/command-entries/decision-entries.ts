import type { CommandEntry } from "../command-entry.ts";

export const decisionEntries: readonly CommandEntry[] = [
  {
    path: "decision log",
    summary: "Record a decision",
    misspellings: ["create", "add", "new", "record"],
    load: async () => (await import("../commands/decision-log.ts")).decisionLog,
  },
  {
    path: "decision list",
    summary: "List decisions",
    misspellings: ["ls"],
    load: async () => (await import("../commands/decision-list.ts")).decisionList,
  },
  {
    path: "decision show",
    summary: "Show one decision in full",
    misspellings: ["get", "view"],
    load: async () => (await import("../commands/decision-show.ts")).decisionShow,
  },
  {
    path: "decision why",
    summary: "List the decisions behind a task",
    misspellings: ["because", "reason"],
    load: async () => (await import("../commands/decision-why.ts")).decisionWhy,
  },
  {
    path: "decision accept",
    summary: "Say that a proposed decision holds",
    misspellings: ["approve"],
    load: async () => (await import("../commands/decision-settle.ts")).decisionAccept,
  },
  {
    path: "decision supersede",
    summary: "Record the decision that takes the place of another",
    misspellings: ["replace"],
    load: async () => (await import("../commands/decision-settle.ts")).decisionSupersede,
  },
  {
    path: "decision retire",
    summary: "Say that a decision does not hold any more",
    misspellings: ["revoke", "reject", "withdraw"],
    load: async () => (await import("../commands/decision-settle.ts")).decisionRetire,
  },
];
