/** The team: who belongs together, which layers it adds on its branches, and the team it is a part of. */
import { defineType, type JsonObject } from "@knotwork/graph";
import { type KnotType, lazySchema } from "./lazy-schema.ts";
import { sourceIndex, type RecordProps } from "./source.ts";

export interface TeamProps extends RecordProps {
  readonly name: string;
  readonly description?: string;
  /** Id of the team it is a part of: its layers and modules hold here, too. */
  readonly parent?: string;
  /** Patterns (fnmatch) of the branches it works on; none: all. */
  readonly branches?: readonly string[];
  readonly modules?: readonly string[];
  /** Ids of the layers it adds. */
  readonly layers?: readonly string[];
  /** Names of agents and people. */
  readonly members?: readonly string[];
  readonly settings?: JsonObject;
}

export const teamType: KnotType<"team", TeamProps> = defineType("team", {
  fields: lazySchema<TeamProps>(async () => (await import("./schemas.ts")).teamSchema),
  endings: true,
  idPrefix: "TEAM",
  indexes: [["name"], sourceIndex],
});
