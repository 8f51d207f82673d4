/** `knot log --follow`: a line for each commit as it comes, until somebody ends it. */
import type { FollowedEntry } from "@knotwork/domain";
import type { CommandContext } from "../command-context.ts";
import type { CommandOutput } from "../command.ts";
import { ENVELOPE_VERSION, jsonLine } from "../envelope.ts";
import { line, span } from "../output/document.ts";
import { renderDocument } from "../output/render.ts";
import { columnsOf, paintFor, wantsColor } from "../output/terminal.ts";
import { shortIdsInTexts } from "../views/short-ids.ts";
import { shortTime } from "../views/times.ts";

export async function followLog(
  context: CommandContext,
  { limit = Infinity, after }: { readonly limit?: number; readonly after?: string },
): Promise<CommandOutput> {
  const knot = await context.read();
  const signal = context.environment.endSignal();
  const print = printerOf(context);
  let count = 0;
  try {
    for await (const entry of knot.follow({ signal, ...(after === undefined ? {} : { after: positionOf(after) }) })) {
      print(entry);
      count += 1;
      if (count >= limit) break;
    }
  } catch (error) {
    // Being asked to end is how it ends.
    if (!signal.aborted) throw error;
  }
  return { data: null, document: () => [], written: true };
}

/** A cursor, or the number of a commit. */
function positionOf(after: string): string | number {
  return /^\d{1,15}$/.test(after) ? Number(after) : after;
}

function printerOf({ environment, globals }: CommandContext): (entry: FollowedEntry) => void {
  const { stdout, env } = environment;
  if (globals.json) return (entry) => stdout.write(`${jsonLine({ v: ENVELOPE_VERSION, ...entry })}\n`);
  const look = {
    columns: columnsOf(stdout, env),
    paint: paintFor(wantsColor(stdout, { refused: globals.noColor, env })),
  };
  return ({ seq, time, author, summary }) => {
    const what = shortIdsInTexts([summary])(summary);
    const row = line([
      span(String(seq), "bold"),
      "  ",
      span(shortTime(time), "dim"),
      "  ",
      span(author, "cyan"),
      `  ${what}`,
    ]);
    stdout.write(renderDocument([row], look));
  };
}
