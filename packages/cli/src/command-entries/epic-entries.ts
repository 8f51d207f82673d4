import type { CommandEntry } from "../command-entry.ts";

export const epicEntries: readonly CommandEntry[] = [
  {
    path: "epic create",
    summary: "Create an epic",
    misspellings: ["add", "new"],
    load: async () => (await import("../commands/epic-create.ts")).epicCreate,
  },
  {
    path: "epic list",
    summary: "List epics with their progress",
    misspellings: ["ls", "all"],
    load: async () => (await import("../commands/epic-list.ts")).epicList,
  },
  {
    path: "epic show",
    summary: "Show one epic: phases, sprints, tasks, progress",
    misspellings: ["get", "view", "status", "progress"],
    load: async () => (await import("../commands/epic-list.ts")).epicShow,
  },
  {
    path: "epic update",
    summary: "Change fields of an epic",
    misspellings: ["edit", "set", "close", "complete"],
    load: async () => (await import("../commands/epic-create.ts")).epicUpdate,
  },
  {
    path: "epic link",
    summary: "Put sprints and tasks into an epic",
    misspellings: ["add-task", "add-sprint", "include"],
    load: async () => (await import("../commands/epic-members.ts")).epicLink,
  },
  {
    path: "epic unlink",
    summary: "Take sprints and tasks out of an epic",
    misspellings: ["remove", "exclude"],
    load: async () => (await import("../commands/epic-members.ts")).epicUnlink,
  },
  {
    path: "epic phase add",
    summary: "Add a phase to an epic",
    misspellings: ["create", "new"],
    load: async () => (await import("../commands/epic-members.ts")).epicPhaseAdd,
  },
  {
    path: "epic phase update",
    summary: "Change a phase: its status, its place, its sprints",
    misspellings: ["edit", "set", "complete", "start"],
    load: async () => (await import("../commands/epic-members.ts")).epicPhaseUpdate,
  },
];
