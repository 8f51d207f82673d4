/** The declaration of an edge type of the users' own: what it means, and whether it may form circles. */
import { defineType } from "@knotwork/graph";
import { type KnotType, lazySchema } from "./lazy-schema.ts";
import type { RecordProps } from "./source.ts";

export interface EdgeTypeProps extends RecordProps {
  readonly name: string;
  readonly description?: string;
  /** Edges of this type never lead back to where they started. */
  readonly acyclic: boolean;
}

export const edgeTypeType: KnotType<"edge_type", EdgeTypeProps> = defineType("edge_type", {
  fields: lazySchema<EdgeTypeProps>(async () => (await import("./schemas.ts")).edgeTypeSchema),
  endings: true,
  idPrefix: "ET",
  indexes: [["name"]],
});
