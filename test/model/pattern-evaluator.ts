/** What a pattern means, written down without any of its code: every edge is tried for every step. */
import { type ModelCondition, type ModelEntity, naiveMeets } from "./query-evaluator.ts";

export interface ModelStep {
  readonly from: string;
  readonly to: string;
  readonly way: "out" | "in" | "both";
  readonly types: readonly string[];
  readonly edge?: string;
  readonly conditions: readonly ModelCondition[];
  readonly path?: { readonly min: number; readonly max?: number; readonly cycles: "trail" | "simple" | "walk" };
}

export interface ModelPattern {
  readonly start: string;
  readonly nodesByName: Readonly<
    Record<string, { readonly type?: string; readonly conditions: readonly ModelCondition[] }>
  >;
  readonly steps: readonly ModelStep[];
  readonly optional: readonly (readonly ModelStep[])[];
  readonly injectivity: "edges" | "nodes" | "none";
}

/** Ids by name: of a node, of the edges of a step with a name, "" for what is missing. */
export type ModelMatch = Readonly<Record<string, string>>;

interface Taken {
  readonly step: ModelStep;
  readonly edges: readonly ModelEntity[];
  readonly inner: readonly string[];
}

interface Partial {
  readonly nodes: ReadonlyMap<string, string>;
  readonly taken: readonly Taken[];
  readonly missing: ReadonlySet<string>;
}

export function naiveMatches(entities: readonly ModelEntity[], pattern: ModelPattern): readonly ModelMatch[] {
  const nodes = new Map(entities.filter((each) => each.from === undefined).map((node) => [node.id, node]));
  const edges = entities.filter((each) => each.from !== undefined);
  const fits = (name: string, id: string): boolean => {
    const node = nodes.get(id);
    const wanted = pattern.nodesByName[name];
    if (node === undefined || wanted === undefined) return false;
    return (
      (wanted.type === undefined || wanted.type === node.type) && wanted.conditions.every((c) => naiveMeets(node, c))
    );
  };
  const world: World = { edges, fits, pattern };
  let partials: readonly Partial[] = [...nodes.keys()]
    .filter((id) => fits(pattern.start, id))
    .map((id) => ({ nodes: new Map([[pattern.start, id]]), taken: [], missing: new Set() }));
  for (const step of pattern.steps) partials = partials.flatMap((partial) => extended(world, partial, step));
  for (const group of pattern.optional) {
    partials = partials.flatMap((partial) => {
      let found: readonly Partial[] = [partial];
      for (const step of group) found = found.flatMap((each) => extended(world, each, step));
      if (found.length > 0) return found;
      const names = group.flatMap(({ from, to }) => [from, to]).filter((name) => !partial.nodes.has(name));
      return [{ ...partial, missing: new Set([...partial.missing, ...names]) }];
    });
  }
  return partials.map((partial) => rowOf(pattern, partial));
}

interface World {
  readonly edges: readonly ModelEntity[];
  readonly fits: (name: string, id: string) => boolean;
  readonly pattern: ModelPattern;
}

function extended({ edges, fits, pattern }: World, partial: Partial, step: ModelStep): readonly Partial[] {
  if (partial.missing.has(step.from) || partial.missing.has(step.to)) return [];
  const start = partial.nodes.get(step.from);
  if (start === undefined) throw new Error(`the case names ${step.from} before it is there`);
  const known = partial.nodes.get(step.to);
  const ways = step.path === undefined ? single(edges, step, start) : paths(edges, step, start);
  const results: Partial[] = [];
  for (const { edges: taken, nodes } of ways) {
    const end = nodes.at(-1) ?? start;
    if (known === undefined ? !fits(step.to, end) : known !== end) continue;
    const next: Partial = {
      ...partial,
      nodes: new Map([...partial.nodes, [step.to, end]]),
      taken: [...partial.taken, { step, edges: taken, inner: nodes.slice(0, -1) }],
    };
    if (isInjective(next, pattern.injectivity)) results.push(next);
  }
  return results;
}

interface Way {
  readonly edges: readonly ModelEntity[];
  /** After the start. */
  readonly nodes: readonly string[];
}

function single(edges: readonly ModelEntity[], step: ModelStep, start: string): readonly Way[] {
  return hops(edges, step, start).map(({ edge, end }) => ({ edges: [edge], nodes: [end] }));
}

function paths(edges: readonly ModelEntity[], step: ModelStep, start: string): readonly Way[] {
  const { min, max = Infinity, cycles } = step.path ?? { min: 1, cycles: "trail" };
  const found: Way[] = [];
  let open: readonly Way[] = [{ edges: [], nodes: [] }];
  for (let length = 0; open.length > 0; length++) {
    if (length >= min) found.push(...open);
    if (length >= max) break;
    open = open.flatMap((way) =>
      hops(edges, step, way.nodes.at(-1) ?? start)
        .filter(({ edge, end }) => {
          if (cycles === "trail") return !way.edges.includes(edge);
          return cycles === "walk" || ![start, ...way.nodes].includes(end);
        })
        .map(({ edge, end }) => ({ edges: [...way.edges, edge], nodes: [...way.nodes, end] })),
    );
  }
  return found;
}

function hops(
  edges: readonly ModelEntity[],
  { way, types, conditions }: ModelStep,
  at: string,
): readonly { readonly edge: ModelEntity; readonly end: string }[] {
  return edges
    .filter((edge) => (types.length === 0 || types.includes(edge.type)) && conditions.every((c) => naiveMeets(edge, c)))
    .flatMap((edge) => {
      const ends = new Set<string>();
      if (way !== "in" && edge.from === at) ends.add(edge.to as string);
      if (way !== "out" && edge.to === at) ends.add(edge.from as string);
      return [...ends].map((end) => ({ edge, end }));
    });
}

function isInjective({ nodes, taken }: Partial, injectivity: ModelPattern["injectivity"]): boolean {
  if (injectivity === "none") return true;
  const edgeSets = taken.map(({ edges }) => new Set(edges.map(({ id }) => id)));
  if (!areDisjoint(edgeSets)) return false;
  if (injectivity === "edges") return true;
  const named = [...nodes.values()];
  return areDisjoint([...named.map((id) => new Set([id])), ...taken.map(({ inner }) => new Set(inner))]);
}

function areDisjoint(sets: readonly ReadonlySet<string>[]): boolean {
  const all = sets.flatMap((set) => [...set]);
  return new Set(all).size === all.length;
}

function rowOf({ nodesByName, steps, optional }: ModelPattern, { nodes, taken }: Partial): ModelMatch {
  const row: Record<string, string> = {};
  for (const name of Object.keys(nodesByName)) row[name] = nodes.get(name) ?? "";
  for (const step of [...steps, ...optional.flat()]) {
    if (step.edge === undefined) continue;
    row[step.edge] = (taken.find((each) => each.step === step)?.edges ?? []).map(({ id }) => id).join(" ");
  }
  return row;
}
