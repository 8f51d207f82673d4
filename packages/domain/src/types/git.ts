/** A project's git history as nodes: commits AUTHORED_BY authors, TOUCHES files. */
import { defineType } from "@knotwork/graph";
import { lazySchema } from "./lazy-schema.ts";
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

export const commitType = defineType("commit", {
  fields: lazySchema<CommitProps>(async () => (await import("./schemas.ts")).commitSchema),
  idPrefix: "G-",
  indexes: [["filedAt"], sourceIndex],
});

export const authorType = defineType("author", {
  fields: lazySchema<AuthorProps>(async () => (await import("./schemas.ts")).authorSchema),
  idPrefix: "P-",
  indexes: [sourceIndex],
});

export const fileType = defineType("file", {
  fields: lazySchema<FileProps>(async () => (await import("./schemas.ts")).fileSchema),
  idPrefix: "F-",
  indexes: [["path"], sourceIndex],
});
