/** Handoffs as people see them, and as lists give them to programs. */
import type { Handoff } from "@knotwork/domain";
import { type Block, type Document, fields, line, span, type Style, table } from "../output/document.ts";
import { jsonText, list, originFields, paragraph } from "./decision-view.ts";
import { shortIds } from "./short-ids.ts";
import { shortTime } from "./times.ts";

const STATUS_STYLES: Readonly<Record<Handoff["status"], Style>> = {
  initiated: "cyan",
  accepted: "yellow",
  completed: "green",
  rejected: "red",
  superseded: "dim",
};

export function briefHandoff({ id, task, from, to, status, instructions, createdAt }: Handoff): object {
  return { id, task, from, to, status, ...(instructions === undefined ? {} : { instructions }), createdAt };
}

export function handoffTable(handoffs: readonly Handoff[]): Block {
  const short = shortIds(handoffs.flatMap(({ id, task }) => [id, task]));
  return table(
    [
      { title: "id" },
      { title: "status" },
      { title: "task" },
      { title: "from" },
      { title: "to" },
      { title: "instructions", flexible: true },
    ],
    handoffs.map(({ id, status, task, from, to, instructions = "" }) => [
      short(id),
      span(status, STATUS_STYLES[status]),
      short(task),
      from,
      to,
      instructions,
    ]),
  );
}

export function handoffLine(action: string, { id, task, from, to }: Handoff): Block {
  return line([span(`${action} `, "green"), span(id, "bold"), `  ${task}  ${from} → ${to}`]);
}

/** All of it: what the giver knows is what the taker needs. */
export function handoffDocument(handoff: Handoff): Document {
  return [
    line([span(handoff.id, "bold"), "  ", span(handoff.status, STATUS_STYLES[handoff.status])]),
    fields([
      ["task", handoff.task],
      ["from", handoff.from],
      ["to", handoff.to],
      ["fence", handoff.fence === undefined ? undefined : String(handoff.fence)],
      ["branch", handoff.branch],
      ["initiated", when(handoff.createdAt, handoff.createdBy)],
      ["accepted", when(handoff.acceptedAt, handoff.acceptedBy)],
      ["completed", when(handoff.completedAt, undefined)],
      ["rejected", when(handoff.rejectedAt, handoff.rejectedBy)],
      ["reason", handoff.rejectReason],
      ["superseded by", handoff.supersededBy],
      ...originFields(handoff),
    ]),
    ...paragraph("Instructions", handoff.instructions),
    ...list("Done", handoff.done ?? []),
    ...list("Remaining", handoff.remaining ?? []),
    ...list("Decisions", handoff.decisions ?? []),
    ...list("Uncertain", handoff.uncertain ?? []),
    ...list("Questions", handoff.questions ?? []),
    ...list("Files", handoff.files ?? []),
    ...list("Artifacts", handoff.artifacts ?? []),
    ...paragraph("Context", jsonText(handoff.context)),
    ...paragraph("Result", jsonText(handoff.result)),
    ...paragraph("Extra", jsonText(handoff.extra)),
  ];
}

function when(at: string | undefined, by: string | undefined): string | undefined {
  if (at === undefined) return undefined;
  return by === undefined ? shortTime(at) : `${shortTime(at)} by ${by}`;
}
