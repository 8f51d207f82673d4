/** Every type of the domain, in the order lists and reports show them. A new kind of record is added here. */
import type { Graph, Transaction } from "@knotwork/graph";
import { agentType } from "./agent.ts";
import { claimType } from "./claim.ts";
import { decisionType } from "./decision.ts";
import { epicType } from "./epic.ts";
import { authorType, commitType, fileType } from "./git.ts";
import { handoffType } from "./handoff.ts";
import { noteType } from "./note.ts";
import { sprintType } from "./sprint.ts";
import { taskType } from "./task.ts";

export const knotTypes: readonly [
  typeof taskType,
  typeof epicType,
  typeof sprintType,
  typeof decisionType,
  typeof handoffType,
  typeof noteType,
  typeof claimType,
  typeof agentType,
  typeof commitType,
  typeof authorType,
  typeof fileType,
] = [
  taskType,
  epicType,
  sprintType,
  decisionType,
  handoffType,
  noteType,
  claimType,
  agentType,
  commitType,
  authorType,
  fileType,
];

/** The graph with these types. */
export type KnotGraph = Graph<typeof knotTypes>;
export type KnotTransaction = Transaction<typeof knotTypes>;
