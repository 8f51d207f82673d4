/**
 * Compares the registered documents with the files: what is new, moved, changed, gone. A scan registers what is new and
 * follows what moved; a changed file stays stale until somebody verifies it, since what is linked to the document was
 * linked to what it said before.
 */
import type { Entity } from "@knotwork/graph";
import { editNode } from "./change-node.ts";
import type { WriteOptions } from "./commit-write.ts";
import { type FileScan, type FileState, findFiles, isBelow, relativePath } from "./document-files.ts";
import { instant, type KnotContext } from "./knot-context.ts";
import type { Reader } from "./reader.ts";
import type { DocumentProps } from "./types/document.ts";
import type { KnotTransaction } from "./types/knot-types.ts";

export interface ScanOptions extends FileScan, Omit<WriteOptions, "idempotencyKey"> {
  /** Only say what would change. */
  readonly dryRun?: boolean;
  /** Take changed files as they are now: they are not stale any more. */
  readonly verify?: boolean;
}

export interface DocumentScan {
  /** Files looked at. */
  readonly files: number;
  readonly added: readonly ScannedFile[];
  /** The same content under another path. */
  readonly moved: readonly (ScannedFile & { readonly from: string })[];
  /** Changed since they were verified; with `verify`, taken as they are. */
  readonly changed: readonly ScannedFile[];
  /** Registered, and not there any more. */
  readonly missing: readonly ScannedFile[];
  readonly unchanged: number;
}

export interface ScannedFile {
  readonly path: string;
  /** Absent in a dry run, for a file that is not registered yet. */
  readonly id?: string;
}

const filesPerCommit = 200;

export async function scanDocuments(context: KnotContext, options: ScanOptions): Promise<DocumentScan> {
  const { disk, root, below, extensions, ignore, dryRun = false, verify = false, ...writeOptions } = options;
  const scan: FileScan = {
    disk,
    root,
    ...(below === undefined ? {} : { below: below.map((path) => relativePath({ root }, path)) }),
    ...(extensions === undefined ? {} : { extensions }),
    ...(ignore === undefined ? {} : { ignore }),
  };
  const files = [...findFiles(scan)];
  const known = await registered(context.graph);
  const plan = compare(
    files,
    known.filter((document) => isBelow(scan, document.props.path)),
    known,
  );
  const ids = new Map<string, string>();
  if (!dryRun) {
    const steps = [...plan.moved, ...(verify ? plan.changed : []), ...plan.added];
    for (let start = 0; start < steps.length; start += filesPerCommit) {
      const part = steps.slice(start, start + filesPerCommit);
      const outcome = await context.graph.transact((tx) => register(context, tx, part), writeOptions);
      for (const [path, id] of outcome.value) ids.set(path, id);
    }
  }
  const shown = ({ file, id }: Step): ScannedFile => {
    const known = id ?? ids.get(file.path);
    return { path: file.path, ...(known === undefined ? {} : { id: known }) };
  };
  return {
    files: files.length,
    added: plan.added.map(shown),
    moved: plan.moved.map((step) => ({ ...shown(step), from: step.from })),
    changed: plan.changed.map(shown),
    missing: plan.missing.map(({ id, props }) => ({ path: props.path, id })),
    unchanged: plan.unchanged,
  };
}

/** All documents, in the order of their paths. */
export async function registered(reader: Reader): Promise<readonly Entity<DocumentProps>[]> {
  return reader.query("document").orderBy("path").all();
}

interface Step {
  readonly file: FileState;
  /** Of the document it is known as. */
  readonly id?: string;
  readonly from?: string;
}

interface Plan {
  readonly added: readonly Step[];
  readonly moved: readonly (Step & { readonly from: string })[];
  readonly changed: readonly Step[];
  readonly missing: readonly Entity<DocumentProps>[];
  readonly unchanged: number;
}

function compare(
  files: readonly FileState[],
  inScope: readonly Entity<DocumentProps>[],
  known: readonly Entity<DocumentProps>[],
): Plan {
  const byPath = new Map(known.map((document) => [document.props.path, document]));
  const present = new Set(files.map(({ path }) => path));
  const gone = inScope.filter(({ props }) => !present.has(props.path));
  const left = new Map(gone.map((document) => [document.id, document]));
  const [added, moved, changed]: [Step[], (Step & { from: string })[], Step[]] = [[], [], []];
  let unchanged = 0;
  for (const file of files) {
    const document = byPath.get(file.path);
    if (document !== undefined) {
      if (document.props.contentHash === file.contentHash) unchanged += 1;
      else changed.push({ file, id: document.id });
      continue;
    }
    const before = [...left.values()].find(({ props }) => props.contentHash === file.contentHash);
    if (before === undefined) added.push({ file });
    else {
      left.delete(before.id);
      moved.push({ file, id: before.id, from: before.props.path });
    }
  }
  return { added, moved, changed, missing: [...left.values()], unchanged };
}

/** Reads again what it writes: of two scans at once, the second finds the files registered. */
async function register(
  context: KnotContext,
  tx: KnotTransaction,
  steps: readonly Step[],
): Promise<(readonly [path: string, id: string])[]> {
  const found: { readonly step: Step; readonly document: Entity<DocumentProps> | undefined }[] = [];
  for (const step of steps) found.push({ step, document: await findDocument(tx, step.from ?? step.file.path) });
  const ids: (readonly [string, string])[] = [];
  for (const { step, document } of found) {
    const { file } = step;
    if (document === undefined) {
      const by = context.agent === undefined ? {} : { filedBy: context.agent };
      const created = await tx.create("document", {
        ...file,
        verifiedAt: instant(context),
        filedAt: instant(context),
        ...by,
      });
      ids.push([file.path, created.id]);
    } else if (document.props.path !== file.path) await editNode(tx, document, { path: file.path });
    else if (step.id !== undefined) {
      const { title, kind: _kind, ...state } = file;
      await editNode(tx, document, { ...state, title, verifiedAt: instant(context) });
    } else ids.push([file.path, document.id]);
  }
  return ids;
}

export async function findDocument(reader: Reader, path: string): Promise<Entity<DocumentProps> | undefined> {
  return reader.query("document").where("path", "=", path).first();
}
