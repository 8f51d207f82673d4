/**
 * Every command by name. This small table is all that start-up loads: the file of a command is imported when it is run
 * or explained.
 */
import type { Command } from "./command.ts";

export interface CommandEntry {
  /** `task create`, as typed. */
  readonly path: string;
  readonly summary: string;
  /** Other words people try; answered with this command's name. */
  readonly misspellings?: readonly string[];
  readonly load: () => Promise<Command>;
}

export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
  readonly misspellings?: readonly string[];
}

export const commandGroups: readonly CommandGroup[] = [
  {
    name: "task",
    summary: "Tasks: create, find, claim, finish",
    misspellings: ["tasks", "issue", "issues", "ticket", "todo"],
  },
  { name: "decision", summary: "Decisions and the reasons behind them", misspellings: ["decisions", "adr"] },
  { name: "handoff", summary: "Work given from one agent to another", misspellings: ["handoffs", "handover"] },
  { name: "edge", summary: "Edges of the graph", misspellings: ["edges", "link", "dep", "relation"] },
  { name: "import", summary: "Bring in the data of another tracker" },
];

export const commandTable: readonly CommandEntry[] = [
  {
    path: "init",
    summary: "Create a store",
    misspellings: ["initialize", "setup"],
    load: async () => (await import("./commands/init.ts")).init,
  },
  {
    path: "task create",
    summary: "Create a task",
    misspellings: ["new", "add", "insert", "open"],
    load: async () => (await import("./commands/task-create.ts")).taskCreate,
  },
  {
    path: "task list",
    summary: "List tasks",
    misspellings: ["ls", "search", "find", "all", "query"],
    load: async () => (await import("./commands/task-list.ts")).taskList,
  },
  {
    path: "task show",
    summary: "Show one task with what it waits for",
    misspellings: ["get", "view", "cat", "read", "info", "describe"],
    load: async () => (await import("./commands/task-show.ts")).taskShow,
  },
  {
    path: "task update",
    summary: "Change fields of a task",
    misspellings: ["edit", "set", "modify", "change", "patch", "assign"],
    load: async () => (await import("./commands/task-update.ts")).taskUpdate,
  },
  {
    path: "task start",
    summary: "Begin to work on a task whose blockers are finished",
    misspellings: ["begin"],
    load: async () => (await import("./commands/task-transitions.ts")).taskStart,
  },
  {
    path: "task complete",
    summary: "Finish a task",
    misspellings: ["done", "close", "finish", "resolve", "completed", "closed"],
    load: async () => (await import("./commands/task-complete.ts")).taskComplete,
  },
  {
    path: "task block",
    summary: "Say that a task cannot go on, and why",
    load: async () => (await import("./commands/task-transitions.ts")).taskBlock,
  },
  {
    path: "task unblock",
    summary: "Say that a blocked task can go on",
    misspellings: ["unblocked"],
    load: async () => (await import("./commands/task-transitions.ts")).taskUnblock,
  },
  {
    path: "task reopen",
    summary: "Open a finished task again",
    load: async () => (await import("./commands/task-transitions.ts")).taskReopen,
  },
  {
    path: "task depends",
    summary: "Make a task wait for others",
    misspellings: ["dep", "deps", "dependency", "depend", "blocks", "require"],
    load: async () => (await import("./commands/task-depends.ts")).taskDepends,
  },
  {
    path: "task next",
    summary: "Show, or claim, the task to do next",
    load: async () => (await import("./commands/task-next.ts")).taskNext,
  },
  {
    path: "task ready",
    summary: "List the tasks that can be worked on now",
    misspellings: ["available"],
    load: async () => (await import("./commands/task-ready.ts")).taskReady,
  },
  {
    path: "task claim",
    summary: "Take a task for yourself, for a while",
    misspellings: ["take", "lock", "grab"],
    load: async () => (await import("./commands/task-claim.ts")).taskClaim,
  },
  {
    path: "task heartbeat",
    summary: "Keep a claim alive",
    misspellings: ["renew", "ping", "keepalive"],
    load: async () => (await import("./commands/task-claim.ts")).taskHeartbeat,
  },
  {
    path: "task release",
    summary: "Give a claimed task back",
    misspellings: ["unclaim", "unlock", "drop", "stop"],
    load: async () => (await import("./commands/task-claim.ts")).taskRelease,
  },
  {
    path: "task delete",
    summary: "Delete a task and its edges",
    misspellings: ["rm", "remove", "del", "destroy"],
    load: async () => (await import("./commands/task-delete.ts")).taskDelete,
  },
  {
    path: "task history",
    summary: "List the versions of a task",
    misspellings: ["versions", "audit"],
    load: async () => (await import("./commands/task-history.ts")).taskHistory,
  },
  {
    path: "decision log",
    summary: "Record a decision",
    misspellings: ["create", "add", "new", "record"],
    load: async () => (await import("./commands/decision-log.ts")).decisionLog,
  },
  {
    path: "decision list",
    summary: "List decisions",
    misspellings: ["ls"],
    load: async () => (await import("./commands/decision-list.ts")).decisionList,
  },
  {
    path: "decision show",
    summary: "Show one decision in full",
    misspellings: ["get", "view"],
    load: async () => (await import("./commands/decision-show.ts")).decisionShow,
  },
  {
    path: "decision why",
    summary: "List the decisions behind a task",
    misspellings: ["because", "reason"],
    load: async () => (await import("./commands/decision-why.ts")).decisionWhy,
  },
  {
    path: "handoff initiate",
    summary: "Offer a task to another agent",
    misspellings: ["create", "new", "start", "begin", "send"],
    load: async () => (await import("./commands/handoff-initiate.ts")).handoffInitiate,
  },
  {
    path: "handoff accept",
    summary: "Take over a task that was offered",
    misspellings: ["take"],
    load: async () => (await import("./commands/handoff-answer.ts")).handoffAccept,
  },
  {
    path: "handoff complete",
    summary: "Report what came of a handoff",
    misspellings: ["done", "finish", "close"],
    load: async () => (await import("./commands/handoff-answer.ts")).handoffComplete,
  },
  {
    path: "handoff reject",
    summary: "Refuse a handoff",
    misspellings: ["decline", "refuse"],
    load: async () => (await import("./commands/handoff-answer.ts")).handoffReject,
  },
  {
    path: "handoff list",
    summary: "List handoffs",
    misspellings: ["ls"],
    load: async () => (await import("./commands/handoff-list.ts")).handoffList,
  },
  {
    path: "handoff show",
    summary: "Show one handoff in full",
    misspellings: ["get", "view"],
    load: async () => (await import("./commands/handoff-show.ts")).handoffShow,
  },
  {
    path: "edge add",
    summary: "Add an edge between two entities",
    misspellings: ["create", "new", "link"],
    load: async () => (await import("./commands/edge.ts")).edgeAdd,
  },
  {
    path: "edge list",
    summary: "List edges",
    misspellings: ["ls", "for", "show"],
    load: async () => (await import("./commands/edge.ts")).edgeList,
  },
  {
    path: "edge remove",
    summary: "Remove an edge",
    misspellings: ["rm", "delete", "unlink", "del"],
    load: async () => (await import("./commands/edge.ts")).edgeRemove,
  },
  {
    path: "log",
    summary: "List commits, newest first",
    misspellings: ["commits", "events"],
    load: async () => (await import("./commands/log.ts")).log,
  },
  {
    path: "stats",
    summary: "Count what the store holds",
    misspellings: ["status", "statistics", "count", "summary", "dashboard"],
    load: async () => (await import("./commands/stats.ts")).stats,
  },
  {
    path: "doctor",
    summary: "Prove that the store is whole",
    misspellings: ["check", "verify", "validate", "fsck"],
    load: async () => (await import("./commands/doctor.ts")).doctor,
  },
  {
    path: "import got",
    summary: "Import a GoT directory",
    load: async () => (await import("./commands/import-got.ts")).importGot,
  },
  {
    path: "import beads",
    summary: "Import the JSON lines of beads",
    misspellings: ["bd", "br", "issues"],
    load: async () => (await import("./commands/import-beads.ts")).importBeads,
  },
  {
    path: "export",
    summary: "Write everything as JSON lines",
    misspellings: ["dump", "backup"],
    load: async () => (await import("./commands/export.ts")).exportStore,
  },
];
