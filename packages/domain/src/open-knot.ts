/** Opens a store as the domain sees it. */
import { randomBytes } from "node:crypto";
import {
  type Clock,
  machineClock,
  openGraph,
  type OpenGraphOptions,
  type Random,
  type WatchOptions,
} from "@knotwork/graph";
import type { BatchItem, BatchOptions, BatchReport } from "./batch.ts";
import { type Agents, openAgents } from "./agents.ts";
import { type GraphLawProblem, checkGraphLaws } from "./check-graph-laws.ts";
import { followCommits, type FollowedEntry, listCommits, type LogEntry, type LogOptions } from "./commit-log.ts";
import { type Decisions, openDecisions } from "./decisions.ts";
import { type Drift, openDrift } from "./drift.ts";
import { type Documents, openDocuments } from "./documents.ts";
import { type Edges, openEdges } from "./edges.ts";
import { showEntity, type ShownEntity, type ShowOptions } from "./entity-view.ts";
import { type Epics, openEpics } from "./epics.ts";
import { type ExportedEntity, exportEntities, type ExportOptions } from "./export.ts";
import { type Handoffs, openHandoffs } from "./handoffs.ts";
import { type History, openHistory } from "./history.ts";
import type { Imports } from "./import/imports.ts";
import { type KnotContext } from "./knot-context.ts";
import { type Layers, openLayers } from "./layers.ts";
import { assertName } from "./names.ts";
import { type Notes, openNotes } from "./notes.ts";
import { openOrphans, type Orphans } from "./orphans.ts";
import type { Page } from "./page.ts";
import type { Prime, PrimeOptions } from "./prime.ts";
import { openPersonas, type Personas } from "./personas.ts";
import type { Queries } from "./queries.ts";
import { resolveId } from "./resolve-id.ts";
import { searchEntities, type SearchOptions, type SearchResult } from "./search.ts";
import { openSprints, type Sprints } from "./sprints.ts";
import { openSettings, type Settings } from "./settings.ts";
import { countEverything, type Stats } from "./stats.ts";
import { openTasks, type Tasks } from "./tasks.ts";
import { openTeams, type Teams } from "./teams.ts";
import { type KnotGraph, knotTypes } from "./types/knot-types.ts";
import { openWorkSessions, type WorkSessions } from "./work-sessions.ts";

/** Everything `openGraph` accepts, its types and author excepted: these are the domain's. */
export interface OpenKnotOptions extends Omit<OpenGraphOptions, "types" | "author"> {
  /** The agent this handle works as; needed to take and give up work. */
  readonly as?: string;
  /** Makes claim tokens: at least 128 random bits as text. Default: from the system's cryptographic source. */
  readonly newSecret?: () => string;
}

