/** What the match being built binds: the names, and what injectivity forbids to meet again. */
import type { Edge, Entity } from "../entity.ts";
import type { Injectivity } from "./pattern-spec.ts";
import type { Bound, MatchRow } from "./run-pattern.ts";

export class MatchState {
  readonly #injectivity: Injectivity;
  readonly #boundByName = new Map<string, Bound>();
  readonly #edgeIds = new Set<string>();
  /** Named, or inside a path. */
  readonly #nodeIds = new Set<string>();

  constructor(injectivity: Injectivity) {
    this.#injectivity = injectivity;
  }

  node(name: string): Entity | undefined {
    return this.#boundByName.get(name) as Entity | undefined;
  }

  mayUseEdge(id: string): boolean {
    return this.#injectivity === "none" || !this.#edgeIds.has(id);
  }

  /** Whether a node may be named, or lie inside a path. */
  mayUseNode(id: string): boolean {
    return this.#injectivity !== "nodes" || !this.#nodeIds.has(id);
  }

  /** Whether a path may end at a node that lies inside it. */
  mayPassItsEnd(): boolean {
    return this.#injectivity !== "nodes";
  }

  bindNode(name: string, node: Entity): void {
    this.#boundByName.set(name, node);
    this.#nodeIds.add(node.id);
  }

  unbindNode(name: string, node: Entity): void {
    this.#boundByName.delete(name);
    this.#nodeIds.delete(node.id);
  }

  /** The edges of a step, and the nodes inside its path. */
  useStep(edgeIds: readonly string[], innerIds: readonly string[]): void {
    for (const id of edgeIds) this.#edgeIds.add(id);
    for (const id of innerIds) this.#nodeIds.add(id);
  }

  freeStep(edgeIds: readonly string[], innerIds: readonly string[]): void {
    for (const id of edgeIds) this.#edgeIds.delete(id);
    for (const id of innerIds) this.#nodeIds.delete(id);
  }

  bindEdge(name: string, edges: Edge | readonly Edge[]): void {
    this.#boundByName.set(name, edges);
  }

  unbindEdge(name: string): void {
    this.#boundByName.delete(name);
  }

  row(names: readonly string[]): MatchRow {
    return Object.freeze(Object.fromEntries(names.map((name) => [name, this.#boundByName.get(name)])));
  }
}
