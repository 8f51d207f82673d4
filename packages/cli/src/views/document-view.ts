/** Documents of the project as people see them. */
import type { CheckedDocument, DocumentScan, DocumentState, KnotDocument } from "@knotwork/domain";
import { type Block, type Document, fields, line, span, type Style, table } from "../output/document.ts";
import { shortIds } from "./short-ids.ts";
import { shortTime } from "./times.ts";

const STATE_STYLES: Readonly<Record<DocumentState, Style>> = {
  current: "green",
  changed: "yellow",
  missing: "red",
  unknown: "dim",
};

export function documentTable(documents: readonly CheckedDocument[]): Block {
  const short = shortIds(documents.map(({ id }) => id));
  return table(
    [
      { title: "id" },
      { title: "state" },
      { title: "kind" },
      { title: "lines", align: "right" },
      { title: "path", flexible: true },
      { title: "title", flexible: true },
    ],
    documents.map(({ id, state, kind, lineCount, path, title }) => [
      short(id),
      span(state, STATE_STYLES[state]),
      kind,
      lineCount === undefined ? "" : String(lineCount),
      path,
      span(title, "dim"),
    ]),
  );
}

export function documentLine(action: string, { id, path }: KnotDocument, rest = ""): Block {
  return line([
    span(`${action} `, "green"),
    span(id, "bold"),
    `  ${path}`,
    ...(rest === "" ? [] : [span(`  ${rest}`, "dim")]),
  ]);
}

export function documentFields(document: CheckedDocument): Document {
  const { id, path, title, kind, state, contentHash, lineCount, wordCount, verifiedAt } = document;
  return [
    line([span(id, "bold"), "  ", span(state, STATE_STYLES[state]), span(`  version ${document.version}`, "dim")]),
    line(span(title, "bold")),
    fields([
      ["path", path],
      ["kind", kind],
      ["category", document.category],
      ["tags", document.tags?.join(", ")],
      ["size", lineCount === undefined ? undefined : `${lineCount} lines, ${wordCount ?? 0} words`],
      ["hash", contentHash],
      ["verified", verifiedAt === undefined ? undefined : shortTime(verifiedAt)],
      [
        "registered",
        `${shortTime(document.createdAt)}${document.createdBy === undefined ? "" : ` by ${document.createdBy}`}`,
      ],
    ]),
  ];
}

export function scanDocument(
  scan: DocumentScan,
  { dryRun, verify }: { readonly dryRun: boolean; readonly verify: boolean },
): Document {
  const rows: [word: string, style: Style, path: string][] = [
    ...scan.added.map(({ path }): [string, Style, string] => ["new", "green", path]),
    ...scan.moved.map(({ path, from }): [string, Style, string] => ["moved", "cyan", `${from} → ${path}`]),
    ...scan.changed.map(({ path }): [string, Style, string] => [verify ? "verified" : "changed", "yellow", path]),
    ...scan.missing.map(({ path }): [string, Style, string] => ["missing", "red", path]),
  ];
  const counts = `${scan.files} files: ${scan.added.length} new, ${scan.moved.length} moved, ${scan.changed.length} changed, ${scan.missing.length} missing, ${scan.unchanged} unchanged`;
  return [
    ...rows.map(([word, style, path]) => line([span(word.padEnd(9), style), path])),
    line([span(dryRun ? "Would register: " : "Registered: ", "bold"), counts]),
  ];
}
