/** What a batch can do: the operations of the domain that change something, by the names of their commands. */
import type { ClaimProof } from "./claim-node.ts";
import { type NewDecision, openDecisions } from "./decisions.ts";
import { openEdges } from "./edges.ts";
import { type NewHandoff, openHandoffs } from "./handoffs.ts";
import type { KnotContext } from "./knot-context.ts";
import { type NewNote, openNotes } from "./notes.ts";
import type { NewTask, UnsettableField, UpdateOptions } from "./task-edits.ts";
import { openTasks, type Tasks } from "./tasks.ts";

export type FieldKind = "id" | "ids" | "text" | "texts" | "number" | "object";
export type BatchInput = Readonly<Record<string, unknown>>;

export interface BatchOutcome {
  /** Of what was made or changed. */
  readonly id: string;
  readonly version?: number;
  readonly fence?: number;
  /** Of a claim: owns it. */
  readonly token?: string;
}

export interface BatchOperation {
  readonly fields: Readonly<Record<string, FieldKind>>;
  readonly needs: readonly string[];
  run(context: KnotContext, input: BatchInput): Promise<BatchOutcome>;
}

const taskFields = {
  description: "text",
  priority: "text",
  category: "text",
  tags: "texts",
  estimateHours: "number",
  assignee: "text",
  due: "text",
} as const;
const proof = { fence: "number", token: "text" } as const;
const guarded = { ...proof, ifVersion: "number" } as const;
const decisionFields = {
  title: "text",
  context: "text",
  rationale: "text",
  alternatives: "texts",
  consequences: "texts",
  tags: "texts",
  affects: "ids",
  status: "text",
} as const;

/** The input of operations on tasks, once its kinds are checked. */
interface TaskInput {
  readonly fence?: number;
  readonly token?: string;
  readonly ifVersion?: number;
  readonly unset?: readonly UnsettableField[];
  readonly reason?: string;
  readonly retrospective?: string;
  readonly on?: readonly string[];
}

/** An operation on a task that is there; what is left of the input beside the id goes to it as options. */
function onTask(
  fields: Readonly<Record<string, FieldKind>>,
  run: (tasks: Tasks, id: string, rest: TaskInput) => Promise<{ id: string; version: number }>,
  needs: readonly string[] = [],
): BatchOperation {
  return {
    fields: { id: "id", ...fields },
    needs: ["id", ...needs],
    run: async (context, { id, ...rest }) => {
      const { id: done, version } = await run(openTasks(context), id as string, rest);
      return { id: done, version };
    },
  };
}

