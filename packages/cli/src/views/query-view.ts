/** What queries find, as people see it. */
import type { FoundEntity, FoundPath, GroupCount, Task, WalkedNode } from "@knotwork/domain";
import type { Look } from "../command.ts";
import { type Block, type Inline, span, table } from "../output/document.ts";
import { shortIds } from "./short-ids.ts";
import { taskTable } from "./task-view.ts";

/** Fields that a list of some type shows, as far as its rows have them. */
const SHOWN_FIELDS = ["status", "priority", "kind", "state", "number", "agent", "from", "to", "weight", "assignee"];
const LABEL_FIELDS = ["title", "name", "path", "text", "summary"];

export function foundTable(items: readonly FoundEntity[], look: Look): Block {
  if (items.every(({ type }) => type === "task")) return taskTable(items as unknown as readonly Task[], look);
  const short = shortIds(items.flatMap(({ id, from, to }) => [id, from ?? id, to ?? id]));
  const isEdge = items.some(({ from }) => from !== undefined);
  const shown = SHOWN_FIELDS.filter((field) => items.some((item) => valueOf(item, field) !== undefined));
  const label = LABEL_FIELDS.find((field) => items.some((item) => valueOf(item, field) !== undefined));
  return table(
    [
      ...(isEdge ? [] : [{ title: "id" }]),
      ...shown.map((field) => ({ title: field })),
      ...(label === undefined ? [] : [{ title: label, flexible: true }]),
    ],
    items.map((item) => [
      ...(isEdge ? [] : [short(item.id)]),
      ...shown.map((field) => short(textOf(valueOf(item, field)))),
      ...(label === undefined ? [] : [textOf(valueOf(item, label))]),
    ]),
  );
}

export function groupTable(field: string, groups: readonly GroupCount[]): Block {
  return table(
    [
      { title: field, flexible: true },
      { title: "count", align: "right" },
    ],
    groups.map(({ value, count }) => [value === null ? span("none", "dim") : textOf(value), String(count)]),
  );
}

export function pathTable({ nodes, steps }: FoundPath): Block {
  const short = shortIds(nodes.map(({ id }) => id));
  return table(
    [{ title: "edge" }, { title: "type" }, { title: "id" }, { title: "what", flexible: true }],
    nodes.map(({ id, type, label }, index) => [arrow(steps[index - 1]), type, span(short(id), "bold"), label]),
  );
}

export function walkTable(items: readonly WalkedNode[]): Block {
  const short = shortIds(items.flatMap(({ id, via }) => [id, via.id]));
  return table(
    [
      { title: "depth", align: "right" },
      { title: "id" },
      { title: "type" },
      { title: "what", flexible: true },
      { title: "by" },
      { title: "from" },
    ],
    items.map(({ id, type, label, depth, via }) => [
      String(depth),
      span(short(id), "bold"),
      type,
      label,
      arrow(via),
      span(short(via.id), "dim"),
    ]),
  );
}

function arrow(step: { readonly type: string; readonly direction: "out" | "in" } | undefined): Inline {
  if (step === undefined) return "";
  return span(step.direction === "out" ? `${step.type} →` : `← ${step.type}`, "cyan");
}

function valueOf(item: FoundEntity, field: string): unknown {
  return (item as unknown as Readonly<Record<string, unknown>>)[field];
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
