/** The agents that made themselves known, and their roles. Working needs no registration; being addressed by a role does. */
import type { Entity } from "@knotwork/graph";
import { commitWrite, type WriteOptions } from "./commit-write.ts";
import { instant, type KnotContext } from "./knot-context.ts";
import { assertName } from "./names.ts";
import type { Reader } from "./reader.ts";
import type { AgentProps } from "./types/agent.ts";
import { type View, viewOf } from "./view.ts";
import { updateNode } from "./typed-entity.ts";

export type Agent = View<AgentProps>;

export interface AgentFields {
  /** Names that handoffs may address it by, beside its own. */
  readonly roles?: readonly string[];
  readonly description?: string;
}

export interface Agents {
  /** Makes an agent known, or changes what is known of it. Ten at once under one name are one agent. */
  register(name: string, fields?: AgentFields, options?: WriteOptions): Promise<Agent>;
  get(name: string): Promise<Agent | undefined>;
  list(): Promise<readonly Agent[]>;
}

export function openAgents(context: KnotContext): Agents {
  return {
    register: (name, fields, options) => registerAgent(context, name, fields, options),
    async get(name) {
      const agent = await findAgent(context.graph, name);
      return agent === undefined ? undefined : viewOf(agent);
    },
    async list() {
      const agents = await context.graph.query("agent").orderBy("name").all();
      return agents.map(viewOf);
    },
  };
}

export async function findAgent(reader: Reader, name: string): Promise<Entity<AgentProps> | undefined> {
  return reader.query("agent").where("name", "=", name).first();
}

/** Whether a handoff to `addressee` is meant for the agent: by its name, or by a role it has. */
export async function answersTo(reader: Reader, agent: string, addressee: string): Promise<boolean> {
  if (agent === addressee) return true;
  const known = await findAgent(reader, agent);
  return (known?.props.roles ?? []).includes(addressee);
}

async function registerAgent(
  context: KnotContext,
  name: string,
  fields: AgentFields = {},
  options: WriteOptions = {},
): Promise<Agent> {
  assertName(name, "agent name");
  for (const role of fields.roles ?? []) assertName(role, "role");
  const request = {
    operation: "agent register",
    args: [name, { ...fields, roles: [...(fields.roles ?? [])] }],
    options,
  };
  const written = await commitWrite<AgentProps>(context, request, async (tx) => {
    const known = await findAgent(tx, name);
    if (known === undefined) {
      const created = await tx.create("agent", { name, ...fields, filedAt: instant(context) });
      return { entity: created, result: {} };
    }
    const same = Object.entries(fields).every(
      ([field, value]) => JSON.stringify(known.props[field as keyof AgentProps]) === JSON.stringify(value),
    );
    return { entity: same ? known : await updateNode(tx, known, { ...fields }), result: {} };
  });
  return viewOf(written.entity);
}
