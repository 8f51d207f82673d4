/** Weights of edges and nodes, from their properties. */
import type { Entity } from "../entity.ts";
import { GraphError } from "../graph-error.ts";
import { fieldValue } from "../index-keys.ts";

/** The name of a property (dotted names reach into objects), or a function. Weights are numbers >= 0. */
export type Weight<Item extends Entity> = string | ((item: Item) => number | undefined);

export interface WeightOptions<Item extends Entity> {
  readonly weight: Weight<Item>;
  /** For what has no weight. Without it that is an error. */
  readonly otherwise?: number;
}

/** @throws GraphError INVALID_WEIGHT when it is missing, negative or no finite number */
export function weightOf<Item extends Entity>(item: Item, { weight, otherwise }: WeightOptions<Item>): number {
  const given = typeof weight === "string" ? fieldValue(item.props, weight) : weight(item);
  const value = given === undefined || given === null ? otherwise : given;
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
  const what = value === undefined ? "it has none" : `it is ${JSON.stringify(value)}`;
  const name = typeof weight === "string" ? weight : "weight";
  throw new GraphError("INVALID_WEIGHT", `Cannot use the weight "${name}" of ${item.type} ${item.id}: ${what}`, {
    hint: "A weight is a number of 0 or more. Correct the property, leave the entity out by a filter, or give `otherwise`.",
    context: { id: item.id, type: item.type, name },
  });
}
