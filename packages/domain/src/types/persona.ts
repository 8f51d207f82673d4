/** The persona: a way of working that layers are chosen for. */
import { defineType } from "@knotwork/graph";
import { type KnotType, lazySchema } from "./lazy-schema.ts";
import { sourceIndex, type RecordProps } from "./source.ts";

export interface PersonaProps extends RecordProps {
  readonly name: string;
  /** developer, qa, devops … */
  readonly role?: string;
  readonly description?: string;
  /** Id of its team. */
  readonly team?: string;
  /** Id of the persona whose choices hold where this one says nothing. */
  readonly inheritsFrom?: string;
  /** By section: wanted or not. */
  readonly preferences?: Readonly<Record<string, boolean>>;
  readonly defaultBranch?: string;
  readonly defaultModules?: readonly string[];
  /** Ids of layers it has in any case. */
  readonly customLayers?: readonly string[];
  /** Ids of layers it has in no case. */
  readonly excludedLayers?: readonly string[];
}

export const personaType: KnotType<"persona", PersonaProps> = defineType("persona", {
  fields: lazySchema<PersonaProps>(async () => (await import("./schemas.ts")).personaSchema),
  endings: true,
  idPrefix: "PP",
  indexes: [["name"], sourceIndex],
});