export interface Knot {
  readonly tasks: Tasks;
  readonly decisions: Decisions;
  readonly handoffs: Handoffs;
  readonly sprints: Sprints;
  readonly epics: Epics;
  readonly documents: Documents;
  readonly layers: Layers;
  readonly teams: Teams;
  readonly personas: Personas;
  readonly edges: Edges;
  readonly notes: Notes;
  readonly workSessions: WorkSessions;
  readonly history: History;
  readonly orphans: Orphans;
  readonly drift: Drift;
  readonly agents: Agents;
  readonly imports: Imports;
  readonly settings: Settings;
  /** Questions in text: conditions, paths, walks. */
  readonly queries: Queries;
  /** The agent this handle works as. */
  readonly as: string | undefined;
  /** The graph below, for queries of your own. Writing past the domain breaks its rules. */
  readonly graph: KnotGraph;
  /** The id meant by an id or by the last six or more characters of one. @throws NOT_FOUND, AMBIGUOUS_ID */
  resolveId(idOrSuffix: string, type?: string): Promise<string>;
  /** Any entity with its edges and notes, as it is or as it was. @throws NOT_FOUND, SNAPSHOT_TOO_OLD */
  show(id: string, options?: ShowOptions): Promise<ShownEntity>;
  /** Entities that hold all of the words, best first. @throws INVALID_VALUE */
  search(words: string, options?: SearchOptions): Promise<SearchResult>;
  /** Commits, newest first. */
  log(options?: LogOptions): Promise<Page<LogEntry>>;
  /** Commits as they come, behind a cursor or from now on: durable ones, in order, each once. */
  follow(options?: WatchOptions): AsyncIterable<FollowedEntry>;
  stats(): Promise<Stats>;
  /** What an agent should know when it begins, within a budget. A read. @throws INVALID_VALUE */
  prime(options?: PrimeOptions): Promise<Prime>;
  /** Several operations as one transaction. @throws BATCH_FAILED with every item that failed; nothing was changed */
  batch(items: readonly BatchItem[], options?: BatchOptions): Promise<BatchReport>;
  /** Every live entity, in an order that depends on the content alone. */
  export(options?: ExportOptions): AsyncIterable<ExportedEntity>;
  /** Laws of the graph that are broken; the store's own laws are checked by `graph.check()`. */
  checkGraphLaws(): Promise<readonly GraphLawProblem[]>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Opens a store, or creates it with `create: true`. Close it when done.
 *
 * @throws DomainError INVALID_VALUE when `as` is no name; what `openGraph` throws
 */
export async function openKnot(options: OpenKnotOptions): Promise<Knot> {
  const { as, newSecret = randomSecret, ...graphOptions } = options;
  if (as !== undefined) assertName(as, "agent name");
  const clock: Clock = options.clock ?? machineClock();
  const random: Random = options.random ?? Math.random;
  const author = as ?? unnamedAuthor;
  const graph = await openGraph({ ...graphOptions, clock, random, author, types: knotTypes });
  return knotOver({ graph, agent: as, clock, random, newSecret });
}

/** The author of commits by a handle without a name. */
export const unnamedAuthor = "unnamed";

function knotOver(context: KnotContext): Knot {
  const close = (): Promise<void> => context.graph.close();
  return {
    tasks: openTasks(context),
    decisions: openDecisions(context),
    handoffs: openHandoffs(context),
    sprints: openSprints(context),
    epics: openEpics(context),
    documents: openDocuments(context),
    layers: openLayers(context),
    teams: openTeams(context),
    personas: openPersonas(context),
    edges: openEdges(context),
    notes: openNotes(context),
    workSessions: openWorkSessions(context),
    history: openHistory(context),
    orphans: openOrphans(context),
    drift: openDrift(context),
    agents: openAgents(context),
    imports: lazyImports(context),
    settings: openSettings(context),
    queries: lazyQueries(context),
    as: context.agent,
    graph: context.graph,
    resolveId: (idOrSuffix, type) => resolveId(context, idOrSuffix, type),
    show: (id, options) => showEntity(context, id, options),
    search: (words, options) => searchEntities(context, words, options),
    log: (options) => listCommits(context, options),
    follow: (options) => followCommits(context, options),
    stats: () => countEverything(context),
    prime: async (options) => (await import("./prime.ts")).prime(context, options),
    batch: async (items, options) => (await import("./batch.ts")).runBatch(context, items, options),
    export: (options) => exportEntities(context, options),
    checkGraphLaws: () => checkGraphLaws(context),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Importers are loaded when one is called: few processes import. */
function lazyImports(context: KnotContext): Imports {
  const load = async (): Promise<Imports> => (await import("./import/imports.ts")).openImports(context);
  return {
    got: async (files, options) => (await load()).got(files, options),
    beads: async (text, options) => (await load()).beads(text, options),
    plan: async (text, options) => (await load()).plan(text, options),
    git: async (commits, options) => (await load()).git(commits, options),
    inferFromGit: async (commits, options) => (await load()).inferFromGit(commits, options),
  };
}

/** Loaded when a question is asked: most commands ask none. */
function lazyQueries(context: KnotContext): Queries {
  const load = async (): Promise<Queries> => (await import("./queries.ts")).openQueries(context);
  return {
    find: async (query) => (await load()).find(query),
    count: async (query) => (await load()).count(query),
    groups: async (query) => (await load()).groups(query),
    explain: async (query) => (await load()).explain(query),
    path: async (from, to, options) => (await load()).path(from, to, options),
    walk: async (start, options) => (await load()).walk(start, options),
  };
}

function randomSecret(): string {
  return randomBytes(24).toString("base64url");
}
