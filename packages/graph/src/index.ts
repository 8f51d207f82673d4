export type { Clock, Disk, ErrorContext, KnotworkErrorOptions, Random } from "@knotwork/disk";
export { KnotworkError, machineClock, nodeDisk } from "@knotwork/disk";
export { ConflictError } from "./conflict-error.ts";
export type {
  AppliedChanges,
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
  IndexPart,
} from "./engine.ts";
export type { Edge, Entity } from "./entity.ts";
export type { CacheStats } from "./entity-cache.ts";
export { isEdge } from "./entity-view.ts";
export type { CommitListOptions } from "./graph.ts";
export { Graph } from "./graph.ts";
export { GraphError } from "./graph-error.ts";
export type { EdgesOptions } from "./graph-reads.ts";
export { assertId, edgeId, isId } from "./index-keys.ts";
export type { JsonObject, JsonValue } from "./json.ts";
export type { LoadItem, LoadOptions, LoadProgress } from "./load.ts";
export { type OpenGraphOptions, openGraph } from "./open-graph.ts";
export type { Operator } from "./query/predicate.ts";
export { Query, type QueryPage } from "./query/query.ts";
export type { QueryReport } from "./query/run-query.ts";
export { type HistoryVersion, Snapshot } from "./snapshot.ts";
export { assertStorable } from "./storable.ts";
export { parseStrictJson } from "./strict-json.ts";
export type { Committed, TransactOptions } from "./transact.ts";
export { type CreateOptions, type Deletion, Transaction, type UpdateOptions } from "./transaction.ts";
export { defineType, type TypeDefinition, type TypeList } from "./type-definition.ts";
export { type PathOptions, Walk } from "./walk.ts";
