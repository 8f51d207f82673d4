/** Decisions as people see them, and as lists give them to programs. */
import type { Decision, RecordProps, View } from "@knotwork/domain";
import { type Block, type Document, fields, heading, line, span, type Style, table, text } from "../output/document.ts";
import { shortIds } from "./short-ids.ts";
import { shortTime } from "./times.ts";

const STATUS_STYLES: Readonly<Record<Decision["status"], Style>> = {
  proposed: "cyan",
  accepted: "green",
  superseded: "dim",
  retired: "dim",
};

export function briefDecision({ id, title, status, affects, createdAt, createdBy }: Decision): object {
  return { id, title, status, affects, createdAt, ...(createdBy === undefined ? {} : { createdBy }) };
}

export function decisionTable(decisions: readonly Decision[]): Block {
  const short = shortIds(decisions.map(({ id }) => id));
  return table(
    [{ title: "id" }, { title: "status" }, { title: "at" }, { title: "title", flexible: true }],
    decisions.map(({ id, status, createdAt, title }) => [
      short(id),
      span(status, STATUS_STYLES[status]),
      span(shortTime(createdAt), "dim"),
      title,
    ]),
  );
}

export function decisionDocument(decision: Decision): Document {
  const { alternatives = [], consequences = [], affects } = decision;
  return [
    line([span(decision.id, "bold"), "  ", span(decision.status, STATUS_STYLES[decision.status])]),
    line(span(decision.title, "bold")),
    fields([
      ["affects", affects.length === 0 ? undefined : affects.join(", ")],
      ["tags", decision.tags?.join(", ")],
      ["superseded by", decision.supersededBy],
      ["retired", decision.retiredReason],
      [
        "decided",
        `${shortTime(decision.createdAt)}${decision.createdBy === undefined ? "" : ` by ${decision.createdBy}`}`,
      ],
      ...originFields(decision),
    ]),
    ...paragraph("Context", decision.context),
    ...paragraph("Rationale", decision.rationale),
    ...list("Alternatives", alternatives),
    ...list("Consequences", consequences),
    ...paragraph("Extra", jsonText(decision.extra)),
  ];
}

/** Which version it is, and where an imported record comes from. */
export function originFields(record: View<RecordProps>): readonly (readonly [string, string | undefined])[] {
  const { source, version, seq, updatedAt, updatedBy } = record;
  return [
    ["source", source === undefined ? undefined : `${source.system} ${source.id}`],
    ["version", `${version}, seq ${seq}, ${shortTime(updatedAt)} by ${updatedBy}`],
  ];
}

export function jsonText(value: object | undefined): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value, undefined, 2);
}

export function paragraph(title: string, body: string | undefined): Document {
  return body === undefined || body === "" ? [] : [heading(span(title, "bold")), text(body)];
}

export function list(title: string, items: readonly string[]): Document {
  return items.length === 0 ? [] : [heading(span(title, "bold")), ...items.map((item) => text(`- ${item}`))];
}
