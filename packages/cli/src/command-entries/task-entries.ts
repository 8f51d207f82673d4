import type { CommandEntry } from "../command-entry.ts";

export const taskEntries: readonly CommandEntry[] = [
  {
    path: "task create",
    summary: "Create a task",
    misspellings: ["new", "add", "insert", "open"],
    load: async () => (await import("../commands/task-create.ts")).taskCreate,
  },
  {
    path: "task list",
    summary: "List tasks",
    misspellings: ["ls", "search", "find", "all", "query"],
    load: async () => (await import("../commands/task-list.ts")).taskList,
  },
  {
    path: "task show",
    summary: "Show one task with what it waits for",
    misspellings: ["get", "view", "cat", "read", "info", "describe"],
    load: async () => (await import("../commands/task-show.ts")).taskShow,
  },
  {
    path: "task update",
    summary: "Change fields of a task",
    misspellings: ["edit", "set", "modify", "change", "patch", "assign"],
    load: async () => (await import("../commands/task-update.ts")).taskUpdate,
  },
  {
    path: "task start",
    summary: "Begin to work on a task whose blockers are finished",
    misspellings: ["begin"],
    load: async () => (await import("../commands/task-transitions.ts")).taskStart,
  },
  {
    path: "task complete",
    summary: "Finish a task",
    misspellings: ["done", "close", "finish", "resolve", "completed", "closed"],
    load: async () => (await import("../commands/task-complete.ts")).taskComplete,
  },
  {
    path: "task block",
    summary: "Say that a task cannot go on, and why",
    load: async () => (await import("../commands/task-transitions.ts")).taskBlock,
  },
  {
    path: "task unblock",
    summary: "Say that a blocked task can go on",
    misspellings: ["unblocked"],
    load: async () => (await import("../commands/task-transitions.ts")).taskUnblock,
  },
  {
    path: "task reopen",
    summary: "Open a finished task again",
    load: async () => (await import("../commands/task-transitions.ts")).taskReopen,
  },
  {
    path: "task depends",
    summary: "Make a task wait for others",
    misspellings: ["dep", "deps", "dependency", "depend", "blocks", "require"],
    load: async () => (await import("../commands/task-depends.ts")).taskDepends,
  },
  {
    path: "task next",
    summary: "Show, or claim, the task to do next",
    load: async () => (await import("../commands/task-next.ts")).taskNext,
  },
  {
    path: "task ready",
    summary: "List the tasks that can be worked on now",
    misspellings: ["available"],
    load: async () => (await import("../commands/task-ready.ts")).taskReady,
  },
  {
    path: "task claim",
    summary: "Take a task for yourself, for a while",
    misspellings: ["take", "lock", "grab"],
    load: async () => (await import("../commands/task-claim.ts")).taskClaim,
  },
  {
    path: "task heartbeat",
    summary: "Keep a claim alive",
    misspellings: ["renew", "ping", "keepalive"],
    load: async () => (await import("../commands/task-claim.ts")).taskHeartbeat,
  },
  {
    path: "task release",
    summary: "Give a claimed task back",
    misspellings: ["unclaim", "unlock", "drop", "stop"],
    load: async () => (await import("../commands/task-claim.ts")).taskRelease,
  },
  {
    path: "task delete",
    summary: "Delete a task and its edges",
    misspellings: ["rm", "remove", "del", "destroy"],
    load: async () => (await import("../commands/task-delete.ts")).taskDelete,
  },
  {
    path: "task history",
    summary: "List the versions of a task",
    misspellings: ["versions", "audit"],
    load: async () => (await import("../commands/task-history.ts")).taskHistory,
  },
];
