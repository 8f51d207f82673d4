/**
 * The things a store holds. Values that leave the store are frozen and never shared with its own state.
 */
import type { JsonObject } from "./json.ts";

/** A node: one version of it. Times are ISO 8601 in UTC with milliseconds. */
export interface Entity<Props extends object = JsonObject> {
  readonly id: string;
  readonly type: string;
  /** 1, 2, 3 … per entity; never restarts, a deletion is a version too. */
  readonly version: number;
  /** The commit that made this version. */
  readonly seq: number;
  /** Time of the commit that made version 1 (or that made it anew after a deletion). */
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly author: string;
  readonly props: Props;
}

/** An edge is an entity with two ends, identified by (from, type, to). */
export interface Edge<Props extends object = JsonObject> extends Entity<Props> {
  readonly from: string;
  readonly to: string;
}

/** One version as an engine stores it: a tombstone too. `props` of a tombstone is empty. */
export interface StoredVersion {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly seq: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly author: string;
  readonly deleted: boolean;
  /** Both present for an edge, both absent for a node. */
  readonly from?: string;
  readonly to?: string;
  readonly props: JsonObject;
  /** Its text was removed by a purge: `props` is empty. */
  readonly purged?: true;
  /** It could not be read when the store was repaired: it stands in for what was lost, and says nothing. */
  readonly lost?: true;
}
