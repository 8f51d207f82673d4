/**
 * Drift: entities that mean something else than when an edge to or from them was made. An edge remembers the meaning of
 * both its ends (meaning.ts); one without a memory, as from an import, is judged by the versions there were when it was
 * written. Whoever looked and found that the edges still hold acknowledges it.
 */
import type { Edge, Entity, StoredVersion } from "@knotwork/graph";
import { assertVersion } from "./assert-version.ts";
import type { ChangeOptions } from "./commit-write.ts";
import { notFound } from "./domain-error.ts";
import { type EdgeView, edgeView, linkOpenType, meaningNow } from "./edge-node.ts";
import { type FieldChange, fieldChanges } from "./field-changes.ts";
import type { KnotContext } from "./knot-context.ts";
import { type EdgeMeaning, meaningFields, meaningOf, rememberedMeaning, titleOf } from "./meaning.ts";
import { noCursor, type Page, pageOf, type PageOptions } from "./page.ts";
import { transactOrRehearse } from "./rehearse.ts";

/** An edge one of whose ends means something else now. */
export interface DriftedEdge {
  readonly edge: EdgeView;
  /** The end whose meaning changed. */
  readonly end: "from" | "to";
  /** The last version of that end that meant what the edge remembers; absent when it is no longer kept. */
  readonly heldAt?: number;
  /** What changed in its title, description, purpose, rationale since. */
  readonly changes: readonly FieldChange[];
}

/** An entity that changed its meaning under the edges it has. */
export interface DriftedEntity {
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly edges: readonly DriftedEdge[];
}

export interface Acknowledged {
  readonly id: string;
  readonly edges: readonly EdgeView[];
}

export interface Drift {
  /** Entities with drifted edges, by type and id. */
  report(page?: PageOptions): Promise<Page<DriftedEntity>>;
  /** The edges of an entity that drifted because of either of their ends. */
  of(id: string): Promise<readonly DriftedEdge[]>;
  /** The edges of an entity hold although its meaning changed: they are not reported until it changes again. @throws NOT_FOUND */
  acknowledge(id: string, options?: ChangeOptions & { readonly dryRun?: boolean }): Promise<Acknowledged>;
}

export function openDrift(context: KnotContext): Drift {
  return {
    report: (page) => report(context, page),
    async of(id) {
      if ((await context.graph.get(id)) === undefined) throw notFound("entity", id);
      const drifted: DriftedEdge[] = [];
      for (const edge of await edgesOf(context, id)) drifted.push(...(await driftOf(context, edge)));
      return drifted;
    },
    acknowledge: (id, options) => acknowledge(context, id, options),
  };
}

/** The types that have a title, in the order of the report. */
const titledTypes = ["task", "epic", "sprint", "decision", "document", "layer"] as const;

/** What only records an event says nothing that could cease to hold. */
const eventTypes: ReadonlySet<string> = new Set(["ANNOTATES", "TRANSFERS", "SUPERSEDES", "AUTHORED_BY", "TOUCHES"]);

async function report(context: KnotContext, page: PageOptions = {}): Promise<Page<DriftedEntity>> {
  const drifted = driftedEntities(context, page.after);
  return pageOf(
    drifted,
    page,
    (entity) => entity,
    ({ type, id }) => `${type}:${id}`,
  );
}

/** An entity at its first version means what it always meant: those are not looked at. */
async function* driftedEntities(context: KnotContext, after = ""): AsyncGenerator<DriftedEntity, void, undefined> {
  const [lastType, lastId = ""] = after.split(":", 2);
  const first = after === "" ? 0 : (titledTypes as readonly string[]).indexOf(lastType ?? "");
  if (first === -1) throw noCursor(after);
  for (const type of titledTypes.slice(first)) {
    let query = context.graph.query(type).where("version", ">", 1);
    if (type === lastType) query = query.where("id", ">", lastId);
    for await (const entity of query.orderBy("id") as AsyncIterable<Entity>) {
      const edges: DriftedEdge[] = [];
      for (const edge of await edgesOf(context, entity.id)) {
        const ofThis = (await driftOf(context, edge)).filter(({ end }) => edge[end] === entity.id);
        edges.push(...ofThis);
      }
      if (edges.length > 0) yield { id: entity.id, type, title: titleOf(entity.props), edges };
    }
  }
}

async function edgesOf(context: KnotContext, id: string): Promise<readonly Edge[]> {
  const edges = [...(await context.graph.edges({ from: id })), ...(await context.graph.edges({ to: id }))];
  return edges.filter(({ type }) => !eventTypes.has(type));
}

