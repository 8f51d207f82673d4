/** Documents: files of the project, what is linked to them, and whether they still say what they said. */
import type { Entity } from "@knotwork/graph";
import { changeNode, type ChangeOptions, editNode, requireNode } from "./change-node.ts";
import { commitWrite } from "./commit-write.ts";
import { type ProjectFiles, readFileState, relativePath } from "./document-files.ts";
import { type DocumentScan, findDocument, registered, type ScanOptions, scanDocuments } from "./document-scan.ts";
import { DomainError, notFound } from "./domain-error.ts";
import { linkEdge } from "./edge-node.ts";
import { instant, type KnotContext } from "./knot-context.ts";
import { type Page, pageOfList, type PageOptions } from "./page.ts";
import { resolveId } from "./resolve-id.ts";
import type { Task } from "./task-view.ts";
import { taskView } from "./task-view.ts";
import { ofType } from "./typed-entity.ts";
import type { DocumentKind, DocumentProps } from "./types/document.ts";
import { type View, viewOf } from "./view.ts";

export type KnotDocument = View<DocumentProps>;

/** How a task and a document may be linked; the edge goes from the task. */
export const documentLinks = ["DOCUMENTED_BY", "PRODUCES", "REFERENCES"] as const;
export type DocumentLink = (typeof documentLinks)[number];

/** `unknown`: there was no look at the files. */
export type DocumentState = "current" | "changed" | "missing" | "unknown";

/** A document and what became of its file. */
export type CheckedDocument = KnotDocument & { readonly state: DocumentState };

export interface DocumentFilter extends PageOptions {
  readonly kind?: DocumentKind;
  readonly tag?: string;
  /** Only those whose file was changed or removed since; needs `files`. */
  readonly stale?: boolean;
  /** Where the files are: without it the state is unknown. */
  readonly files?: ProjectFiles;
}

export interface DocumentEdit {
  readonly title?: string;
  readonly kind?: DocumentKind;
  readonly category?: string;
  readonly tags?: readonly string[];
}

export interface LinkedTask {
  readonly task: Task;
  readonly link: DocumentLink;
}

export interface LinkedDocument {
  readonly document: KnotDocument;
  readonly link: DocumentLink;
}

/** Every call with an id may throw NOT_FOUND. A call that throws has changed nothing. */
export interface Documents {
  /** Registers new files, follows moved ones, tells what changed and what is gone. @throws INVALID_VALUE, NOT_FOUND (directory) */
  scan(options: ScanOptions): Promise<DocumentScan>;
  get(id: string): Promise<KnotDocument | undefined>;
  byPath(path: string): Promise<KnotDocument | undefined>;
  /** The id meant by a path, an id or the end of one. @throws NOT_FOUND, AMBIGUOUS_ID */
  resolve(pathOrId: string): Promise<string>;
  /** In the order of their paths. */
  list(filter?: DocumentFilter): Promise<Page<CheckedDocument>>;
  /** Compares one with its file. */
  check(id: string, files: ProjectFiles): Promise<CheckedDocument>;
  /** Takes the file as it is now: what is linked to the document holds for it. @throws NOT_FOUND when the file is gone */
  verify(id: string, files: ProjectFiles, options?: ChangeOptions): Promise<KnotDocument>;
  /** @throws INVALID_VALUE; CONFLICT */
  update(id: string, edit: DocumentEdit, options?: ChangeOptions): Promise<KnotDocument>;
  /** Links a task to it; default DOCUMENTED_BY. */
  link(id: string, task: string, link?: DocumentLink, options?: ChangeOptions): Promise<KnotDocument>;
  /** Takes the link out, all links when none is named. @throws NOT_FOUND */
  unlink(id: string, task: string, link?: DocumentLink, options?: ChangeOptions): Promise<KnotDocument>;
  tasks(id: string): Promise<readonly LinkedTask[]>;
  /** The documents of a task. */
  ofTask(task: string): Promise<readonly LinkedDocument[]>;
}

export function openDocuments(context: KnotContext): Documents {
  const { graph } = context;
  return {
    scan: (options) => scanDocuments(context, options),
    async get(id) {
      const entity = ofType(await graph.get(id), "document");
      return entity === undefined ? undefined : viewOf(entity);
    },
    async byPath(path) {
      const entity = await findDocument(graph, path);
      return entity === undefined ? undefined : viewOf(entity);
    },
    resolve: (pathOrId) => resolveDocument(context, pathOrId),
    list: (filter) => listDocuments(context, filter),
    check: async (id, files) => checked(await requireNode(graph, "document", id), files),
    verify: (id, files, options) => verifyDocument(context, id, files, options),
    update: (id, edit, options) => updateDocument(context, id, edit, options),
    link: (id, task, link = "DOCUMENTED_BY", options) => linkTask(context, { id, task, link }, options),
    unlink: (id, task, link, options) => unlinkTask(context, { id, task, link }, options),
    tasks: (id) => tasksOf(context, id),
    ofTask: (task) => documentsOf(context, task),
  };
}

