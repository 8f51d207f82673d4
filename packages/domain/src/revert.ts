/**
 * Back to an earlier version, by a new one: history is never rewritten.
 *
 * What is brought back are the fields that say something about an entity. Where it stands is not: a task is moved by the
 * rules of its lifecycle, as if by the command for it, and the fields that tell how a decision, a sprint … came to its
 * status stay as they are. A deleted entity comes back without its edges.
 */
import type { Entity, JsonObject, JsonValue, StoredVersion } from "@knotwork/graph";
import { assertMayAct, type ClaimProof, endClaim, readClaim } from "./claim-node.ts";
import type { ChangeOptions } from "./commit-write.ts";
import { DomainError, notFound } from "./domain-error.ts";
import { type FieldChange, fieldChanges } from "./field-changes.ts";
import type { KnotContext } from "./knot-context.ts";
import { moveTask } from "./lifecycle.ts";
import { stampsOf } from "./task-edits.ts";
import { assertVersion } from "./assert-version.ts";
import { transactOrRehearse } from "./rehearse.ts";
import { ofType } from "./typed-entity.ts";
import type { KnotTransaction } from "./types/knot-types.ts";
import type { TaskStatus } from "./types/task.ts";

export interface RevertOptions extends ClaimProof, ChangeOptions {
  /** Only say what would change. */
  readonly dryRun?: boolean;
}

export interface Reverted {
  readonly id: string;
  readonly type: string;
  /** The version that is brought back. */
  readonly to: number;
  /** The version there is now; with `dryRun`, and when nothing differs, the one there was. */
  readonly version: number;
  /** A deleted entity came back; its edges did not. */
  readonly restored: boolean;
  readonly changes: readonly FieldChange[];
  /** Fields that differ and stay as they are now: rules of their own say how they change. */
  readonly kept: readonly string[];
}

/** What the rules of each kind of record write, and nobody sets. */
const ruledFields: ReadonlySet<string> = new Set([
  "status",
  "startedAt",
  "startedBy",
  "completedAt",
  "completedBy",
  "blockedReason",
  "supersededBy",
  "retiredReason",
  "owner",
  "filedAt",
  "filedBy",
  "source",
]);

/** Never changed by anybody, or only by rules of their own. */
const fixedTypes: ReadonlySet<string> = new Set(["claim", "handoff", "note", "commit", "author", "file"]);

/** @throws DomainError NOT_FOUND, INVALID_VALUE, CLAIM_HELD, STALE_FENCE, and what the move of a task throws */
export async function revertEntity(
  context: KnotContext,
  id: string,
  to: number,
  options: RevertOptions = {},
): Promise<Reverted> {
  const { dryRun = false, ifVersion, fence, token, ...transactOptions } = options;
  const proof = { ...(fence === undefined ? {} : { fence }), ...(token === undefined ? {} : { token }) };
  const versions = await context.graph.history(id);
  const target = versions.find(({ version }) => version === to);
  if (versions.length === 0) throw notFound("entity", id);
  if (target === undefined || target.deleted) throw noSuchVersion(id, to, versions.length);
  if (fixedTypes.has(target.type) || target.from !== undefined) throw fixed(target);
  const change = async (tx: KnotTransaction): Promise<Reverted> => {
    const current = await tx.get(id);
    const head = { id, type: target.type, to };
    if (current === undefined) {
      // The schema of its type checks it; the compiler cannot know which of the types it is.
      const created = await tx.create(target.type as "task", restoredProps(target) as never, { id });
      const changes = fieldChanges({}, created.props as unknown as JsonObject);
      return { ...head, version: created.version, restored: true, changes, kept: [] };
    }
    assertVersion(current, ifVersion);
    const plan = planOf(current, target);
    if (plan.changes.length > 0) await applyPlan(context, tx, { current, plan, proof });
    const version = dryRun ? current.version : ((await tx.get(id))?.version ?? current.version);
    return { ...head, version, restored: false, ...plan };
  };
  const args = [id, to, ifVersion ?? null, fence ?? null];
  return transactOrRehearse(context, change, { ...transactOptions, operation: "revert", args, dryRun });
}

interface Plan {
  readonly changes: readonly FieldChange[];
  readonly kept: readonly string[];
}

/** From how it is to how it was, the fields that have rules of their own set apart. A task can be moved to its old status. */
function planOf(current: Entity, target: StoredVersion): Plan {
  const all = fieldChanges(current.props, target.props);
  const isRuled = ({ field }: FieldChange): boolean =>
    ruledFields.has(field) && !(field === "status" && current.type === "task");
  return { changes: all.filter((each) => !isRuled(each)), kept: all.filter(isRuled).map(({ field }) => field) };
}

interface PlannedRevert {
  readonly current: Entity;
  readonly plan: Plan;
  readonly proof: ClaimProof;
}

async function applyPlan(
  context: KnotContext,
  tx: KnotTransaction,
  { current, plan, proof }: PlannedRevert,
): Promise<void> {
  const { id } = current;
  const status = plan.changes.find(({ field }) => field === "status")?.to as TaskStatus | undefined;
  const movesWork = plan.changes.some(({ field }) => field === "status" || field === "assignee");
  const task = ofType(current, "task");
  if (task !== undefined && (movesWork || proof.fence !== undefined || proof.token !== undefined)) {
    assertMayAct(context, id, await readClaim(tx, id), proof);
  }
  const fields = plan.changes.filter(({ field }) => task === undefined || field !== "status");
  const set: Record<string, JsonValue> = {};
  for (const { field, to } of fields) if (to !== undefined) set[field] = to;
  const unset = fields.filter(({ to }) => to === undefined).map(({ field }) => field);
  if (fields.length > 0) await tx.update(id, set, { unset });
  if (task === undefined || status === undefined) return;
  await endClaim(tx, await readClaim(tx, id));
  await moveTask(tx, ofType(await tx.get(id), "task") ?? task, status, stampsOf(context, status));
}

/** A task that was being worked on comes back open: nobody works on it now. */
function restoredProps({ type, props }: StoredVersion): JsonObject {
  if (type !== "task" || props["status"] !== "in_progress") return props;
  const { startedAt: _at, startedBy: _by, ...rest } = props;
  return { ...rest, status: "pending" };
}

function noSuchVersion(id: string, version: number, count: number): DomainError {
  return new DomainError(
    "INVALID_VALUE",
    `Cannot revert "${id}" to version ${version}: there is no such version to return to`,
    {
      hint: `There are ${count} versions: see the history of it.`,
      context: { id, version },
    },
  );
}

function fixed({ id, type, from }: StoredVersion): DomainError {
  const what = from === undefined ? type : "edge";
  return new DomainError("INVALID_VALUE", `Cannot revert ${what} "${id}": it changes by rules of its own`, {
    hint: "Use the commands for it, or add what you have to say as a note.",
    context: { id, type },
  });
}
