/** Documents to characters: cleans stored text, fits tables to the width, paints when painting is wanted. */
import type { Block, Column, Document, Inline, Span, Style, TreeNode } from "./document.ts";
import { sanitizeLine, sanitizeText } from "./sanitize.ts";
import { textWidth, truncateToWidth, wrapToWidth } from "./text-width.ts";

export type Paint = (text: string, style: Style) => string;

export interface RenderOptions {
  /** Cells a line may take. */
  readonly columns: number;
  readonly paint: Paint;
}

const COLUMN_GAP = "  ";
const FLEXIBLE_COLUMN_MIN = 12;
const TEXT_INDENT = "  ";
const TEXT_WIDTH_MAX = 100;
const BRANCH_WIDTH = 3;

export function renderDocument(document: Document, options: RenderOptions): string {
  let output = "";
  for (const block of document) {
    if (block.kind === "heading" && output !== "") output += "\n";
    for (const rendered of renderBlock(block, options)) output += `${rendered}\n`;
  }
  return output;
}

function renderBlock(block: Block, options: RenderOptions): readonly string[] {
  switch (block.kind) {
    case "line":
      return [renderInline(block.content, options.paint)];
    case "heading":
      return [renderInline(block.content, options.paint)];
    case "table":
      return renderTable(block.columns, block.rows, options);
    case "fields":
      return renderFields(block.fields, options);
    case "text":
      return renderText(block.text, options.columns);
    case "tree":
      return block.roots.flatMap((root) => renderTree(root, options));
  }
}

function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly Inline[])[],
  { columns: available, paint }: RenderOptions,
): readonly string[] {
  const cells = rows.map((row) => row.map(cleanSpans));
  const natural = columns.map((column, index) =>
    Math.max(textWidth(column.title), ...cells.map((row) => spansWidth(row[index] ?? []))),
  );
  const widths = fitWidths(columns, natural, available - COLUMN_GAP.length * (columns.length - 1));
  const header = columns.map((column): readonly Span[] => [{ text: column.title.toUpperCase(), style: "dim" }]);
  return [header, ...cells].map((row) => {
    const parts = columns.map((column, index) => {
      const width = widths[index] ?? 0;
      const spans = cutSpans(row[index] ?? [], width);
      const gap = " ".repeat(width - spansWidth(spans));
      const painted = paintSpans(spans, paint);
      return column.align === "right" ? gap + painted : painted + gap;
    });
    return parts.join(COLUMN_GAP).trimEnd();
  });
}

/** Takes from the widest flexible column, cell by cell, until all fit or none can give more. */
function fitWidths(columns: readonly Column[], natural: readonly number[], available: number): readonly number[] {
  const widths = [...natural];
  for (let excess = widths.reduce((sum, width) => sum + width, 0) - available; excess > 0; excess -= 1) {
    let widest: number | undefined;
    for (const [index, column] of columns.entries()) {
      const width = widths[index] ?? 0;
      if (column.flexible !== true || width <= FLEXIBLE_COLUMN_MIN) continue;
      if (widest === undefined || width > (widths[widest] ?? 0)) widest = index;
    }
    if (widest === undefined) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function renderFields(entries: readonly (readonly [string, Inline])[], { paint }: RenderOptions): readonly string[] {
  // A label may be stored text too: the name of a field that an import met.
  const clean = entries.map(([label, value]) => [sanitizeLine(label), value] as const);
  const width = Math.max(0, ...clean.map(([label]) => label.length));
  return clean.map(([label, value]) => `  ${paint(label.padEnd(width), "dim")}  ${renderInline(value, paint)}`);
}

function renderText(value: string, columns: number): readonly string[] {
  const width = Math.max(20, Math.min(TEXT_WIDTH_MAX, columns) - TEXT_INDENT.length);
  return sanitizeText(value)
    .trimEnd()
    .split("\n")
    .flatMap((paragraph) => wrapToWidth(paragraph.replaceAll("\t", "    "), width))
    .map((wrapped) => (TEXT_INDENT + wrapped).trimEnd());
}

function renderTree(root: TreeNode, { columns, paint }: RenderOptions): readonly string[] {
  const render = (content: Inline, indentWidth: number): string =>
    paintSpans(cutSpans(cleanSpans(content), columns - indentWidth), paint);
  const lines: string[] = [TEXT_INDENT + render(root.content, TEXT_INDENT.length)];
  const pending: { node: TreeNode; indent: string; depth: number; last: boolean }[] = [];
  const push = (children: readonly TreeNode[], indent: string, depth: number): void => {
    for (const [index, node] of children.toReversed().entries())
      pending.push({ node, indent, depth, last: index === 0 });
  };
  push(root.children ?? [], TEXT_INDENT, 1);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, indent, depth, last } = next;
    const width = TEXT_INDENT.length + depth * BRANCH_WIDTH;
    lines.push(indent + paint(last ? "└─ " : "├─ ", "dim") + render(node.content, width));
    push(node.children ?? [], indent + (last ? "   " : paint("│  ", "dim")), depth + 1);
  }
  return lines;
}

function renderInline(content: Inline, paint: Paint): string {
  return paintSpans(cleanSpans(content), paint);
}

/** Every span of a document passes here, and only here. */
function cleanSpans(content: Inline): readonly (string | Span)[] {
  const spans = typeof content === "string" || !Array.isArray(content) ? [content as string | Span] : content;
  return (spans as readonly (string | Span)[]).map((part) =>
    typeof part === "string" ? sanitizeLine(part) : { text: sanitizeLine(part.text), style: part.style },
  );
}

function paintSpans(spans: readonly (string | Span)[], paint: Paint): string {
  return spans.map((part) => (typeof part === "string" ? part : paint(part.text, part.style))).join("");
}

function spansWidth(spans: readonly (string | Span)[]): number {
  return spans.reduce((sum, part) => sum + textWidth(typeof part === "string" ? part : part.text), 0);
}

function cutSpans(spans: readonly (string | Span)[], width: number): readonly (string | Span)[] {
  if (spansWidth(spans) <= width) return spans;
  const cut: (string | Span)[] = [];
  let left = width;
  for (const [index, part] of spans.entries()) {
    const whole = typeof part === "string" ? part : part.text;
    const more = index < spans.length - 1;
    const kept = truncateToWidth(more && textWidth(whole) >= left ? `${whole} ` : whole, left);
    cut.push(typeof part === "string" ? kept : { text: kept, style: part.style });
    left -= textWidth(kept);
    if (left <= 0) break;
  }
  return cut;
}
