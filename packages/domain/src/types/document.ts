/** The document: a file of the project, registered by its path as it was when somebody last looked at it. */
import { defineType } from "@knotwork/graph";
import { type KnotType, lazySchema } from "./lazy-schema.ts";
import { textOf } from "./searched-text.ts";
import { sourceIndex, type RecordProps } from "./source.ts";

export const documentKinds = [
  "general",
  "architecture",
  "design",
  "memory",
  "decision",
  "api",
  "guide",
  "research",
  "knowledge-transfer",
] as const;
export type DocumentKind = (typeof documentKinds)[number];

export interface DocumentProps extends RecordProps {
  /** Relative to the root of the project, with slashes. */
  readonly path: string;
  readonly title: string;
  readonly kind: DocumentKind;
  /** SHA-256 of the file, in hexadecimal; imported ones may have another digest. */
  readonly contentHash?: string;
  readonly lineCount?: number;
  readonly wordCount?: number;
  /** When its content was last taken as what the links to it mean. */
  readonly verifiedAt?: string;
  readonly category?: string;
  readonly tags?: readonly string[];
}

export const documentType: KnotType<"document", DocumentProps> = defineType("document", {
  fields: lazySchema<DocumentProps>(async () => (await import("./schemas.ts")).documentSchema),
  text: textOf("title", "tags", "category", "path"),
  endings: true,
  idPrefix: "DOC",
  enums: { kind: documentKinds },
  indexes: [["path"], ["contentHash"], ["kind", "path"], sourceIndex],
});