async function driftOf(context: KnotContext, edge: Edge): Promise<readonly DriftedEdge[]> {
  const drifted: DriftedEdge[] = [];
  for (const end of ["from", "to"] as const) {
    const entity = await context.graph.get(edge[end]);
    const drift = entity === undefined ? undefined : await driftOfEnd(context, { edge, end, entity });
    if (drift !== undefined) drifted.push(drift);
  }
  return drifted;
}

interface EdgeEnd {
  readonly edge: Edge;
  readonly end: "from" | "to";
  readonly entity: Entity;
}

async function driftOfEnd(context: KnotContext, { edge, end, entity }: EdgeEnd): Promise<DriftedEdge | undefined> {
  const now = meaningOf(entity.props);
  const memory = rememberedMeaning(edge);
  // Without a memory it counts what there was at the commit of the edge: an end that is older has not changed since.
  if (now === undefined || entity.version === 1 || (memory === undefined && entity.seq <= edge.seq)) return undefined;
  if (memory !== undefined && (memory[end] === undefined || memory[end] === now)) return undefined;
  const versions = await context.graph.history(entity.id);
  const held = versions.findLast((version) => isHeld(version, edge, memory?.[end]));
  if (memory === undefined && (held === undefined || meaningOf(held.props) === now)) return undefined;
  const changes = held === undefined ? [] : fieldChanges(meaningProps(held), meaningProps(entity));
  return { edge: edgeView(edge), end, ...(held === undefined ? {} : { heldAt: held.version }), changes };
}

function isHeld(version: StoredVersion, edge: Edge, remembered: string | undefined): boolean {
  if (version.deleted) return false;
  return remembered === undefined ? version.seq <= edge.seq : meaningOf(version.props) === remembered;
}

function meaningProps({ props }: Entity | StoredVersion): Entity["props"] {
  const present = meaningFields.flatMap((field) => {
    const value = props[field];
    return value === undefined ? [] : [[field, value] as const];
  });
  return Object.fromEntries(present);
}

async function acknowledge(
  context: KnotContext,
  id: string,
  options: ChangeOptions & { readonly dryRun?: boolean } = {},
): Promise<Acknowledged> {
  const { dryRun = false, ifVersion, ...writeOptions } = options;
  const entity = await context.graph.get(id);
  if (entity === undefined) throw notFound("entity", id);
  const drifted: { readonly edge: Edge; readonly meant: EdgeMeaning }[] = [];
  for (const edge of await edgesOf(context, id)) {
    if (!(await driftOf(context, edge)).some(({ end }) => edge[end] === id)) continue;
    drifted.push({ edge, meant: await meantBefore(context, edge) });
  }
  // A call under this key may have acknowledged them before: only the transaction knows.
  if (drifted.length === 0 && writeOptions.idempotencyKey === undefined) {
    assertVersion(entity, ifVersion);
    return { id, edges: [] };
  }
  return transactOrRehearse(
    context,
    async (tx) => {
      const present = await tx.get(id);
      if (present === undefined) throw notFound("entity", id);
      assertVersion(present, ifVersion);
      const edges: EdgeView[] = [];
      for (const { edge, meant } of drifted) {
        const { from, type, to } = edge;
        // One that was removed meanwhile needs nobody's word.
        if ((await tx.getEdge(from, type, to)) === undefined) continue;
        const { meaning: now } = await meaningNow(tx, edge);
        const other = from === id ? "to" : "from";
        const meaning = { ...now, ...(from === to || meant[other] === undefined ? {} : { [other]: meant[other] }) };
        edges.push(edgeView(await linkOpenType(tx, { from, type, to }, { meaning })));
      }
      return { id, edges };
    },
    { ...writeOptions, operation: "edge acknowledge", args: [id, ifVersion ?? null], dryRun },
  );
}

/** What the edge remembers; without a memory, what its ends meant when it was written. */
async function meantBefore(context: KnotContext, edge: Edge): Promise<EdgeMeaning> {
  const memory = rememberedMeaning(edge);
  if (memory !== undefined) return memory;
  const meant: { from?: string; to?: string } = {};
  for (const end of ["from", "to"] as const) {
    const held = (await context.graph.history(edge[end])).findLast((version) => isHeld(version, edge, undefined));
    const meaning = held === undefined ? undefined : meaningOf(held.props);
    if (meaning !== undefined) meant[end] = meaning;
  }
  return meant;
}