async function resolveDocument(context: KnotContext, pathOrId: string): Promise<string> {
  const document = await findDocument(context.graph, pathOrId);
  return document?.id ?? resolveId(context, pathOrId, "document");
}

async function listDocuments(context: KnotContext, filter: DocumentFilter = {}): Promise<Page<CheckedDocument>> {
  const { kind, tag, stale = false, files } = filter;
  if (stale && files === undefined) throw new TypeError("Cannot list stale documents: no files were given");
  const documents = (await registered(context.graph)).filter(
    ({ props }) => (kind === undefined || props.kind === kind) && (tag === undefined || props.tags?.includes(tag)),
  );
  if (!stale) {
    const page = pageOfList(documents, filter, ({ props }) => props.path);
    return { ...page, items: page.items.map((document) => checked(document, files)) };
  }
  const looked = documents.map((document) => checked(document, files));
  return pageOfList(
    looked.filter(({ state }) => state === "changed" || state === "missing"),
    filter,
    ({ path }) => path,
  );
}

async function verifyDocument(
  context: KnotContext,
  id: string,
  files: ProjectFiles,
  options?: ChangeOptions,
): Promise<KnotDocument> {
  const change = { type: "document", id, operation: "doc verify", options } as const;
  const entity = await changeNode(context, change, async (tx, document) => {
    const state = readFileState(files, relativePath(files, document.props.path));
    if (state === undefined) throw fileGone(document);
    if (state.contentHash === document.props.contentHash) return document;
    const { kind: _kind, ...found } = state;
    return editNode(tx, document, { ...found, verifiedAt: instant(context) });
  });
  return viewOf(entity);
}

async function updateDocument(
  context: KnotContext,
  id: string,
  edit: DocumentEdit,
  options?: ChangeOptions,
): Promise<KnotDocument> {
  const change = { type: "document", id, operation: "doc update", args: edit, options } as const;
  return viewOf(await changeNode(context, change, (tx, document) => editNode(tx, document, edit)));
}

interface TaskLink<Link> {
  readonly id: string;
  readonly task: string;
  readonly link: Link;
}

async function linkTask(
  context: KnotContext,
  { id, task, link }: TaskLink<DocumentLink>,
  options: ChangeOptions = {},
): Promise<KnotDocument> {
  const request = { operation: "doc link", args: [id, task, link], options, about: id };
  const written = await commitWrite<DocumentProps>(context, request, async (tx) => {
    const document = await requireNode(tx, "document", id);
    await requireNode(tx, "task", task);
    await linkEdge(tx, { from: task, type: link, to: id });
    return { entity: document, result: {} };
  });
  return viewOf(written.entity);
}

async function unlinkTask(
  context: KnotContext,
  { id, task, link }: TaskLink<DocumentLink | undefined>,
  options: ChangeOptions = {},
): Promise<KnotDocument> {
  const request = { operation: "doc unlink", args: [id, task, link ?? null], options, about: id };
  const written = await commitWrite<DocumentProps>(context, request, async (tx) => {
    const document = await requireNode(tx, "document", id);
    const kinds = link === undefined ? documentLinks : [link];
    let removed = 0;
    for (const kind of kinds) {
      if ((await tx.getEdge(task, kind, id)) === undefined) continue;
      await tx.unlink(task, kind, id);
      removed += 1;
    }
    if (removed === 0) throw notFound(`link of document ${id} to task`, task);
    return { entity: document, result: {} };
  });
  return viewOf(written.entity);
}

async function tasksOf(context: KnotContext, id: string): Promise<readonly LinkedTask[]> {
  await requireNode(context.graph, "document", id);
  const linked: LinkedTask[] = [];
  for (const link of documentLinks) {
    for (const edge of await context.graph.edges({ to: id, type: link })) {
      const task = ofType(await context.graph.get(edge.from), "task");
      if (task !== undefined) linked.push({ task: taskView(task), link });
    }
  }
  return linked;
}

async function documentsOf(context: KnotContext, taskId: string): Promise<readonly LinkedDocument[]> {
  await requireNode(context.graph, "task", taskId);
  const linked: LinkedDocument[] = [];
  for (const link of documentLinks) {
    for (const edge of await context.graph.edges({ from: taskId, type: link })) {
      const document = ofType(await context.graph.get(edge.to), "document");
      if (document !== undefined) linked.push({ document: viewOf(document), link });
    }
  }
  return linked;
}

function checked(document: Entity<DocumentProps>, files: ProjectFiles | undefined): CheckedDocument {
  return Object.freeze({ ...viewOf(document), state: stateOf(document, files) });
}

function stateOf({ props }: Entity<DocumentProps>, files: ProjectFiles | undefined): DocumentState {
  if (files === undefined) return "unknown";
  const state = readFileState(files, relativePath(files, props.path));
  if (state === undefined) return "missing";
  return state.contentHash === props.contentHash ? "current" : "changed";
}

function fileGone({ id, props }: Entity<DocumentProps>): DomainError {
  return new DomainError("NOT_FOUND", `Cannot verify document "${id}": there is no file "${props.path}"`, {
    hint: "Scan the project: when the file was moved, the document follows it.",
    context: { document: id, path: props.path },
  });
}
