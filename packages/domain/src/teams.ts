/** Teams: named, each a part of another one or of none. */
import type { Entity } from "@knotwork/graph";
import { changeNode, type ChangeOptions, editNode, requireNode } from "./change-node.ts";
import { commitWrite, type WriteOptions } from "./commit-write.ts";
import { DomainError } from "./domain-error.ts";
import { instant, type KnotContext } from "./knot-context.ts";
import { assertNotAbove, chainOf } from "./lineage.ts";
import { assertName, assertOwnId } from "./names.ts";
import type { Reader } from "./reader.ts";
import { resolveId } from "./resolve-id.ts";
import { ofType } from "./typed-entity.ts";
import type { KnotTransaction } from "./types/knot-types.ts";
import type { TeamProps } from "./types/team.ts";
import { type View, viewOf } from "./view.ts";

export type Team = View<TeamProps>;

export interface TeamFields {
  readonly name: string;
  readonly description?: string;
  /** Id of the team it is a part of. */
  readonly parent?: string;
  readonly branches?: readonly string[];
  readonly modules?: readonly string[];
  /** Ids of the layers it adds. */
  readonly layers?: readonly string[];
  readonly members?: readonly string[];
}

export interface NewTeam extends TeamFields {
  readonly id?: string;
}

export type UnsettableTeamField = Exclude<keyof TeamFields, "name">;

export interface UpdateTeamOptions extends ChangeOptions {
  readonly unset?: readonly UnsettableTeamField[];
}

/** Every call with an id may throw NOT_FOUND. A call that throws has changed nothing. */
export interface Teams {
  /** @throws ALREADY_EXISTS (name), NOT_FOUND (parent, layer), INVALID_VALUE */
  create(team: NewTeam, options?: WriteOptions): Promise<Team>;
  get(id: string): Promise<Team | undefined>;
  /** By name. */
  list(): Promise<readonly Team[]>;
  /** The id meant by a name, an id or the end of one. @throws NOT_FOUND, AMBIGUOUS_ID */
  resolve(nameOrId: string): Promise<string>;
  /** @throws CYCLE (parent), ALREADY_EXISTS (name), NOT_FOUND; CONFLICT */
  update(id: string, edit: Partial<TeamFields>, options?: UpdateTeamOptions): Promise<Team>;
  /** The team and those it is a part of, nearest first. */
  lineage(id: string): Promise<readonly Team[]>;
}

export function openTeams(context: KnotContext): Teams {
  const { graph } = context;
  return {
    create: (team, options) => createTeam(context, team, options),
    async get(id) {
      const entity = ofType(await graph.get(id), "team");
      return entity === undefined ? undefined : viewOf(entity);
    },
    async list() {
      return (await graph.query("team").orderBy("name").all()).map(viewOf);
    },
    resolve: async (nameOrId) => (await teamNamed(graph, nameOrId))?.id ?? resolveId(context, nameOrId, "team"),
    update: (id, edit, options) => updateTeam(context, id, edit, options),
    async lineage(id) {
      return (await teamChain(graph, await requireNode(graph, "team", id))).map(viewOf);
    },
  };
}

/** The team and those above it, nearest first. */
export async function teamChain(reader: Reader, team: Entity<TeamProps>): Promise<readonly Entity<TeamProps>[]> {
  return chainOf(team, async ({ props }) =>
    props.parent === undefined ? undefined : ofType(await reader.get(props.parent), "team"),
  );
}

async function createTeam(context: KnotContext, input: NewTeam, options: WriteOptions = {}): Promise<Team> {
  const { id, ...fields } = input;
  assertName(fields.name, "name of a team");
  if (id !== undefined) assertOwnId(id);
  const request = { operation: "team create", args: input, options };
  const written = await commitWrite<TeamProps>(context, request, async (tx) => {
    await assertNameFree(tx, fields.name);
    await assertReferences(tx, fields);
    const by = context.agent === undefined ? {} : { filedBy: context.agent };
    const props = { ...fields, filedAt: instant(context), ...by };
    return { entity: await tx.create("team", props, id === undefined ? {} : { id }), result: {} };
  });
  return viewOf(written.entity);
}

async function updateTeam(
  context: KnotContext,
  id: string,
  edit: Partial<TeamFields>,
  { unset = [], ...options }: UpdateTeamOptions = {},
): Promise<Team> {
  if (edit.name !== undefined) assertName(edit.name, "name of a team");
  const change = { type: "team", id, operation: "team update", args: [edit, [...unset]], options } as const;
  const entity = await changeNode(context, change, async (tx, team) => {
    if (edit.name !== undefined && edit.name !== team.props.name) await assertNameFree(tx, edit.name);
    await assertReferences(tx, edit);
    if (edit.parent !== undefined) {
      assertNotAbove(id, await teamChain(tx, await requireNode(tx, "team", edit.parent)), "a part of");
    }
    return editNode<TeamProps>(tx, team, edit, unset);
  });
  return viewOf(entity);
}

async function assertReferences(tx: KnotTransaction, { parent, layers = [] }: Partial<TeamFields>): Promise<void> {
  if (parent !== undefined) await requireNode(tx, "team", parent);
  for (const layer of layers) await requireNode(tx, "layer", layer);
}

async function teamNamed(reader: Reader, name: string): Promise<Entity<TeamProps> | undefined> {
  return reader.query("team").where("name", "=", name).first();
}

async function assertNameFree(tx: KnotTransaction, name: string): Promise<void> {
  const taken = await teamNamed(tx, name);
  if (taken === undefined) return;
  throw new DomainError("ALREADY_EXISTS", `Cannot name a team "${name}": "${taken.id}" has the name`, {
    hint: "Choose another name, or change that team.",
    context: { name, team: taken.id },
  });
}
