/**
 * Which layers hold for a branch, a persona, a team and modules, in the order they are read, each with the reason; and
 * which do not, with the reason, too. All of it at one snapshot.
 *
 * Who decides, first word counts: the persona (excluded, chosen, its wish about the section; what it does not say, those
 * it inherits from say, nearest first), then its team (and the teams it is a part of) on the branches of that team, then
 * the inclusion rule of the layer. Of the variants of one section the one with the most telling branch pattern stays.
 */
import type { Entity } from "@knotwork/graph";
import { requireNode } from "./change-node.ts";
import { matchesSome } from "./glob.ts";
import type { KnotContext } from "./knot-context.ts";
import { allLayers, fittingPattern, tellingness } from "./layer-variants.ts";
import { type Layer, layerView, slotOf } from "./layer-view.ts";
import { personaChain } from "./personas.ts";
import type { Reader } from "./reader.ts";
import { teamChain } from "./teams.ts";
import { ofType } from "./typed-entity.ts";
import type { LayerProps } from "./types/layer.ts";
import type { PersonaProps } from "./types/persona.ts";
import type { TeamProps } from "./types/team.ts";

export interface ResolveOptions {
  /** Default: the branch of the persona. */
  readonly branch?: string;
  /** Id of a persona. */
  readonly persona?: string;
  /** Id of a team. Default: that of the persona. */
  readonly team?: string;
  /** Default: the modules of the persona and its teams. */
  readonly modules?: readonly string[];
}

export interface ResolvedLayers {
  readonly branch?: string;
  readonly modules: readonly string[];
  /** Ids of the persona and those it inherits from, nearest first. */
  readonly personas: readonly string[];
  /** Ids of the team and those it is a part of, nearest first. */
  readonly teams: readonly string[];
  readonly included: readonly JudgedLayer[];
  readonly left: readonly JudgedLayer[];
}

export interface JudgedLayer {
  readonly layer: Layer;
  readonly why: string;
}

export async function resolveLayers(context: KnotContext, options: ResolveOptions = {}): Promise<ResolvedLayers> {
  const snapshot = await context.graph.snapshot();
  try {
    const setting = await settingOf(snapshot, options);
    const judged = (await allLayers(snapshot)).map((layer) => ({ layer, verdict: judge(layer, setting) }));
    const included = judged.filter(({ verdict }) => verdict.isIn);
    const best = mostTelling(included, setting.branch);
    const shown = ({ layer, verdict }: Judged, why = verdict.why): JudgedLayer => ({
      layer: layerView(context.clock, layer),
      why,
    });
    const stays = (entry: Judged): boolean =>
      !entry.verdict.byRule || weightOf(entry.layer, setting.branch) >= (best.get(slotOf(entry.layer.props)) ?? 0);
    const { branch, modules, personas, teams } = setting;
    return {
      ...(branch === undefined ? {} : { branch }),
      modules,
      personas: personas.map(({ id }) => id),
      teams: teams.map(({ id }) => id),
      included: included.filter(stays).map((entry) => shown(entry)),
      left: [
        ...included
          .filter((entry) => !stays(entry))
          .map((entry) => shown(entry, "another one is more telling for the branch")),
        ...judged.filter(({ verdict }) => !verdict.isIn).map((entry) => shown(entry)),
      ],
    };
  } finally {
    snapshot.release();
  }
}

interface Setting {
  readonly branch: string | undefined;
  readonly modules: readonly string[];
  readonly personas: readonly Entity<PersonaProps>[];
  readonly teams: readonly Entity<TeamProps>[];
}

interface Verdict {
  readonly isIn: boolean;
  readonly why: string;
  /** By its inclusion rule, not because somebody asked for this very layer. */
  readonly byRule: boolean;
}

interface Judged {
  readonly layer: Entity<LayerProps>;
  readonly verdict: Verdict;
}

