/** Personas: ways of working that layers are chosen for; what one does not say, the one it inherits from says. */
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
import type { PersonaProps } from "./types/persona.ts";
import { type View, viewOf } from "./view.ts";

export type Persona = View<PersonaProps>;

export interface PersonaFields {
  readonly name: string;
  readonly role?: string;
  readonly description?: string;
  /** Id of its team. */
  readonly team?: string;
  /** Id of the persona it inherits from. */
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

export interface NewPersona extends PersonaFields {
  readonly id?: string;
}

export type UnsettablePersonaField = Exclude<keyof PersonaFields, "name">;

/** Fields to set; of `wishes` each is changed and the others stay. */
export type PersonaEdit = Partial<PersonaFields> & { readonly wishes?: Readonly<Record<string, boolean>> };

export interface UpdatePersonaOptions extends ChangeOptions {
  readonly unset?: readonly UnsettablePersonaField[];
}

/** Every call with an id may throw NOT_FOUND. A call that throws has changed nothing. */
export interface Personas {
  /** @throws ALREADY_EXISTS (name), NOT_FOUND (team, persona, layer), INVALID_VALUE */
  create(persona: NewPersona, options?: WriteOptions): Promise<Persona>;
  get(id: string): Promise<Persona | undefined>;
  /** By name. */
  list(): Promise<readonly Persona[]>;
  /** The id meant by a name, an id or the end of one. @throws NOT_FOUND, AMBIGUOUS_ID */
  resolve(nameOrId: string): Promise<string>;
  /** @throws CYCLE (inheritsFrom), ALREADY_EXISTS (name), NOT_FOUND; CONFLICT */
  update(id: string, edit: PersonaEdit, options?: UpdatePersonaOptions): Promise<Persona>;
  /** The persona and those it inherits from, nearest first. */
  lineage(id: string): Promise<readonly Persona[]>;
}

export function openPersonas(context: KnotContext): Personas {
  const { graph } = context;
  return {
    create: (persona, options) => createPersona(context, persona, options),
    async get(id) {
      const entity = ofType(await graph.get(id), "persona");
      return entity === undefined ? undefined : viewOf(entity);
    },
    async list() {
      return (await graph.query("persona").orderBy("name").all()).map(viewOf);
    },
    resolve: async (nameOrId) => (await personaNamed(graph, nameOrId))?.id ?? resolveId(context, nameOrId, "persona"),
    update: (id, edit, options) => updatePersona(context, id, edit, options),
    async lineage(id) {
      return (await personaChain(graph, await requireNode(graph, "persona", id))).map(viewOf);
    },
  };
}

/** The persona and those it inherits from, nearest first. */
export async function personaChain(
  reader: Reader,
  persona: Entity<PersonaProps>,
): Promise<readonly Entity<PersonaProps>[]> {
  return chainOf(persona, async ({ props }) =>
    props.inheritsFrom === undefined ? undefined : ofType(await reader.get(props.inheritsFrom), "persona"),
  );
}

async function createPersona(context: KnotContext, input: NewPersona, options: WriteOptions = {}): Promise<Persona> {
  const { id, ...fields } = input;
  assertName(fields.name, "name of a persona");
  if (id !== undefined) assertOwnId(id);
  const request = { operation: "persona create", args: input, options };
  const written = await commitWrite<PersonaProps>(context, request, async (tx) => {
    await assertNameFree(tx, fields.name);
    await assertReferences(tx, fields);
    const by = context.agent === undefined ? {} : { filedBy: context.agent };
    const props = { ...fields, filedAt: instant(context), ...by };
    return { entity: await tx.create("persona", props, id === undefined ? {} : { id }), result: {} };
  });
  return viewOf(written.entity);
}

async function updatePersona(
  context: KnotContext,
  id: string,
  input: PersonaEdit,
  { unset = [], ...options }: UpdatePersonaOptions = {},
): Promise<Persona> {
  const { wishes, ...edit } = input;
  if (edit.name !== undefined) assertName(edit.name, "name of a persona");
  const change = { type: "persona", id, operation: "persona update", args: [input, [...unset]], options } as const;
  const entity = await changeNode(context, change, async (tx, persona) => {
    if (edit.name !== undefined && edit.name !== persona.props.name) await assertNameFree(tx, edit.name);
    await assertReferences(tx, edit);
    if (edit.inheritsFrom !== undefined) {
      const above = await requireNode(tx, "persona", edit.inheritsFrom);
      assertNotAbove(id, await personaChain(tx, above), "inherit from");
    }
    const preferences = wishes === undefined ? {} : { preferences: { ...persona.props.preferences, ...wishes } };
    return editNode<PersonaProps>(tx, persona, { ...edit, ...preferences }, unset);
  });
  return viewOf(entity);
}

async function assertReferences(tx: KnotTransaction, fields: Partial<PersonaFields>): Promise<void> {
  const { team, inheritsFrom, customLayers = [], excludedLayers = [] } = fields;
  if (team !== undefined) await requireNode(tx, "team", team);
  if (inheritsFrom !== undefined) await requireNode(tx, "persona", inheritsFrom);
  for (const layer of [...customLayers, ...excludedLayers]) await requireNode(tx, "layer", layer);
}

async function personaNamed(reader: Reader, name: string): Promise<Entity<PersonaProps> | undefined> {
  return reader.query("persona").where("name", "=", name).first();
}

async function assertNameFree(tx: KnotTransaction, name: string): Promise<void> {
  const taken = await personaNamed(tx, name);
  if (taken === undefined) return;
  throw new DomainError("ALREADY_EXISTS", `Cannot name a persona "${name}": "${taken.id}" has the name`, {
    hint: "Choose another name, or change that persona.",
    context: { name, persona: taken.id },
  });
}
