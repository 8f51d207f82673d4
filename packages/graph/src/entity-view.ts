/** From stored versions to the values that leave the store: frozen, without what only the store needs. */
import type { Write } from "./engine.ts";
import type { Edge, Entity, StoredVersion } from "./entity.ts";
import type { JsonObject, JsonValue } from "./json.ts";

/** What a version that is not committed yet has in place of its seq and times. They exist only after the commit. */
export const uncommittedSeq = 0;
export const uncommittedTime = "";

/** A version about to be written, as its transaction shows it. */
export interface DraftVersion extends Write {
  readonly author: string;
  /** Upper bound of the JSON text of the props. */
  readonly bytesMax: number;
}

/** The frozen entity of a live version. */
export function versionToEntity(version: StoredVersion): Entity {
  return toEntity(version, version);
}

/** The same before the commit: seq is 0, times that do not exist yet are "". */
export function draftToEntity(draft: DraftVersion): Entity {
  const createdAt = draft.createdAt ?? uncommittedTime;
  return toEntity(draft, { seq: uncommittedSeq, createdAt, updatedAt: uncommittedTime });
}

export function isEdge<Props extends object>(entity: Entity<Props>): entity is Edge<Props> {
  return "from" in entity && "to" in entity;
}

/** Freezes a JSON value in place; what is frozen already is taken to be frozen to the bottom. */
export function freezeDeep<Value extends JsonValue>(value: Value): Value {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const child of Object.values(value)) freezeDeep(child);
  return Object.freeze(value);
}

interface Shown {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly author: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly props: JsonObject;
}

function toEntity(
  { id, type, version, author, from, to, props }: Shown,
  { seq, createdAt, updatedAt }: { readonly seq: number; readonly createdAt: string; readonly updatedAt: string },
): Entity {
  freezeDeep(props);
  // Two literals, no spread: every read and write makes one of these.
  return Object.freeze(
    from === undefined || to === undefined
      ? { id, type, version, seq, createdAt, updatedAt, author, props }
      : { id, type, version, seq, createdAt, updatedAt, author, props, from, to },
  );
}