async function settingOf(reader: Reader, options: ResolveOptions): Promise<Setting> {
  const { persona } = options;
  const personas =
    persona === undefined ? [] : await personaChain(reader, await requireNode(reader, "persona", persona));
  const teamId = options.team ?? firstOf(personas, (props) => props.team);
  const team =
    options.team === undefined && teamId !== undefined ? ofType(await reader.get(teamId), "team") : undefined;
  const asked = options.team === undefined ? team : await requireNode(reader, "team", options.team);
  const teams = asked === undefined ? [] : await teamChain(reader, asked);
  const known = [
    ...(firstOf(personas, (props) => props.defaultModules) ?? []),
    ...teams.flatMap(({ props }) => props.modules ?? []),
  ];
  return {
    branch: options.branch ?? firstOf(personas, (props) => props.defaultBranch),
    modules: options.modules ?? [...new Set(known)],
    personas,
    teams,
  };
}

function judge(layer: Entity<LayerProps>, setting: Setting): Verdict {
  return judgeByPersona(layer, setting) ?? judgeByTeam(layer, setting) ?? judgeByRule(layer.props, setting);
}

function judgeByPersona({ id, props }: Entity<LayerProps>, { personas }: Setting): Verdict | undefined {
  for (const { props: persona } of personas) {
    if (persona.excludedLayers?.includes(id)) return outside(`left out by persona ${persona.name}`);
    if (persona.customLayers?.includes(id))
      return { isIn: true, byRule: false, why: `chosen by persona ${persona.name}` };
    const wish = persona.preferences?.[props.section];
    if (wish === false) return outside(`persona ${persona.name} does not want ${props.section}`);
    // That the section is wanted does not bring it to branches it is not for: the rule below says so.
    if (wish === true) return undefined;
  }
  return undefined;
}

function judgeByTeam({ id }: Entity<LayerProps>, { teams, branch }: Setting): Verdict | undefined {
  for (const { props: team } of teams) {
    if (!team.layers?.includes(id)) continue;
    const works = (team.branches ?? []).length === 0 || (branch !== undefined && matchesSome(team.branches, branch));
    if (works) return { isIn: true, byRule: false, why: `added by team ${team.name}` };
  }
  return undefined;
}

function judgeByRule(props: LayerProps, { branch, modules, personas }: Setting): Verdict {
  const pattern = fittingPattern(props, branch);
  if (pattern === undefined) {
    return outside(`for branches ${(props.branches ?? []).join(", ")}, not for ${branch ?? "none"}`);
  }
  const onBranch = pattern === "" ? "" : `, branch fits ${pattern}`;
  if (props.inclusion === "always") return inside(`always${onBranch}`);
  if (props.inclusion === "user_pref") {
    const wisher = personas.find(({ props: persona }) => persona.preferences?.[props.section] !== undefined);
    return wisher?.props.preferences?.[props.section] === true
      ? inside(`persona ${wisher.props.name} wants ${props.section}${onBranch}`)
      : outside("only for personas that ask for it");
  }
  const wanted = props.modules ?? [];
  const fitting = wanted.filter((module) => modules.includes(module));
  if (wanted.length > 0 && fitting.length === 0) return outside(`for modules ${wanted.join(", ")}`);
  if (wanted.length === 0 && pattern === "") return outside("depends on context, and names neither branch nor module");
  return inside(
    [
      ...(fitting.length > 0 ? [`module ${fitting.join(", ")}`] : []),
      ...(pattern === "" ? [] : [`branch fits ${pattern}`]),
    ].join(", "),
  );
}

/** By section, the weight of the most telling variant among those that a rule brought in. */
function mostTelling(judged: readonly Judged[], branch: string | undefined): ReadonlyMap<string, number> {
  const best = new Map<string, number>();
  for (const { layer, verdict } of judged) {
    if (!verdict.byRule) continue;
    const slot = slotOf(layer.props);
    best.set(slot, Math.max(best.get(slot) ?? 0, weightOf(layer, branch)));
  }
  return best;
}

function weightOf({ props }: Entity<LayerProps>, branch: string | undefined): number {
  return tellingness(fittingPattern(props, branch) ?? "", branch);
}

function firstOf<Value>(
  chain: readonly Entity<PersonaProps>[],
  read: (props: PersonaProps) => Value | undefined,
): Value | undefined {
  for (const { props } of chain) {
    const value = read(props);
    if (value !== undefined) return value;
  }
  return undefined;
}

function inside(why: string): Verdict {
  return { isIn: true, byRule: true, why };
}

function outside(why: string): Verdict {
  return { isIn: false, byRule: true, why };
}
