/** The agent: a name that works here, and the roles that handoffs may address it by. */
import { defineType } from "@knotwork/graph";
import { type KnotType, lazySchema } from "./lazy-schema.ts";
import type { RecordProps } from "./source.ts";

export interface AgentProps extends RecordProps {
  readonly name: string;
  readonly roles?: readonly string[];
  readonly description?: string;
}

export const agentType: KnotType<"agent", AgentProps> = defineType("agent", {
  fields: lazySchema<AgentProps>(async () => (await import("./schemas.ts")).agentSchema),
  endings: true,
  idPrefix: "A",
  indexes: [["name"]],
});
