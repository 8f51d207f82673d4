/** Paths and walks along edges whose types may be spelt in either direction. */
import { type EdgeChoice, type Entity, GraphError, type GraphReads } from "@knotwork/graph";
import { DomainError, notFound } from "./domain-error.ts";
import { listEdgeTypes } from "./edge-types.ts";
import type { KnotContext } from "./knot-context.ts";
import type { Moment } from "./moment.ts";
import type { Page } from "./page.ts";
import { canonicalEdge, edgeTypes } from "./relations.ts";

/** Which edges are followed: types in either spelling, `any` for every type. */
export interface TravelOptions {
  readonly out?: readonly string[];
  readonly in?: readonly string[];
  readonly both?: readonly string[];
  readonly maxDepth?: number;
  readonly asOf?: Moment;
}

export interface WalkOptions extends TravelOptions {
  /** Default 50. */
  readonly limit?: number;
}

export interface TravelNode {
  readonly id: string;
  readonly type: string;
  /** Its title, name or path, whichever it has. */
  readonly label: string;
}

export interface FoundPath {
  readonly nodes: readonly TravelNode[];
  /** `steps[i]` leads from `nodes[i]` to `nodes[i + 1]`; `in`: the edge points back. */
  readonly steps: readonly { readonly type: string; readonly direction: "out" | "in" }[];
}

export interface WalkedNode extends TravelNode {
  /** Edges from the start. */
  readonly depth: number;
  /** The entity it was met from, and the edge between them. */
  readonly via: { readonly id: string; readonly type: string; readonly direction: "out" | "in" };
}

const ANY = "any";
const WALK_LIMIT = 50;

export async function findPathText(
  context: KnotContext,
  { from, to }: { readonly from: string; readonly to: string },
  options: TravelOptions = {},
): Promise<FoundPath | undefined> {
  const view = viewAt(context, options.asOf);
  for (const id of [from, to]) if ((await view.get(id)) === undefined) throw notFound("entity", id);
  const choice = (await choiceOf(context, options)) ?? { out: [] };
  const { maxDepth } = options;
  const ids = await view.path(from, to, { ...choice, ...(maxDepth === undefined ? {} : { maxDepth }) });
  if (ids === undefined) return undefined;
  const nodes = (await view.getMany(ids)).flatMap((node) => (node === undefined ? [] : [travelNode(node)]));
  const steps: FoundPath["steps"][number][] = [];
  for (let index = 1; index < ids.length; index += 1)
    steps.push(await stepBetween(view, ids[index - 1] ?? "", ids[index] ?? "", choice));
  return { nodes, steps };
}

export async function walkFrom(context: KnotContext, start: string, options: WalkOptions): Promise<Page<WalkedNode>> {
  const view = viewAt(context, options.asOf);
  if ((await view.get(start)) === undefined) throw notFound("entity", start);
  const choice = await choiceOf(context, options);
  if (choice === undefined) {
    throw new DomainError("INVALID_VALUE", "Cannot walk: no direction was given", {
      hint: "Say which edges to follow: out, in or both, with types or any.",
      context: { field: "out" },
    });
  }
  const { maxDepth, limit = WALK_LIMIT } = options;
  let walk = view.walk(start).limit(limit + 1);
  if (choice.out !== undefined) walk = walk.out(...choice.out);
  if (choice.in !== undefined) walk = walk.in(...choice.in);
  if (choice.both !== undefined) walk = walk.both(...choice.both);
  if (maxDepth !== undefined) walk = walk.maxDepth(maxDepth);
  const steps = await walk.steps();
  const shown = steps.slice(0, limit);
  const nodes = await view.getMany(shown.map(({ id }) => id));
  const items = shown.flatMap(({ depth, via }, index) => {
    const node = nodes[index];
    return node === undefined ? [] : [{ ...travelNode(node), depth, via }];
  });
  return { items, truncated: steps.length > limit };
}

function viewAt({ graph }: KnotContext, asOf: Moment | undefined): GraphReads {
  return asOf === undefined ? graph : graph.asOf(asOf);
}

/** The edges meant, as they are stored: an inverse spelling is the other direction. @throws GraphError UNKNOWN_TYPE */
async function choiceOf(context: KnotContext, options: TravelOptions): Promise<EdgeChoice | undefined> {
  const found: { out?: string[]; in?: string[]; both?: string[] } = {};
  const turned = { out: "in", in: "out", both: "both" } as const;
  for (const direction of ["out", "in", "both"] as const) {
    const types = options[direction];
    if (types?.some((type) => type.toLowerCase() === ANY) === true) found[direction] = [];
    for (const type of types ?? []) {
      if (type.toLowerCase() === ANY) continue;
      const canonical = canonicalEdge({ from: "a", type, to: "b" });
      await assertEdgeTypeIsThere(context, { type: canonical.type, typed: type, action: "follow" });
      const into = canonical.from === "a" ? direction : turned[direction];
      // An empty list means every type, and covers this one.
      if (found[into]?.length !== 0) found[into] = [...(found[into] ?? []), canonical.type];
    }
  }
  return found.out === undefined && found.in === undefined && found.both === undefined ? undefined : found;
}

/** A name that is neither a type of edges here nor in use is probably misspelt. @throws GraphError UNKNOWN_TYPE */
export async function assertEdgeTypeIsThere(
  context: KnotContext,
  { type, typed, action }: { readonly type: string; readonly typed: string; readonly action: string },
): Promise<void> {
  if ((edgeTypes as readonly string[]).includes(type)) return;
  const known = (await listEdgeTypes(context)).map(({ name }) => name);
  if (known.includes(type)) return;
  throw new GraphError("UNKNOWN_TYPE", `Cannot ${action} edges of type ${JSON.stringify(typed)}: there are none`, {
    hint: `Types of edges: ${[...new Set([...edgeTypes, ...known])].join(", ")}.`,
    context: { type: typed },
  });
}

async function stepBetween(
  view: GraphReads,
  from: string,
  to: string,
  { out, in: into, both }: EdgeChoice,
): Promise<FoundPath["steps"][number]> {
  const isMeant = (types: readonly string[] | undefined, type: string): boolean =>
    types !== undefined && (types.length === 0 || types.includes(type));
  const forward = (await view.edges({ from, to })).find(({ type }) => isMeant(out, type) || isMeant(both, type));
  if (forward !== undefined) return { type: forward.type, direction: "out" };
  const back = (await view.edges({ from: to, to: from })).find(
    ({ type }) => isMeant(into, type) || isMeant(both, type),
  );
  return { type: back?.type ?? "", direction: "in" };
}

function travelNode({ id, type, props }: Entity): TravelNode {
  const label = [props["title"], props["name"], props["path"], props["text"]].find((each) => typeof each === "string");
  return { id, type, label: typeof label === "string" ? label : "" };
}
