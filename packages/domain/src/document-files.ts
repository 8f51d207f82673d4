/**
 * The files of a project that may be documents: found below a directory of the disk that is passed in, each with what is
 * recorded of its content. Links are not followed; `.git`, `.knot`, `node_modules` and what `.gitignore` and
 * `.knotignore` at the root name are left out.
 */
import { createHash } from "node:crypto";
import type { Disk } from "@knotwork/graph";
import { DomainError } from "./domain-error.ts";
import { type IgnoreRule, isIgnored, readIgnoreRules } from "./glob.ts";
import type { DocumentKind } from "./types/document.ts";

export interface ProjectFiles {
  readonly disk: Disk;
  /** The directory paths are relative to, absolute. */
  readonly root: string;
}

export interface FileScan extends ProjectFiles {
  /** Directories or files below the root to look into, relative to it; default: all of it. */
  readonly below?: readonly string[];
  /** Endings of names that are taken; default: text formats. */
  readonly extensions?: readonly string[];
  /** Patterns left out beside those of the ignore files. */
  readonly ignore?: readonly string[];
}

/** A file as it is on the disk. */
export interface FileState {
  /** Relative to the root, with slashes. */
  readonly path: string;
  readonly title: string;
  readonly kind: DocumentKind;
  /** SHA-256 in hexadecimal. */
  readonly contentHash: string;
  readonly lineCount: number;
  readonly wordCount: number;
}

export const documentExtensions: readonly string[] = [".md", ".mdx", ".markdown", ".rst", ".adoc", ".txt"];

const ignoredAlways = [".git/", ".knot/", "node_modules/"];
const ignoreFiles = [".gitignore", ".knotignore"];
const fileBytesMax = 8 * 1024 * 1024;
const depthMax = 32;

/** The files, in the order of their paths. Larger ones than 8 MiB are no documents. @throws DomainError NOT_FOUND */
export function* findFiles(scan: FileScan): Generator<FileState, void, undefined> {
  const own = ignoreFiles.flatMap((name) => readIgnoreRules(readText(scan, name) ?? ""));
  const asked = [...ignoredAlways, ...(scan.ignore ?? [])].flatMap(readIgnoreRules);
  const rules = [...own, ...asked];
  const starts = (scan.below ?? [""]).map((path) => relativePath(scan, path));
  const seen = new Set<string>();
  for (const start of [...new Set(starts)].sort()) {
    const kind = scan.disk.stat(absolute(scan, start))?.kind;
    if (kind === undefined) throw missing(scan, start);
    for (const path of kind === "file" ? [start] : walk(scan, { rules, path: start, depth: 0 })) {
      if (seen.has(path)) continue;
      seen.add(path);
      const state = readFileState(scan, path);
      if (state !== undefined) yield state;
    }
  }
}

/** The file as it is; `undefined`: there is none, or none that can be a document. */
export function readFileState(files: ProjectFiles, path: string): FileState | undefined {
  const bytes = readBytes(files, path);
  if (bytes === undefined || bytes.includes(0)) return undefined;
  const text = new TextDecoder().decode(bytes);
  return {
    path,
    title: titleOf(path, text),
    kind: kindOf(path),
    contentHash: createHash("sha256").update(bytes).digest("hex"),
    lineCount: countLines(text),
    wordCount: text.match(/\S+/g)?.length ?? 0,
  };
}

/** Whether the path lies in what the scan looked into (relative paths): only there a missing file is news. */
export function isBelow({ below }: Pick<FileScan, "below">, path: string): boolean {
  if (below === undefined) return true;
  return below.some((start) => start === "" || path === start || path.startsWith(`${start}/`));
}

interface WalkState {
  readonly rules: readonly IgnoreRule[];
  readonly path: string;
  readonly depth: number;
}

