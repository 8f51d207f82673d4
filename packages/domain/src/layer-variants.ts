/** Which variant of a section a branch has: the one whose branch pattern is the most telling. */
import type { Entity } from "@knotwork/graph";
import { matchesName } from "./glob.ts";
import type { Reader } from "./reader.ts";
import { byPlace, slotOf } from "./layer-view.ts";
import type { LayerProps } from "./types/layer.ts";

/** In the order they are read. */
export async function allLayers(reader: Reader): Promise<readonly Entity<LayerProps>[]> {
  return [...(await reader.query("layer").all())].sort(byPlace);
}

/** The pattern of a layer that fits the branch best; undefined: it has patterns, and none fits. "" stands for no pattern. */
export function fittingPattern({ branches = [] }: LayerProps, branch: string | undefined): string | undefined {
  if (branches.length === 0) return "";
  if (branch === undefined) return undefined;
  const fitting = branches.filter((pattern) => matchesName(pattern, branch));
  return fitting.sort((a, b) => tellingness(b, branch) - tellingness(a, branch))[0];
}

/** The branch itself before patterns, longer patterns before shorter ones, all before none. */
export function tellingness(pattern: string, branch: string | undefined): number {
  if (pattern === branch) return Number.MAX_SAFE_INTEGER;
  return pattern.length;
}

/** The layers a branch has, one for each section; of equally telling ones the newest. */
export function layersOfBranch(
  layers: readonly Entity<LayerProps>[],
  branch: string,
): ReadonlyMap<string, Entity<LayerProps>> {
  const best = new Map<string, { readonly layer: Entity<LayerProps>; readonly weight: number }>();
  for (const layer of layers) {
    const pattern = fittingPattern(layer.props, branch);
    if (pattern === undefined) continue;
    const weight = tellingness(pattern, branch);
    const slot = slotOf(layer.props);
    const before = best.get(slot);
    if (before === undefined || weight >= before.weight) best.set(slot, { layer, weight });
  }
  return new Map([...best].map(([slot, { layer }]) => [slot, layer]));
}
