/** One mutating call of the domain = one transaction: options, idempotency and the shape of what comes back, in one place. */
import type { Durability, Entity, JsonObject } from "@knotwork/graph";
import { assertVersion } from "./assert-version.ts";
import { requestFingerprint } from "./canonical-json.ts";
import { notFound } from "./domain-error.ts";
import type { KnotContext } from "./knot-context.ts";
import { rehearse } from "./rehearse.ts";
import type { KnotTransaction } from "./types/knot-types.ts";

/** What every mutating call accepts. */
export interface WriteOptions {
  /** The same key again, with the same arguments, changes nothing and answers with the entity as it is now. */
  readonly idempotencyKey?: string;
  /** The reasoning session the commit belongs to. */
  readonly session?: string;
  readonly durability?: Durability;
  readonly signal?: AbortSignal;
}

/** For calls about an entity that is there. */
export interface ChangeOptions extends WriteOptions {
  /** Refuse (CONFLICT) unless it still has this version. */
  readonly ifVersion?: number;
}

export interface WriteRequest {
  /** Names the call, and with the arguments tells a repeated request from another one under the same key. */
  readonly operation: string;
  readonly args: unknown;
  readonly options: ChangeOptions;
  /** The entity that `ifVersion` speaks of. */
  readonly about?: string;
  /** Only look: everything is checked, nothing is written, and there is no commit (seq 0). */
  readonly dryRun?: boolean;
}

export interface Written<Props extends object, Result extends JsonObject = JsonObject> {
  /** The entity the call was about, as committed. */
  readonly entity: Entity<Props>;
  readonly result: Result;
  /** The commit. */
  readonly seq: number;
  readonly duplicate: boolean;
}

export interface Change<Props extends object, Result extends JsonObject> {
  readonly entity: Entity<Props>;
  /** Small: kept for ever beside the idempotency key. */
  readonly result: Result;
}

/**
 * Runs `change` in a transaction and gives what it returned, stamped with the commit.
 *
 * @throws ConflictError when `about` has another version; what `change` throws, and what `Graph.transact` throws
 */
export async function commitWrite<Props extends object, Result extends JsonObject = JsonObject>(
  context: KnotContext,
  request: WriteRequest,
  change: (tx: KnotTransaction) => Promise<Change<Props, Result>>,
): Promise<Written<Props, Result>> {
  const { idempotencyKey, ifVersion, ...options } = request.options;
  let entity: Entity<Props> | undefined;
  const run = async (tx: KnotTransaction) => {
    if (ifVersion !== undefined) await assertStillAt(tx, request.about, ifVersion);
    const made = await change(tx);
    entity = made.entity;
    return { id: made.entity.id, result: made.result };
  };
  if (request.dryRun === true) {
    const made = await rehearse(context, async (tx) => ({ ...(await run(tx)), entity }), options);
    return { entity: made.entity as Entity<Props>, result: made.result, seq: 0, duplicate: false };
  }
  const fingerprint = requestFingerprint(request.operation, request.args, ifVersion);
  const once = idempotencyKey === undefined ? {} : { idempotencyKey, fingerprint };
  const outcome = await context.graph.transact(run, { ...options, ...once });
  const { id, result } = outcome.value;
  const { seq, time, duplicate } = outcome;
  if (duplicate || entity === undefined) {
    const current = await context.graph.get(id);
    if (current === undefined) throw notFound("what an earlier call under this key made,", id);
    return { entity: current as unknown as Entity<Props>, result, seq, duplicate: true };
  }
  const written = entity.seq === 0 ? stamped(entity, seq, time ?? "") : entity;
  return { entity: written, result, seq, duplicate: false };
}

async function assertStillAt(tx: KnotTransaction, about: string | undefined, ifVersion: number): Promise<void> {
  if (about === undefined) throw new TypeError("Cannot check a version: the request says of which entity");
  const entity = await tx.get(about);
  if (entity === undefined) throw notFound("entity", about);
  assertVersion(entity, ifVersion);
}

/** What the transaction wrote has its seq and times only now. */
function stamped<Props extends object>(entity: Entity<Props>, seq: number, time: string): Entity<Props> {
  return Object.freeze({ ...entity, seq, createdAt: entity.createdAt || time, updatedAt: time });
}
