/** Every type of the domain, in the order lists and reports show them. A new kind of record is added here. */
import type { Graph, Transaction } from "@knotwork/graph";
import { type AgentProps, agentType } from "./agent.ts";
import { type ClaimProps, claimType } from "./claim.ts";
import { type DecisionProps, decisionType } from "./decision.ts";
import { type DocumentProps, documentType } from "./document.ts";
import { type EdgeTypeProps, edgeTypeType } from "./edge-type.ts";
import { type EpicProps, epicType } from "./epic.ts";
import { type AuthorProps, authorType, type CommitProps, commitType, type FileProps, fileType } from "./git.ts";
import { type HandoffProps, handoffType } from "./handoff.ts";
import { type LayerProps, layerType } from "./layer.ts";
import { type NoteProps, noteType } from "./note.ts";
import { type PersonaProps, personaType } from "./persona.ts";
import { type SettingProps, settingType } from "./setting.ts";
import { type SprintProps, sprintType } from "./sprint.ts";
import { type TeamProps, teamType } from "./team.ts";
import { type TaskProps, taskType } from "./task.ts";
import { type WorkSessionProps, workSessionType } from "./work-session.ts";

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
  typeof settingType,
  typeof documentType,
  typeof layerType,
  typeof teamType,
  typeof personaType,
  typeof edgeTypeType,
  typeof workSessionType,
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
  settingType,
  documentType,
  layerType,
  teamType,
  personaType,
  edgeTypeType,
  workSessionType,
];

/** What a node of each type holds. */
export interface PropsByType {
  readonly task: TaskProps;
  readonly epic: EpicProps;
  readonly sprint: SprintProps;
  readonly decision: DecisionProps;
  readonly handoff: HandoffProps;
  readonly note: NoteProps;
  readonly claim: ClaimProps;
  readonly agent: AgentProps;
  readonly commit: CommitProps;
  readonly author: AuthorProps;
  readonly file: FileProps;
  readonly setting: SettingProps;
  readonly document: DocumentProps;
  readonly layer: LayerProps;
  readonly team: TeamProps;
  readonly persona: PersonaProps;
  readonly edge_type: EdgeTypeProps;
  readonly work_session: WorkSessionProps;
}

/** The graph with these types. */
export type KnotGraph = Graph<typeof knotTypes>;
export type KnotTransaction = Transaction<typeof knotTypes>;
