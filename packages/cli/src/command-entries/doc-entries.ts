import type { CommandEntry } from "../command-entry.ts";

export const docEntries: readonly CommandEntry[] = [
  {
    path: "doc scan",
    summary: "Register the documents of the project",
    misspellings: ["add", "register", "index", "create"],
    load: async () => (await import("../commands/doc-scan.ts")).docScan,
  },
  {
    path: "doc list",
    summary: "List the registered documents",
    misspellings: ["ls", "all"],
    load: async () => (await import("../commands/doc-list.ts")).docList,
  },
  {
    path: "doc show",
    summary: "Show one document with its tasks",
    misspellings: ["get", "view"],
    load: async () => (await import("../commands/doc-list.ts")).docShow,
  },
  {
    path: "doc check",
    summary: "Compare the registered documents with their files",
    misspellings: ["stale", "status", "diff"],
    load: async () => (await import("../commands/doc-scan.ts")).docCheck,
  },
  {
    path: "doc verify",
    summary: "Say that a document holds as its file is now",
    misspellings: ["accept", "refresh"],
    load: async () => (await import("../commands/doc-change.ts")).docVerify,
  },
  {
    path: "doc update",
    summary: "Change what is recorded of a document",
    misspellings: ["edit", "set", "tag"],
    load: async () => (await import("../commands/doc-change.ts")).docUpdate,
  },
  {
    path: "doc link",
    summary: "Link a task to a document",
    misspellings: ["attach", "connect"],
    load: async () => (await import("../commands/doc-change.ts")).docLink,
  },
  {
    path: "doc unlink",
    summary: "Take the link between a task and a document out",
    misspellings: ["detach", "remove"],
    load: async () => (await import("../commands/doc-change.ts")).docUnlink,
  },
  {
    path: "doc tasks",
    summary: "List the tasks of a document",
    misspellings: ["task"],
    load: async () => (await import("../commands/doc-change.ts")).docTasks,
  },
  {
    path: "doc docs",
    summary: "List the documents of a task",
    misspellings: ["documents", "of", "for"],
    load: async () => (await import("../commands/doc-change.ts")).docDocs,
  },
];
