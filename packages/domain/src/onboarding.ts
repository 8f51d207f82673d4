/**
 * The block that tells agents about Knotwork in a project's AGENTS.md or CLAUDE.md. Everything around it belongs to the
 * users and stays as it is, byte for byte.
 */
import { DomainError } from "./domain-error.ts";

const begin = "<!-- knot:begin (written by knot onboard; changes between these marks are lost) -->";
const beginMark = /^<!-- knot:begin\b.*-->[^\S\n]*$/gm;
const end = "<!-- knot:end -->";
const endMark = /^<!-- knot:end -->[^\S\n]*$/gm;

const block = `${begin}
## Work is tracked with knot

Tasks, decisions and handoffs of this project are in a store that all agents share. Use it for all work.

1. Say who you are: \`export KNOT_AGENT=your-name\` and a secret of your own \`export KNOT_TOKEN=…\`.
2. Begin with \`knot prime\`: what you hold, what was offered to you, what is ready, what was decided. Keep its cursor for
   \`knot prime --since CURSOR\`.
3. Take work: \`knot task next --claim --ttl 30m --token "$KNOT_TOKEN" --json\`. The answer has the fence of your claim;
   \`knot task heartbeat ID\` keeps it alive.
4. Say why: \`knot decision log "…" --rationale "…" --affects ID\`. Note what you learn: \`knot note ID "…"\`.
5. End it: \`knot task complete ID --fence N\`, or \`knot handoff initiate ID --to NAME --fence N --done "…" --remaining "…"\`.
6. Several changes at once, all or nothing: \`knot batch\` with one JSON object a line.

Every command takes \`--help\` and \`--json\`: one document with \`ok\`, then \`data\` or \`error\` (\`code\`, \`hint\`, \`retryable\`).
Exit codes: 0 ok, 2 wrong usage, 3 not found, 4 conflict or claim held (read again, decide anew), 5 try again. All commands:
\`knot help --all\`.
${end}`;

/**
 * The text with the block in it: the old one replaced, or a new one at the end. Line ends are those of the text. Doing it
 * again changes nothing.
 *
 * @throws DomainError INVALID_VALUE when the marks of the block are not one pair
 */
export function withOnboarding(text: string): string {
  const lineEnd = text.includes("\r\n") ? "\r\n" : "\n";
  const own = block.replaceAll("\n", lineEnd);
  const begins = [...text.matchAll(beginMark)];
  const ends = [...text.matchAll(endMark)];
  const [first] = begins;
  const [last] = ends;
  if (first === undefined && last === undefined) {
    if (text.trim() === "") return `${own}${lineEnd}`;
    return `${text}${text.endsWith("\n") ? "" : lineEnd}${lineEnd}${own}${lineEnd}`;
  }
  if (first === undefined || last === undefined || begins.length > 1 || ends.length > 1 || last.index < first.index) {
    throw new DomainError("INVALID_VALUE", "Cannot update the block of knot: its marks are not one pair", {
      hint: `Leave one line "${begin}" and after it one line "${end}", or neither.`,
      context: { begins: begins.length, ends: ends.length },
    });
  }
  const rest = text.slice(last.index + end.length);
  return `${text.slice(0, first.index)}${own}${rest}`;
}
