/** How entities leave the domain: their fields beside id, version and seq, in one flat, frozen object. */
import type { Entity } from "@knotwork/graph";
import type { RecordProps } from "./types/source.ts";

export interface ViewMeta {
  readonly id: string;
  readonly version: number;
  /** The commit that made this version. */
  readonly seq: number;
  /** When the record was made (for an imported one: in the system it came from). */
  readonly createdAt: string;
  readonly createdBy?: string;
  /** When, and by whom, this version was committed. */
  readonly updatedAt: string;
  readonly updatedBy: string;
}

export type View<Props extends RecordProps> = ViewMeta & Readonly<Omit<Props, "filedAt" | "filedBy">>;

export function viewOf<Props extends RecordProps>(entity: Entity<Props>): View<Props> {
  const { filedAt, filedBy, ...fields } = entity.props;
  const view = {
    id: entity.id,
    version: entity.version,
    seq: entity.seq,
    ...fields,
    createdAt: filedAt,
    ...(filedBy === undefined ? {} : { createdBy: filedBy }),
    updatedAt: entity.updatedAt,
    updatedBy: entity.author,
  };
  return Object.freeze(view) as unknown as View<Props>;
}
