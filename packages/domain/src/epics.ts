/** Epics: large aims in phases, which contain sprints and tasks. */
import type { Entity } from "@knotwork/graph";
import { changeNode, type ChangeOptions, editNode, requireNode } from "./change-node.ts";
import { commitWrite, type WriteOptions } from "./commit-write.ts";
import { DomainError, notFound } from "./domain-error.ts";
import { linkEdge } from "./edge-node.ts";
import { type EpicPhase, phaseIndex, readPhase, readPhases, writePhase } from "./epic-phases.ts";
import { type Epic, type EpicFilter, type EpicOverview, epicView, getEpic, listEpics } from "./epic-reads.ts";
import { instant, type KnotContext } from "./knot-context.ts";
import { assertName, assertOwnId, assertTitle } from "./names.ts";
import type { Page } from "./page.ts";
import type { EpicProps, EpicStatus, PhaseStatus } from "./types/epic.ts";
import type { Priority } from "./types/task.ts";

export interface EpicFields {
  readonly title: string;
  readonly description?: string;
  readonly priority?: Priority;
  readonly category?: string;
  readonly tags?: readonly string[];
}

export interface NewEpic extends EpicFields {
  readonly id?: string;
  readonly phases?: readonly NewPhase[];
}

export interface NewPhase {
  readonly name: string;
  readonly description?: string;
}

/** What is set of a phase. */
export interface PhaseEdit {
  readonly status?: PhaseStatus;
  readonly description?: string;
  /** Its place, counted from 1. */
  readonly order?: number;
  /** Ids of sprints to add; they come into the epic, too. */
  readonly addSprints?: readonly string[];
}

export type EpicEdit = Partial<EpicFields> & {
  readonly status?: EpicStatus;
  /** The number of the phase it is in. */
  readonly phase?: number;
};
export type UnsettableEpicField = "description" | "priority" | "category" | "tags" | "phase";

export interface UpdateEpicOptions extends ChangeOptions {
  readonly unset?: readonly UnsettableEpicField[];
}

export interface MemberOptions extends ChangeOptions {
  /** Only check whether it can be done. */
  readonly dryRun?: boolean;
}

/** Every call with an id may throw NOT_FOUND, and every one with `ifVersion` CONFLICT. A call that throws has changed nothing. */
export interface Epics {
  /** @throws ALREADY_EXISTS, INVALID_VALUE */
  create(epic: NewEpic, options?: WriteOptions): Promise<Epic>;
  get(id: string): Promise<EpicOverview | undefined>;
  /** By status as declared, oldest first. */
  list(filter?: EpicFilter): Promise<Page<EpicOverview>>;
  /** @throws INVALID_VALUE */
  update(id: string, edit: EpicEdit, options?: UpdateEpicOptions): Promise<Epic>;
  /** @throws ALREADY_EXISTS when it has a phase of this name */
  addPhase(id: string, phase: NewPhase, options?: ChangeOptions): Promise<Epic>;
  /** Changes the phase of this name, or this number. @throws NOT_FOUND */
  updatePhase(id: string, phase: string, edit: PhaseEdit, options?: ChangeOptions): Promise<Epic>;
  /** Puts sprints and tasks into it, all or none. @throws INVALID_VALUE for anything else */
  add(id: string, members: readonly string[], options?: MemberOptions): Promise<Epic>;
  /** Takes sprints and tasks out of it; they stay. @throws NOT_FOUND */
  remove(id: string, members: readonly string[], options?: MemberOptions): Promise<Epic>;
}

export function openEpics(context: KnotContext): Epics {
  return {
    create: (epic, options) => createEpic(context, epic, options),
    get: (id) => getEpic(context, id),
    list: (filter) => listEpics(context, filter),
    update: (id, edit, options) => updateEpic(context, id, edit, options),
    addPhase: (id, phase, options) => addPhase(context, id, phase, options),
    updatePhase: (id, phase, edit, options) => updatePhase(context, { id, phase }, edit, options),
    add: (id, members, options) => addMembers(context, id, members, options),
    remove: (id, members, options) => removeMembers(context, id, members, options),
  };
}

async function createEpic(context: KnotContext, input: NewEpic, options: WriteOptions = {}): Promise<Epic> {
  const { id, phases = [], ...fields } = input;
  assertTitle(fields.title);
  if (id !== undefined) assertOwnId(id);
  for (const phase of phases) assertName(phase.name, "name of a phase");
  const request = { operation: "epic create", args: input, options };
  const written = await commitWrite<EpicProps>(context, request, async (tx) => {
    const props: EpicProps = {
      ...fields,
      status: "active",
      ...(phases.length === 0 ? {} : { phases: phases.map((phase, index) => writePhase(newPhase(phase, index + 1))) }),
      filedAt: instant(context),
      ...(context.agent === undefined ? {} : { filedBy: context.agent }),
    };
    return { entity: await tx.create("epic", props, id === undefined ? {} : { id }), result: {} };
  });
  return epicView(written.entity);
}

async function updateEpic(
  context: KnotContext,
  id: string,
  edit: EpicEdit,
  { unset = [], ...options }: UpdateEpicOptions = {},
): Promise<Epic> {
  if (edit.title !== undefined) assertTitle(edit.title);
  const change = { type: "epic", id, operation: "epic update", args: [edit, [...unset]], options } as const;
  return epicView(await changeNode(context, change, (tx, epic) => editNode(tx, epic, edit, unset)));
}

