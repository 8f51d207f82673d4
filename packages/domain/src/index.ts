export { type Agent, type AgentFields, type Agents } from "./agents.ts";
export { type BatchFailure, type BatchItem, type BatchOptions, type BatchReport, type BatchResult } from "./batch.ts";
export { type GraphLawProblem } from "./check-graph-laws.ts";
export { type ChangeOptions } from "./change-node.ts";
export { type ReclaimOptions } from "./claim-reclaim.ts";
export { type CriticalPath, type CriticalPathOptions, type CriticalStep } from "./critical-path.ts";
export { type BlockedTask, type Unblocked } from "./task-waits.ts";
export { type ClaimNextOptions } from "./claim-next.ts";
export { type ClaimProof } from "./claim-node.ts";
export {
  type Claimed,
  type ClaimOptions,
  type ClaimView,
  defaultTtlMs,
  type Heartbeat,
  type HeartbeatOptions,
} from "./claims.ts";
export { type FollowedEntry, type LogEntry, type LogOptions } from "./commit-log.ts";
export { type WriteOptions } from "./commit-write.ts";
export {
  type Decision,
  type DecisionFilter,
  type DecisionReason,
  type Decisions,
  type NewDecision,
} from "./decisions.ts";
export { documentExtensions, type FileScan, type ProjectFiles } from "./document-files.ts";
export { type DocumentScan, type ScannedFile, type ScanOptions } from "./document-scan.ts";
export {
  type CheckedDocument,
  type DocumentEdit,
  type DocumentFilter,
  type DocumentLink,
  documentLinks,
  type Documents,
  type DocumentState,
  type KnotDocument,
  type LinkedDocument,
  type LinkedTask,
} from "./documents.ts";
export { DomainError, isDomainError } from "./domain-error.ts";
export { type EdgeProps, type EdgeView } from "./edge-node.ts";
export { type Acknowledged, type Drift, type DriftedEdge, type DriftedEntity } from "./drift.ts";
export { type EdgeType, type EdgeTypeDeclaration } from "./edge-types.ts";
export { type EdgeFilter, type Edges, type SeenEdge } from "./edges.ts";
export { type DomainErrorCode, domainErrorCodes } from "./error-codes.ts";
export { type ShownEntity, type ShowOptions } from "./entity-view.ts";
export { type EpicPhase } from "./epic-phases.ts";
export { type Epic, type EpicFilter, type EpicOverview, type EpicProgress } from "./epic-reads.ts";
export {
  type EpicEdit,
  type EpicFields,
  type Epics,
  type NewEpic,
  type NewPhase,
  type PhaseEdit,
  type UnsettableEpicField,
  type UpdateEpicOptions,
} from "./epics.ts";
export { type ExportedEntity, type ExportOptions } from "./export.ts";
export { type TypeCount } from "./uncounted-types.ts";
export {
  type Accepted,
  type CompleteHandoff,
  type Handoff,
  type HandoffFilter,
  type Handoffs,
  type NewHandoff,
} from "./handoffs.ts";
export { type ImportOptions } from "./import/apply-import.ts";
export {
  type ImportCounts,
  type ImportReport,
  type Refusal,
  type RefusalCode,
  type Tally,
} from "./import/import-report.ts";
export { type Imports } from "./import/imports.ts";
export { type GitCommit } from "./import/parse-git-log.ts";
export { type SourceFile } from "./import/parse-got.ts";
export { type FieldChange } from "./field-changes.ts";
export { type ChangedEntity, type EntityVersion, type History, type VersionDiff } from "./history.ts";
export {
  type LayerEdit,
  type LayerFields,
  type NewLayer,
  type UnsettableLayerField,
  type UpdateLayerOptions,
} from "./layer-edits.ts";
export {
  type LayerState,
  type PulledSection,
  type PullOptions,
  type PullOutcome,
  type PullReport,
} from "./layer-pull.ts";
export { type JudgedLayer, type ResolvedLayers, type ResolveOptions } from "./layer-resolve.ts";
export { type LayerContent, type LayerDiff, type LayerVersion } from "./layer-versions.ts";
export { type Layer } from "./layer-view.ts";
export { type LayerFilter, type Layers } from "./layers.ts";
export { type Lease } from "./lease.ts";
export { type DiffLine, type LineCounts } from "./line-diff.ts";
export { type NewNote, type Note, type NoteFilter, type Notes } from "./notes.ts";
export { withOnboarding } from "./onboarding.ts";
export { type Knot, openKnot, type OpenKnotOptions, unnamedAuthor } from "./open-knot.ts";
export { type InferredEdge, type Inference, type InferOptions } from "./git-inference.ts";
export {
  type LinkedOrphans,
  type LinkOptions,
  type LinkSuggestion,
  type OrphanFilter,
  type Orphans,
  type SuggestedLinks,
  type SuggestOptions,
} from "./orphans.ts";
export { type Moment } from "./moment.ts";
export { type Page, type PageOptions } from "./page.ts";
export {
  type Prime,
  type PrimeChange,
  type PrimeClaim,
  type PrimeCut,
  type PrimeDecision,
  type PrimeHandoff,
  type PrimeOptions,
  type PrimeSection,
  type PrimeTask,
} from "./prime.ts";
export {
  type NewPersona,
  type Persona,
  type PersonaEdit,
  type PersonaFields,
  type Personas,
  type UnsettablePersonaField,
  type UpdatePersonaOptions,
} from "./personas.ts";
export { type FoundEntity, type GroupCount, type Queries, type TextQuery } from "./queries.ts";
export { type ReadyFilter } from "./ready.ts";
export { canonicalEdge, type EdgeEnds, edgeTypes, inverseType } from "./relations.ts";
export { type Reverted, type RevertOptions } from "./revert.ts";
export { type Burndown, type BurndownDay } from "./sprint-burndown.ts";
export {
  type AddTasksOptions,
  type NewSprint,
  type SprintEdit,
  type SprintTasksChange,
  type UnsettableSprintField,
  type UpdateSprintOptions,
} from "./sprint-edits.ts";
export { type GoalEdit, type NewGoal } from "./sprint-goals.ts";
export { type ClaimSprintOptions, type CompleteSprintOptions, type SprintCompletion } from "./sprint-moves.ts";
export {
  type GoalCounts,
  type Sprint,
  type SprintFilter,
  type SprintOverview,
  type SprintProgress,
} from "./sprint-reads.ts";
export {
  type SprintSuggestion,
  type SuggestionOptions,
  type SuggestionReason,
  suggestionStrategies,
  type SuggestionStrategy,
} from "./sprint-suggestions.ts";
export { type Sprints } from "./sprints.ts";
export { type KnownSettingKey, knownSettings, type Setting, type Settings } from "./settings.ts";
export type { SearchOptions, SearchResult } from "./search.ts";
export { searchedTypes, type SearchedType, type SearchHit } from "./search-hit.ts";
export { type Stats } from "./stats.ts";
export {
  type DeleteOptions,
  type Deletion,
  type NewTask,
  type TaskEdit,
  type TaskFields,
  type TaskWriteOptions,
  type UnsettableField,
  type UpdateOptions,
} from "./task-edits.ts";
export { type BlockOptions, type CancelOptions, type CompleteOptions } from "./task-moves.ts";
export { type TaskFilter } from "./task-reads.ts";
export { type TaskCounts } from "./task-counts.ts";
export { type Task } from "./task-view.ts";
export { type Tasks } from "./tasks.ts";
export {
  type NewTeam,
  type Team,
  type TeamFields,
  type Teams,
  type UnsettableTeamField,
  type UpdateTeamOptions,
} from "./teams.ts";
export { type AgentProps } from "./types/agent.ts";
export { type ClaimProps, type ClaimState, claimStates } from "./types/claim.ts";
export { type DecisionProps, type DecisionStatus, decisionStatuses } from "./types/decision.ts";
export { type DocumentKind, documentKinds, type DocumentProps } from "./types/document.ts";
export { type EpicProps, type EpicStatus, epicStatuses, type PhaseStatus, phaseStatuses } from "./types/epic.ts";
export { type AuthorProps, type CommitProps, type FileProps } from "./types/git.ts";
export { type HandoffMessage, type HandoffProps, type HandoffStatus, handoffStatuses } from "./types/handoff.ts";
export { knotTypes } from "./types/knot-types.ts";
export {
  type FreshnessStatus,
  freshnessStatuses,
  type InclusionRule,
  inclusionRules,
  type LayerKind,
  layerKinds,
  type LayerProps,
} from "./types/layer.ts";
export { type NoteKind, noteKinds, type NoteProps } from "./types/note.ts";
export { type PersonaProps } from "./types/persona.ts";
export { type RecordProps, type Source } from "./types/source.ts";
export {
  type SprintGoal,
  type SprintOwner,
  type SprintProps,
  type SprintStatus,
  sprintStatuses,
} from "./types/sprint.ts";
export { priorities, type Priority, type TaskProps, type TaskStatus, taskStatuses } from "./types/task.ts";
export { type TeamProps } from "./types/team.ts";
export { type FoundPath, type TravelNode, type TravelOptions, type WalkedNode, type WalkOptions } from "./travel.ts";
export { type View, type ViewMeta } from "./view.ts";
export { type WorkSessionProps, type WorkStatus, workStatuses } from "./types/work-session.ts";
export {
  type ReportOptions,
  type WorkFilter,
  type WorkSession,
  type WorkSessions,
  type WorkStatusChange,
} from "./work-sessions.ts";
