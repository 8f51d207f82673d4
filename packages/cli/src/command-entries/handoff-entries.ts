import type { CommandEntry } from "../command-entry.ts";

export const handoffEntries: readonly CommandEntry[] = [
  {
    path: "handoff initiate",
    summary: "Offer a task to another agent",
    misspellings: ["create", "new", "start", "begin", "send"],
    load: async () => (await import("../commands/handoff-initiate.ts")).handoffInitiate,
  },
  {
    path: "handoff accept",
    summary: "Take over a task that was offered",
    misspellings: ["take"],
    load: async () => (await import("../commands/handoff-answer.ts")).handoffAccept,
  },
  {
    path: "handoff complete",
    summary: "Report what came of a handoff",
    misspellings: ["done", "finish", "close"],
    load: async () => (await import("../commands/handoff-answer.ts")).handoffComplete,
  },
  {
    path: "handoff reject",
    summary: "Refuse a handoff",
    misspellings: ["decline", "refuse"],
    load: async () => (await import("../commands/handoff-answer.ts")).handoffReject,
  },
  {
    path: "handoff list",
    summary: "List handoffs",
    misspellings: ["ls"],
    load: async () => (await import("../commands/handoff-list.ts")).handoffList,
  },
  {
    path: "handoff show",
    summary: "Show one handoff in full",
    misspellings: ["get", "view"],
    load: async () => (await import("../commands/handoff-show.ts")).handoffShow,
  },
];
