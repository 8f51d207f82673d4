/** A project's git history as nodes: commits AUTHORED_BY authors, TOUCHES files. */
import { defineType } from "@knotwork/graph";
import { type KnotType, lazySchema } from "./lazy-schema.ts";
import { sourceIndex, type RecordProps } from "./source.ts";

export interface CommitProps extends RecordProps {
  readonly hash: string;
  readonly subject: string;
  readonly body?: string;
  readonly parents?: readonly string[];
}

export interface AuthorProps extends RecordProps {
  readonly name: string;
  readonly email?: string;
}

export interface FileProps extends RecordProps {
  readonly path: string;
}

export const commitType: KnotType<"commit", CommitProps> = defineType("commit", {
  fields: lazySchema<CommitProps>(async () => (await import("./schemas.ts")).commitSchema),
  endings: true,
  idPrefix: "G",
  indexes: [["filedAt"], sourceIndex],
});

export const authorType: KnotType<"author", AuthorProps> = defineType("author", {
  fields: lazySchema<AuthorProps>(async () => (await import("./schemas.ts")).authorSchema),
  endings: true,
  idPrefix: "P",
  indexes: [sourceIndex],
});

export const fileType: KnotType<"file", FileProps> = defineType("file", {
  fields: lazySchema<FileProps>(async () => (await import("./schemas.ts")).fileSchema),
  endings: true,
  idPrefix: "F",
  indexes: [["path"], sourceIndex],
});