export const batchOperations: Readonly<Record<string, BatchOperation>> = {
  "task create": {
    fields: {
      id: "text",
      title: "text",
      ...taskFields,
      parent: "id",
      containedIn: "id",
      dependsOn: "ids",
      blocks: "ids",
    },
    needs: ["title"],
    run: async (context, input) => idAndVersion(await openTasks(context).create(input as unknown as NewTask)),
  },
  "task update": onTask(
    { title: "text", status: "text", retrospective: "text", ...taskFields, unset: "texts", ...guarded },
    (tasks, id, { fence, token, ifVersion, unset, ...edit }) =>
      tasks.update(id, edit, given({ fence, token, ifVersion, unset }) satisfies UpdateOptions),
  ),
  "task start": onTask(guarded, (tasks, id, options) => tasks.start(id, options)),
  "task complete": onTask({ retrospective: "text", ...guarded }, (tasks, id, options) => tasks.complete(id, options)),
  "task block": onTask(
    { reason: "text", ...guarded },
    (tasks, id, { reason, ...options }) => tasks.block(id, reason ?? "", options),
    ["reason"],
  ),
  "task unblock": onTask(guarded, (tasks, id, options) => tasks.unblock(id, options)),
  "task reopen": onTask(guarded, (tasks, id, options) => tasks.reopen(id, options)),
  "task defer": onTask(guarded, (tasks, id, options) => tasks.defer(id, options)),
  "task cancel": onTask(guarded, (tasks, id, options) => tasks.cancel(id, options)),
  "task depends": onTask(
    { on: "ids", ...guarded },
    (tasks, id, { on, ...options }) => tasks.depends(id, on ?? [], options),
    ["on"],
  ),
  "task delete": onTask(guarded, async (tasks, id, options) => (await tasks.delete(id, options)).task),
  "task release": onTask(guarded, (tasks, id, options) => tasks.release(id, options)),
  "task claim": {
    fields: { id: "id", ttlMs: "number", token: "text" },
    needs: ["id"],
    run: async (context, { id, ...options }) => {
      const { task, fence, token } = await openTasks(context).claim(id as string, options);
      return { ...idAndVersion(task), fence, ...(token === undefined ? {} : { token }) };
    },
  },
  "decision log": {
    fields: { id: "text", ...decisionFields },
    needs: ["title"],
    run: async (context, input) => idAndVersion(await openDecisions(context).log(input as unknown as NewDecision)),
  },
  "decision supersede": {
    fields: { supersedes: "id", ...decisionFields },
    needs: ["supersedes", "title"],
    run: async (context, { supersedes, ...by }) =>
      idAndVersion(await openDecisions(context).supersede(supersedes as string, by as unknown as NewDecision)),
  },
  "decision retire": {
    fields: { id: "id", reason: "text" },
    needs: ["id", "reason"],
    run: async (context, { id, reason }) =>
      idAndVersion(await openDecisions(context).retire(id as string, reason as string)),
  },
  "handoff initiate": {
    fields: {
      task: "id",
      to: "text",
      instructions: "text",
      done: "texts",
      remaining: "texts",
      decisions: "texts",
      uncertain: "texts",
      questions: "texts",
      files: "texts",
      artifacts: "texts",
      branch: "text",
      context: "object",
      ...proof,
    },
    needs: ["task", "to"],
    run: async (context, { task, fence, token, ...message }) =>
      idAndVersion(
        await openHandoffs(context).initiate(task as string, message as unknown as NewHandoff, proofOf(fence, token)),
      ),
  },
  "handoff complete": {
    fields: { id: "id", result: "object", artifacts: "texts" },
    needs: ["id"],
    run: async (context, { id, ...options }) =>
      idAndVersion(await openHandoffs(context).complete(id as string, options)),
  },
  "handoff reject": {
    fields: { id: "id", reason: "text" },
    needs: ["id", "reason"],
    run: async (context, { id, reason }) =>
      idAndVersion(await openHandoffs(context).reject(id as string, reason as string)),
  },
  "edge add": {
    fields: { from: "id", type: "text", to: "id", weight: "number", confidence: "number", properties: "object" },
    needs: ["from", "type", "to"],
    run: async (context, { from, type, to, ...props }) =>
      idAndVersion(await openEdges(context).add(from as string, type as string, to as string, props)),
  },
  "edge remove": {
    fields: { from: "id", type: "text", to: "id" },
    needs: ["from", "type", "to"],
    run: async (context, { from, type, to }) =>
      idAndVersion(await openEdges(context).remove(from as string, type as string, to as string)),
  },
  note: {
    fields: { about: "id", text: "text", kind: "text", fence: "number", token: "text" },
    needs: ["about", "text"],
    run: async (context, { about, fence, token, ...note }) =>
      idAndVersion(await openNotes(context).add(about as string, note as unknown as NewNote, proofOf(fence, token))),
  },
};

function idAndVersion({ id, version }: { readonly id: string; readonly version: number }): BatchOutcome {
  return { id, version };
}

/** The kinds of both are checked. */
function proofOf(fence: unknown, token: unknown): ClaimProof {
  return given({ fence: fence as number | undefined, token: token as string | undefined });
}

/** The object without its `undefined` fields. */
function given<Fields extends object>(
  fields: Fields,
): { readonly [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as { readonly [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };
}