async function addPhase(context: KnotContext, id: string, phase: NewPhase, options?: ChangeOptions): Promise<Epic> {
  assertName(phase.name, "name of a phase");
  const change = { type: "epic", id, operation: "epic phase add", args: phase, options } as const;
  const changed = await changeNode(context, change, async (tx, epic) => {
    const phases = epic.props.phases ?? [];
    if (phaseIndex(phases, phase.name) >= 0) throw alreadyAPhase(epic, phase.name);
    const last = Math.max(0, ...readPhases(phases).map(({ order }) => order));
    return editNode(tx, epic, { phases: [...phases, writePhase(newPhase(phase, last + 1))] });
  });
  return epicView(changed);
}

async function updatePhase(
  context: KnotContext,
  { id, phase }: { readonly id: string; readonly phase: string },
  edit: PhaseEdit,
  options?: ChangeOptions,
): Promise<Epic> {
  const { addSprints = [], ...fields } = edit;
  const change = { type: "epic", id, operation: "epic phase update", args: [phase, edit], options } as const;
  const changed = await changeNode(context, change, async (tx, epic) => {
    const phases = epic.props.phases ?? [];
    const index = indexOfPhase(epic, phase);
    const before = phases[index] ?? {};
    for (const sprint of addSprints) {
      await requireNode(tx, "sprint", sprint);
      await linkEdge(tx, { from: id, type: "CONTAINS", to: sprint });
    }
    const read = readPhase(before, index + 1);
    const sprints = [...new Set([...read.sprints, ...addSprints])];
    const edited = writePhase({ ...read, ...fields, sprints }, before);
    return editNode(tx, epic, { phases: phases.map((each, place) => (place === index ? edited : each)) });
  });
  return epicView(changed);
}

async function addMembers(
  context: KnotContext,
  id: string,
  members: readonly string[],
  { dryRun = false, ...options }: MemberOptions = {},
): Promise<Epic> {
  const request = { operation: "epic link", args: [id, [...members]], options, about: id, dryRun };
  const written = await commitWrite<EpicProps>(context, request, async (tx) => {
    const epic = await requireNode(tx, "epic", id);
    for (const member of members) {
      const { type } = (await tx.get(member)) ?? {};
      if (type === undefined) throw notFound("entity", member);
      if (type !== "sprint" && type !== "task") throw noMember(id, member, type);
      await linkEdge(tx, { from: id, type: "CONTAINS", to: member });
    }
    return { entity: epic, result: {} };
  });
  return epicView(written.entity);
}

async function removeMembers(
  context: KnotContext,
  id: string,
  members: readonly string[],
  { dryRun = false, ...options }: MemberOptions = {},
): Promise<Epic> {
  const request = { operation: "epic unlink", args: [id, [...members]], options, about: id, dryRun };
  const written = await commitWrite<EpicProps>(context, request, async (tx) => {
    const epic = await requireNode(tx, "epic", id);
    for (const member of members) {
      if ((await tx.getEdge(id, "CONTAINS", member)) === undefined) throw notFound(`member of epic ${id}`, member);
      await tx.unlink(id, "CONTAINS", member);
    }
    return { entity: await withoutSprints(tx, epic, members), result: {} };
  });
  return epicView(written.entity);
}

/** A sprint that leaves the epic leaves its phases, too. */
async function withoutSprints(
  tx: Parameters<typeof editNode>[0],
  epic: Entity<EpicProps>,
  members: readonly string[],
): Promise<Entity<EpicProps>> {
  const phases = epic.props.phases ?? [];
  const without = phases.map((phase, index) => {
    const read = readPhase(phase, index + 1);
    const sprints = read.sprints.filter((sprint) => !members.includes(sprint));
    return sprints.length === read.sprints.length ? phase : writePhase({ ...read, sprints }, phase);
  });
  return phases.length === 0 ? epic : editNode(tx, epic, { phases: without });
}

function newPhase({ name, description }: NewPhase, order: number): EpicPhase {
  return { name, status: "pending", order, ...(description === undefined ? {} : { description }), sprints: [] };
}

function indexOfPhase(epic: Entity<EpicProps>, wanted: string): number {
  const phases = epic.props.phases ?? [];
  const byName = phaseIndex(phases, wanted);
  if (byName >= 0) return byName;
  const byOrder = phases.findIndex((phase, index) => String(readPhase(phase, index + 1).order) === wanted);
  if (byOrder >= 0) return byOrder;
  const names = readPhases(phases).map(({ name }) => name);
  throw new DomainError("NOT_FOUND", `Cannot find phase "${wanted}" of epic "${epic.id}": it has no such phase`, {
    hint: names.length === 0 ? "It has no phases yet: add one." : `Its phases: ${names.join(", ")}.`,
    context: { epic: epic.id, phase: wanted },
  });
}

function alreadyAPhase(epic: Entity<EpicProps>, name: string): DomainError {
  return new DomainError("ALREADY_EXISTS", `Cannot add phase "${name}" to epic "${epic.id}": it has one of this name`, {
    hint: "Change that phase, or choose another name.",
    context: { epic: epic.id, phase: name },
  });
}

function noMember(id: string, member: string, type: string): DomainError {
  return new DomainError("INVALID_VALUE", `Cannot put "${member}" into epic "${id}": it is a ${type}`, {
    hint: "An epic contains sprints and tasks.",
    context: { epic: id, member, type },
  });
}
