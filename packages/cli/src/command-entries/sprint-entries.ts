import type { CommandEntry } from "../command-entry.ts";

export const sprintEntries: readonly CommandEntry[] = [
  {
    path: "sprint create",
    summary: "Create a sprint",
    misspellings: ["add", "new"],
    load: async () => (await import("../commands/sprint-create.ts")).sprintCreate,
  },
  {
    path: "sprint list",
    summary: "List sprints with their progress",
    misspellings: ["ls", "all"],
    load: async () => (await import("../commands/sprint-list.ts")).sprintList,
  },
  {
    path: "sprint status",
    summary: "Show one sprint: progress, goals, tasks",
    misspellings: ["show", "get", "view", "current", "progress"],
    load: async () => (await import("../commands/sprint-list.ts")).sprintStatus,
  },
  {
    path: "sprint update",
    summary: "Change fields of a sprint",
    misspellings: ["edit", "set", "rename"],
    load: async () => (await import("../commands/sprint-create.ts")).sprintUpdate,
  },
  {
    path: "sprint claim",
    summary: "Become the owner of a sprint",
    misspellings: ["take", "own"],
    load: async () => (await import("../commands/sprint-moves.ts")).sprintClaim,
  },
  {
    path: "sprint release",
    summary: "Give up the ownership of a sprint",
    misspellings: ["unclaim", "drop"],
    load: async () => (await import("../commands/sprint-moves.ts")).sprintRelease,
  },
  {
    path: "sprint start",
    summary: "Begin a sprint",
    misspellings: ["begin", "activate", "unblock", "resume"],
    load: async () => (await import("../commands/sprint-moves.ts")).sprintStart,
  },
  {
    path: "sprint block",
    summary: "Say that a sprint cannot go on, and why",
    misspellings: ["pause", "hold"],
    load: async () => (await import("../commands/sprint-moves.ts")).sprintBlock,
  },
  {
    path: "sprint complete",
    summary: "Complete a sprint",
    misspellings: ["done", "finish", "close", "end"],
    load: async () => (await import("../commands/sprint-moves.ts")).sprintComplete,
  },
  {
    path: "sprint reopen",
    summary: "Open a completed sprint again",
    misspellings: ["open"],
    load: async () => (await import("../commands/sprint-moves.ts")).sprintReopen,
  },
  {
    path: "sprint link",
    summary: "Put tasks into a sprint",
    misspellings: ["add-task", "add-tasks", "include", "assign"],
    load: async () => (await import("../commands/sprint-tasks.ts")).sprintLink,
  },
  {
    path: "sprint unlink",
    summary: "Take tasks out of a sprint",
    misspellings: ["remove", "remove-task", "exclude", "delete"],
    load: async () => (await import("../commands/sprint-tasks.ts")).sprintUnlink,
  },
  {
    path: "sprint tasks",
    summary: "List the tasks of a sprint",
    misspellings: ["items", "backlog"],
    load: async () => (await import("../commands/sprint-tasks.ts")).sprintTasks,
  },
  {
    path: "sprint suggest",
    summary: "Suggest open tasks for a sprint, and say why",
    misspellings: ["suggestions", "plan", "recommend"],
    load: async () => (await import("../commands/sprint-tasks.ts")).sprintSuggest,
  },
  {
    path: "sprint burndown",
    summary: "Count what was left of a sprint, day by day",
    misspellings: ["chart", "velocity"],
    load: async () => (await import("../commands/sprint-tasks.ts")).sprintBurndown,
  },
  {
    path: "sprint goal add",
    summary: "Add a goal to a sprint",
    misspellings: ["create", "new"],
    load: async () => (await import("../commands/sprint-goals.ts")).sprintGoalAdd,
  },
  {
    path: "sprint goal list",
    summary: "List the goals of a sprint",
    misspellings: ["ls", "show"],
    load: async () => (await import("../commands/sprint-goals.ts")).sprintGoalList,
  },
  {
    path: "sprint goal update",
    summary: "Change a goal: its text, its progress, how much it matters",
    misspellings: ["progress", "edit", "set", "prioritize"],
    load: async () => (await import("../commands/sprint-goals.ts")).sprintGoalUpdate,
  },
  {
    path: "sprint goal complete",
    summary: "Say that a goal is reached",
    misspellings: ["done", "finish", "close"],
    load: async () => (await import("../commands/sprint-goals.ts")).sprintGoalComplete,
  },
  {
    path: "sprint note",
    summary: "Add a line to the notes of a sprint",
    misspellings: ["comment", "notes"],
    load: async () => (await import("../commands/sprint-goals.ts")).sprintNote,
  },
];
