/** `knot locks`: who holds what, since when. */
import type { ClaimView } from "@knotwork/domain";
import { readLockHolder } from "@knotwork/graph";
import { type Command, defineCommand } from "../command.ts";
import { type Document, fields, heading, line, span, table } from "../output/document.ts";
import { shortIds } from "../views/short-ids.ts";
import { shortTime } from "../views/times.ts";

export const locks: Command = defineCommand({
  path: "locks",
  summary: "Show who holds the log and which agents hold claims",
  details:
    "data.log is the process that took the lock of the log last; the note stays when the lock is let go, so it may not hold it now. data.claims are the claims held, live or run out. A read: it takes no lock.",
  args: {},
  options: {},
  examples: [{ line: "knot locks", why: "who is in the way" }],
  run: async (context) => {
    const knot = await context.read();
    const { disk, clock } = context.environment;
    const log = readLockHolder(disk, clock, context.storeDirectory);
    const claims = await knot.tasks.claims();
    return { data: { log: log ?? null, claims }, document: () => locksDocument(log, claims) };
  },
});

function locksDocument(log: ReturnType<typeof readLockHolder>, claims: readonly ClaimView[]): Document {
  const short = shortIds(claims.map(({ task }) => task));
  return [
    fields([
      ["log last locked", log === undefined ? "by nobody" : `by process ${log.pid} on ${log.host}, ${log.since}`],
    ]),
    ...(claims.length === 0
      ? [line(span("No claim is held.", "dim"))]
      : [
          heading(span("Claims", "bold")),
          table(
            [
              { title: "task" },
              { title: "agent" },
              { title: "fence", align: "right" },
              { title: "since" },
              { title: "until" },
            ],
            claims.map(({ task, agent, fence, claimedAt, expiresAt, expired }) => [
              short(task),
              agent,
              String(fence),
              span(shortTime(claimedAt), "dim"),
              expired ? span(`ran out ${shortTime(expiresAt)}`, "yellow") : shortTime(expiresAt),
            ]),
          ),
        ]),
  ];
}