function* walk(scan: FileScan, { rules, path, depth }: WalkState): Generator<string> {
  const extensions = scan.extensions ?? documentExtensions;
  for (const name of scan.disk.list(absolute(scan, path))) {
    const inner = path === "" ? name : `${path}/${name}`;
    const kind = scan.disk.stat(absolute(scan, inner))?.kind;
    if (kind === "directory") {
      if (depth < depthMax && !isIgnored(rules, inner, true))
        yield* walk(scan, { rules, path: inner, depth: depth + 1 });
    } else if (kind === "file" && extensions.some((ending) => name.toLowerCase().endsWith(ending.toLowerCase()))) {
      if (!isIgnored(rules, inner, false)) yield inner;
    }
  }
}

/** @throws DomainError INVALID_VALUE when it leads out of the root */
export function relativePath({ root }: Pick<ProjectFiles, "root">, path: string): string {
  const inside = path === root ? "" : path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
  const plain = normal(inside);
  if (!inside.startsWith("/") && !plain.split("/").includes("..")) return plain;
  throw new DomainError("INVALID_VALUE", `Cannot use the path "${path}": it leads out of the project`, {
    hint: `Give a path below "${root}".`,
    context: { path, root },
  });
}

function normal(path: string): string {
  const parts = path.split("/");
  const kept = parts.filter((part, index) => part !== "." && (part !== "" || index === 0));
  return kept.join("/").replace(/\/$/, "");
}

function absolute({ root }: Pick<ProjectFiles, "root">, path: string): string {
  return path === "" ? root : `${root}/${path}`;
}

function readText(files: ProjectFiles, path: string): string | undefined {
  const bytes = readBytes(files, path);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}

function readBytes({ disk, root }: ProjectFiles, path: string): Uint8Array | undefined {
  const stat = disk.stat(absolute({ root }, path));
  if (stat?.kind !== "file" || stat.sizeBytes > fileBytesMax) return undefined;
  const file = disk.open(absolute({ root }, path), "read");
  try {
    const bytes = new Uint8Array(stat.sizeBytes);
    let length = 0;
    for (let read = 1; read > 0 && length < bytes.length; length += read) {
      read = file.read(bytes, length, bytes.length - length, length);
    }
    return bytes.subarray(0, length);
  } finally {
    file.close();
  }
}

/** The first heading, else the name of the file. */
function titleOf(path: string, text: string): string {
  const heading = /^(?:\uFEFF)?\s*#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*$/m.exec(text.slice(0, 4000))?.[1];
  const name = path.slice(path.lastIndexOf("/") + 1);
  const plain = (heading ?? name).replaceAll(/\p{Cc}/gu, " ").trim();
  return (plain === "" ? name : plain).slice(0, 500);
}

const kindsByWord: readonly (readonly [pattern: RegExp, kind: DocumentKind])[] = [
  [/knowledge[-_ ]transfer/, "knowledge-transfer"],
  [/architecture/, "architecture"],
  [/decisions?\b|\badrs?\b/, "decision"],
  [/design/, "design"],
  [/memor(y|ies)/, "memory"],
  [/\bapi\b/, "api"],
  [/guide|tutorial|howto|how-to|quickstart/, "guide"],
  [/research|analysis|study/, "research"],
];

/** Guessed from the path: the name of the file before its directories, the nearest first. */
function kindOf(path: string): DocumentKind {
  for (const part of path.toLowerCase().split("/").reverse()) {
    const found = kindsByWord.find(([pattern]) => pattern.test(part.replaceAll("_", "-")));
    if (found !== undefined) return found[1];
  }
  return "general";
}

function countLines(text: string): number {
  if (text === "") return 0;
  const breaks = text.match(/\n/g)?.length ?? 0;
  return text.endsWith("\n") ? breaks : breaks + 1;
}

function missing({ root }: ProjectFiles, path: string): DomainError {
  return new DomainError(
    "NOT_FOUND",
    `Cannot scan "${path === "" ? root : path}": there is no such file or directory`,
    {
      hint: "Give a directory of the project.",
      context: { path, root },
    },
  );
}
