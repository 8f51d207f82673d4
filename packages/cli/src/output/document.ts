/**
 * What a command says to a person, before it is text: blocks of spans. Commands build documents; only `render.ts` turns
 * them into characters, which is why colour and the cleaning of stored text happen at one place.
 */

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "blue" | "cyan" | "magenta";

export interface Span {
  readonly text: string;
  readonly style: Style;
}

export type Inline = string | Span | readonly (string | Span)[];

export interface Column {
  readonly title: string;
  /** Gives way when the table is wider than the terminal; of several, the widest does. */
  readonly flexible?: boolean;
  readonly align?: "left" | "right";
}

export interface TreeNode {
  readonly content: Inline;
  readonly children?: readonly TreeNode[];
}

export type Block =
  | { readonly kind: "line"; readonly content: Inline }
  | { readonly kind: "heading"; readonly content: Inline }
  | { readonly kind: "table"; readonly columns: readonly Column[]; readonly rows: readonly (readonly Inline[])[] }
  | { readonly kind: "fields"; readonly fields: readonly (readonly [label: string, value: Inline])[] }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "tree"; readonly roots: readonly TreeNode[] };

export type Document = readonly Block[];

export function span(text: string, style: Style): Span {
  return { text, style };
}

export function line(content: Inline): Block {
  return { kind: "line", content };
}

/** A line that begins a section: a blank line goes before it unless it is the first. */
export function heading(content: Inline): Block {
  return { kind: "heading", content };
}

export function table(columns: readonly Column[], rows: readonly (readonly Inline[])[]): Block {
  return { kind: "table", columns, rows };
}

/** Labels with their values; entries without a value are left out. */
export function fields(entries: readonly (readonly [label: string, value: Inline | undefined])[]): Block {
  const present = entries.filter((entry): entry is readonly [string, Inline] => entry[1] !== undefined);
  return { kind: "fields", fields: present };
}

/** Stored text of several lines, indented and wrapped to the terminal. */
export function text(value: string): Block {
  return { kind: "text", text: value };
}

export function tree(roots: readonly TreeNode[]): Block {
  return { kind: "tree", roots };
}
