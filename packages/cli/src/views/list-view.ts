/** What a list says around its rows: that there is nothing, or that there is more. */
import type { EnvelopePage } from "../envelope.ts";
import { type Block, type Document, line, span } from "../output/document.ts";

export interface ListView {
  readonly count: number;
  /** Such as `task`. */
  readonly noun: string;
  readonly page: EnvelopePage;
  readonly rows: () => readonly Block[];
}

export function listDocument({ count, noun, page, rows }: ListView): Document {
  if (count === 0) return [line(span(page.truncated ? `No ${noun} here.` : `No ${noun}.`, "dim"))];
  if (!page.truncated) return rows();
  const onward = page.next === null ? "raise --limit" : `go on with --after ${page.next}`;
  return [...rows(), line(span(`… and more: ${onward}`, "dim"))];
}
