/**
 * Every command by name. This small table is all that start-up loads: the file of a command is imported when it is run
 * or explained.
 */
import { agentEntries } from "./command-entries/agent-entries.ts";
import { decisionEntries } from "./command-entries/decision-entries.ts";
import { docEntries } from "./command-entries/doc-entries.ts";
import { edgeEntries } from "./command-entries/edge-entries.ts";
import { epicEntries } from "./command-entries/epic-entries.ts";
import { handoffEntries } from "./command-entries/handoff-entries.ts";
import { historyEntries } from "./command-entries/history-entries.ts";
import { importEntries } from "./command-entries/import-entries.ts";
import { queryEntries } from "./command-entries/query-entries.ts";
import { layerEntries } from "./command-entries/layer-entries.ts";
import { sprintEntries } from "./command-entries/sprint-entries.ts";
import { keepingEntries } from "./command-entries/keeping-entries.ts";
import { noteEntries } from "./command-entries/note-entries.ts";
import { orphanEntries } from "./command-entries/orphan-entries.ts";
import { storeEntries } from "./command-entries/store-entries.ts";
import { taskEntries } from "./command-entries/task-entries.ts";
import type { CommandEntry } from "./command-entry.ts";
import { workEntries } from "./command-entries/work-entries.ts";

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
  {
    name: "sprint",
    summary: "Sprints: goals, tasks, progress, who leads",
    misspellings: ["sprints", "iteration", "cycle"],
  },
  { name: "epic", summary: "Epics: large aims in phases", misspellings: ["epics", "milestone", "project"] },
  {
    name: "doc",
    summary: "Documents of the project, and whether they still hold",
    misspellings: ["docs", "document", "documents"],
  },
  {
    name: "layer",
    summary: "Context layers: what agents are told, on which branch, as whom",
    misspellings: ["layers", "context", "claudemd"],
  },
  { name: "team", summary: "Teams that add layers", misspellings: ["teams"] },
  { name: "persona", summary: "Personas that layers are chosen for", misspellings: ["personas", "profile"] },
  { name: "work", summary: "Who is at work on what, and how it stands", misspellings: ["session", "sessions"] },
  { name: "orphan", summary: "Tasks that nothing is tied to", misspellings: ["orphans", "backlog"] },
  { name: "edge", summary: "Edges of the graph", misspellings: ["edges", "link", "dep", "relation"] },
  { name: "config", summary: "Settings that all who use the store share", misspellings: ["settings", "kv"] },
  { name: "backup", summary: "Copies of the store, and stores of copies", misspellings: ["backups", "snapshot"] },
  { name: "import", summary: "Bring in the data of another tracker" },
];

export const commandTable: readonly CommandEntry[] = [
  ...agentEntries,
  ...storeEntries,
  ...taskEntries,
  ...decisionEntries,
  ...handoffEntries,
  ...sprintEntries,
  ...epicEntries,
  ...docEntries,
  ...layerEntries,
  ...edgeEntries,
  ...noteEntries,
  ...workEntries,
  ...orphanEntries,
  ...historyEntries,
  ...queryEntries,
  ...importEntries,
  ...keepingEntries,
];
