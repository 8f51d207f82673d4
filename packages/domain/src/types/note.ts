/** The note: something said about an entity. Never changed, linked to what it is about by an ANNOTATES edge. */
import { defineType } from "@knotwork/graph";
import { type KnotType, lazySchema } from "./lazy-schema.ts";
import { textOf } from "./searched-text.ts";
import { sourceIndex, type RecordProps } from "./source.ts";

export const noteKinds = [
  "comment",
  "plan",
  "thought",
  "observation",
  "question",
  "blocker",
  "progress",
  "result",
] as const;
export type NoteKind = (typeof noteKinds)[number];

export interface NoteProps extends RecordProps {
  readonly about: string;
  readonly kind: NoteKind;
  readonly text: string;
  /** The fence of the claim it was written under. */
  readonly fence?: number;
}

export const noteType: KnotType<"note", NoteProps> = defineType("note", {
  fields: lazySchema<NoteProps>(async () => (await import("./schemas.ts")).noteSchema),
  text: textOf("text"),
  endings: true,
  idPrefix: "N",
  enums: { kind: noteKinds },
  indexes: [sourceIndex],
});
