/** What the winner of a claim sees: what to keep, and how long it lasts. */
import type { Claimed } from "@knotwork/domain";
import { type Document, fields, line, span } from "../output/document.ts";
import { taskLine } from "./task-view.ts";

/** The claim first: it is what the caller must keep. */
export function claimData({ task, fence, token, expiresAt, seq }: Claimed): object {
  return { fence, token, expiresAt, seq, task };
}

export function claimDocument(action: string, { task, fence, token, expiresAt }: Claimed): Document {
  return [
    taskLine(action, task),
    fields([
      ["fence", String(fence)],
      ["token", token],
      ["until", expiresAt],
    ]),
    line(span("Keep the token: pass it as --token or KNOT_TOKEN to heartbeat, release and complete.", "dim")),
  ];
}
