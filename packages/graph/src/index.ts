export type { Clock, Disk, ErrorContext, KnotworkErrorOptions, Random } from "@knotwork/disk";
export { KnotworkError, machineClock } from "@knotwork/disk";
export { ConflictError } from "./conflict-error.ts";
export type {
  AppliedChanges,
  Awaitable,
  CheckProblem,
  CheckReport,
  CommitChange,
  CommitInfo,
  CommitOutcome,
  CommitRequest,
  Conflict,
  Durability,
  Engine,
  EngineSnapshot,
  IndexDefinition,
  IndexHit,
  IndexInterval,
  IndexPart,
  LoggedCommit,
  LogPosition,
  LogRequest,
  PinnedSnapshot,
  ReadStamp,
  RecordedRange,
  ScanPage,
  ScanRequest,
  Write,
} from "./engine.ts";
export { CursorDivergedError } from "./cursor-diverged-error.ts";
export type { Edge, Entity, StoredVersion } from "./entity.ts";
export type { CacheOptions, CacheStats, EntityCache } from "./entity-cache.ts";
export { isEdge } from "./entity-view.ts";
export type { CommitsOptions } from "./commits-options.ts";
export { Graph } from "./graph.ts";
export { GraphError } from "./graph-error.ts";
export type { EdgesOptions, GraphReads } from "./graph-reads.ts";
export type { GraphSnapshot, PinnedGraphSnapshot } from "./graph-snapshot.ts";
export { assertId, edgeId, idOfKey, indexKeysOf, indexName, isId } from "./index-keys.ts";
export type { JsonObject, JsonValue } from "./json.ts";
export {
  inspectStore,
  listBackups,
  repairStore,
  restoreBackup,
  verifyBackup,
  type KeepingOptions,
  type RepairOptions,
  type RestoreBackupOptions,
} from "./keep-store.ts";
export type {
  BackupEntry,
  BackupFile,
  BackupOptions,
  BackupReport,
  BackupVerification,
  CompactOptions,
  CompactReport,
  FileKeeping,
  InspectReport,
  KeepingProgress,
  OnKeepingProgress,
  PurgeOptions,
  PurgeReport,
  QuarantinedFile,
  RepairReport,
  RestoreReport,
  SeqRange,
} from "./keeping.ts";
export { readLockHolder } from "./local/lock-holder.ts";
export type { LoadItem, LoadOptions, LoadProgress, LoadReport } from "./load.ts";
export { openGraph, type OpenGraphOptions } from "./open-graph.ts";
export type { AggregateBuilder, AggregateRow, AggregateShape, TypedAggregate } from "./query/aggregate-builder.ts";
export type { Aggregate, GroupSpec } from "./query/aggregation.ts";
export { type Condition, normalCondition } from "./query/condition.ts";
export type { ConditionBuilder, ConditionInput } from "./query/condition-builder.ts";
export type { EdgeTypeName, FieldName, FieldValue, NodeTypeName, RowOf, TypeName } from "./query/field-types.ts";
export type { GroupedRow, Grouping } from "./query/grouping.ts";
export type { Pattern } from "./query/pattern.ts";
export type { CyclePolicy, Injectivity, PatternSpec, StepPattern, Way } from "./query/pattern-spec.ts";
export type { PathLength, StepOptions } from "./query/pattern-types.ts";
export type { Operator, Predicate } from "./query/predicate.ts";
export type { Query, QueryPage } from "./query/query.ts";
export type { Cursor, Direction, OrderTerm, QuerySpec } from "./query/query-spec.ts";
export { BoundsGuard, type GuardOptions, type QueryBounds } from "./query-bounds.ts";
export type { PatternReport } from "./query/read-matches.ts";
export type { QueryReport } from "./query/run-query.ts";
export { rankOf, type SearchedWord, searchedWords } from "./words.ts";
export { assertStorable } from "./storable.ts";
export { parseStrictJson } from "./strict-json.ts";
export type { Committed, TransactOptions } from "./transact.ts";
export type { CreateOptions, DeleteOptions, Deletion, Transaction, UpdateOptions } from "./transaction.ts";
export {
  defineType,
  type InputOf,
  type PropsOf,
  type TypeDefinition,
  type TypeList,
  type TypeOptions,
} from "./type-definition.ts";
export type { EdgeChoice } from "./traverse/edge-choice.ts";
export type { PathOptions } from "./traverse/path-options.ts";
export type { Scope } from "./traverse/subgraph.ts";
export type {
  ComponentsOptions,
  CriticalPathOptions,
  CycleList,
  CyclesOptions,
  OrderOptions,
  PathList,
  PathsOptions,
  ReachOptions,
} from "./traverse/traversal-reads.ts";
export type { WalkStep } from "./traverse/walk-cursor.ts";
export type { WeightedPath, WeightedPathOptions } from "./traverse/weighted-path.ts";
export type { Weight, WeightOptions } from "./traverse/weights.ts";
export type { Walk, WalkAnswer } from "./walk.ts";
export type { CommitWatch, WatchedCommit, WatchOptions } from "./watch.ts";
