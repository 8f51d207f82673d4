/** What the entity cache keeps of one id, and how much memory that takes. */
import type { Entity, StoredVersion } from "./entity.ts";
import { versionToEntity } from "./entity-view.ts";
import type { JsonValue } from "./json.ts";

/** What is known of one id: its version (a tombstone too) or that there never was one, and the entity if it lives. */
export class CacheEntry {
  readonly stored: StoredVersion | undefined;
  readonly entity: Entity | undefined;
  /** The seq of `stored`, 0 when there never was a version. */
  readonly seq: number;
  #answer: Promise<Entity | undefined> | undefined;

  constructor(stored: StoredVersion | undefined) {
    this.stored = stored;
    this.entity = stored === undefined || stored.deleted ? undefined : versionToEntity(stored);
    this.seq = stored?.seq ?? 0;
  }

  /** What every hit of `get` returns, made once. */
  get answer(): Promise<Entity | undefined> {
    return (this.#answer ??= Promise.resolve(this.entity));
  }
}

/** There never was a version. */
export const NO_VERSION: CacheEntry = new CacheEntry(undefined);

/** What an entry takes in memory, roughly: an object with its promise, and two bytes a character. */
export function entryBytes({ stored }: CacheEntry, id: string): number {
  const fixed = 400 + 2 * id.length;
  return stored === undefined ? fixed : fixed + jsonMemory(stored.props);
}

function jsonMemory(value: JsonValue): number {
  if (typeof value === "string") return 24 + 2 * value.length;
  if (typeof value !== "object" || value === null) return 8;
  let bytes = 48;
  for (const [name, child] of Object.entries(value)) bytes += 16 + name.length + jsonMemory(child);
  return bytes;
}
