/** What happened: the versions of any entity, two of them compared, two states of the whole store compared. */
import { type CommitChange, isEdge, type StoredVersion } from "@knotwork/graph";
import { DomainError, notFound } from "./domain-error.ts";
import { type FieldChange, fieldChanges } from "./field-changes.ts";
import type { KnotContext } from "./knot-context.ts";
import { type Page, pageOfList, type PageOptions } from "./page.ts";
import { type Reverted, type RevertOptions, revertEntity } from "./revert.ts";

/** One version of an entity, and what it changed. */
export interface EntityVersion {
  readonly version: number;
  readonly seq: number;
  readonly at: string;
  readonly by: string;
  readonly deleted: boolean;
  readonly changes: readonly FieldChange[];
}

/** Two versions of one entity, compared. */
export interface VersionDiff {
  readonly id: string;
  readonly type: string;
  readonly from: EntityVersion;
  readonly to: EntityVersion;
  readonly changes: readonly FieldChange[];
}

/** An entity that is not the same at two states of the store. */
export interface ChangedEntity {
  readonly id: string;
  readonly type: string;
  readonly did: "created" | "changed" | "deleted";
  /** For an edge. */
  readonly ends?: { readonly from: string; readonly to: string };
  readonly fromVersion?: number;
  readonly toVersion?: number;
  readonly changes: readonly FieldChange[];
}

export interface History {
  /** The versions of any entity, oldest first; a deleted one has a history, too. @throws NOT_FOUND */
  of(id: string): Promise<readonly EntityVersion[]>;
  /** Two versions of one entity. @throws NOT_FOUND, INVALID_VALUE when there is no such version */
  diffVersions(id: string, from: number, to: number): Promise<VersionDiff>;
  /**
   * What is not the same at two commits, by id: the net difference, not the way there. `from` may be 0, the empty store.
   *
   * @throws INVALID_VALUE, SNAPSHOT_TOO_OLD
   */
  diffCommits(from: number, to: number, page?: PageOptions): Promise<Page<ChangedEntity>>;
  /** Makes an entity what it was at a version, as a new version. See revert.ts. */
  revert(id: string, version: number, options?: RevertOptions): Promise<Reverted>;
}

export function openHistory(context: KnotContext): History {
  return {
    of: (id) => versionsOf(context, id),
    diffVersions: (id, from, to) => diffVersions(context, id, from, to),
    diffCommits: (from, to, page) => diffCommits(context, { from, to }, page),
    revert: (id, version, options) => revertEntity(context, id, version, options),
  };
}

/** @throws DomainError NOT_FOUND when there never was one, or it is of another type */
export async function versionsOf(context: KnotContext, id: string, type?: string): Promise<readonly EntityVersion[]> {
  const versions = await context.graph.history(id);
  const isWanted = versions.length > 0 && (type === undefined || versions[0]?.type === type);
  if (!isWanted) throw notFound(type ?? "entity", id);
  return versions.map((version, index) => versionView(version, versions[index - 1]));
}

function versionView(version: StoredVersion, before: StoredVersion | undefined): EntityVersion {
  return {
    version: version.version,
    seq: version.seq,
    at: version.updatedAt,
    by: version.author,
    deleted: version.deleted,
    changes: fieldChanges(before?.props ?? {}, version.props),
  };
}

async function diffVersions(context: KnotContext, id: string, from: number, to: number): Promise<VersionDiff> {
  const stored = await context.graph.history(id);
  const versions = await versionsOf(context, id);
  const [first, second] = [from, to].map((wanted) => {
    const index = versions.findIndex(({ version }) => version === wanted);
    const [view, version] = [versions[index], stored[index]];
    if (view !== undefined && version !== undefined) return { view, version };
    throw new DomainError("INVALID_VALUE", `Cannot compare version ${wanted} of "${id}": there is no such version`, {
      hint: `There are ${versions.length}: see the history of it.`,
      context: { id, version: wanted },
    });
  }) as [{ view: EntityVersion; version: StoredVersion }, { view: EntityVersion; version: StoredVersion }];
  const changes = fieldChanges(first.version.props, second.version.props);
  return { id, type: second.version.type, from: first.view, to: second.view, changes };
}

interface CommitRange {
  readonly from: number;
  readonly to: number;
}

async function diffCommits(
  context: KnotContext,
  { from, to }: CommitRange,
  page: PageOptions = {},
): Promise<Page<ChangedEntity>> {
  const head = await context.graph.head();
  if (!(from >= 0 && from <= to && to <= head)) {
    throw new DomainError("INVALID_VALUE", `Cannot compare commits ${from} and ${to}: the store has 0 to ${head}`, {
      hint: "Give the earlier one first.",
      context: { from, to, head },
    });
  }
  const touched = new Map<string, CommitChange>();
  for await (const change of changesAfter(context, { from, to })) touched.set(change.id, change);
  const ids = [...touched.keys()].sort().map((id) => ({ id }));
  // What was changed and changed back is no difference: it is left out, and the page may be shorter for it.
  const { items, ...rest } = pageOfList(ids, page, ({ id }) => id);
  const compared = await Promise.all(items.map(({ id }) => compareAt(context, id, { from, to })));
  return { ...rest, items: compared.filter((each) => each !== undefined) };
}

async function* changesAfter(context: KnotContext, { from, to }: CommitRange): AsyncGenerator<CommitChange> {
  let after = from;
  while (after < to) {
    const commits = await context.graph.commits({ after, before: to + 1, limit: 500 });
    for (const commit of commits) yield* commit.changes;
    const last = commits.at(-1);
    if (last === undefined) return;
    after = last.seq;
  }
}

async function compareAt(context: KnotContext, id: string, range: CommitRange): Promise<ChangedEntity | undefined> {
  const versions = await context.graph.history(id);
  const [before, after] = [range.from, range.to].map((seq) => {
    const version = versions.findLast((each) => each.seq <= seq);
    return version === undefined || version.deleted ? undefined : version;
  });
  const either = after ?? before;
  if (either === undefined) return undefined;
  const changes = fieldChanges(before?.props ?? {}, after?.props ?? {});
  if (before !== undefined && after !== undefined && changes.length === 0) return undefined;
  return {
    id,
    type: either.type,
    did: before === undefined ? "created" : after === undefined ? "deleted" : "changed",
    ...(isEdge(either) ? { ends: { from: either.from, to: either.to } } : {}),
    ...(before === undefined ? {} : { fromVersion: before.version }),
    ...(after === undefined ? {} : { toVersion: after.version }),
    changes: after === undefined ? [] : changes,
  };
}
