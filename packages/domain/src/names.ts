/** Names, titles and ids as callers give them. What comes from a failed substitution in a script is refused. */
import { claimIdPrefix } from "./claim-id.ts";
import { DomainError } from "./domain-error.ts";

/**
 * A name as agents, roles and people have it: one line of at most 200 characters.
 *
 * @throws DomainError INVALID_VALUE
 */
export function assertName(value: unknown, what: string): asserts value is string {
  const problem = problemOfName(value);
  if (problem === undefined) return;
  throw new DomainError("INVALID_VALUE", `Cannot use ${JSON.stringify(value)} as ${what}: ${problem}`, {
    hint: `Give a ${what} of 1 to 200 characters without line breaks.`,
    context: { what },
  });
}

function problemOfName(value: unknown): string | undefined {
  if (typeof value !== "string") return "it is no text";
  if (value.trim() === "") return "it is empty";
  if (value === "null" || value === "undefined") return "it looks like a value that was missing";
  if (value.length > 200) return "it is longer than 200 characters";
  if (value !== value.trim()) return "it begins or ends with a space";
  // Line breaks and other control characters (C0, DEL, C1) would let a name forge lines of a report.
  if (/\p{Cc}/u.test(value)) return "it holds control characters";
  return undefined;
}

/**
 * A title: one line of at most 500 characters.
 *
 * @throws DomainError INVALID_VALUE
 */
export function assertTitle(title: unknown): asserts title is string {
  // The schema counts to 500; a name of more than 200 is no name.
  assertName(typeof title === "string" ? title.slice(0, 200).trimEnd() : title, "title");
}

/** So long may an id of the caller's be: the id of its claim must have room. */
export const ownIdLengthMax: number = 128 - claimIdPrefix.length;

/**
 * An id chosen by the caller. Its spelling is the graph's to check.
 *
 * @throws DomainError INVALID_VALUE
 */
export function assertOwnId(id: unknown): asserts id is string {
  assertName(id, "id");
  if (id.length <= ownIdLengthMax && !id.startsWith(claimIdPrefix)) return;
  throw new DomainError("INVALID_VALUE", `Cannot use "${id}" as id: it is reserved or too long`, {
    hint: `Give an id of at most ${ownIdLengthMax} characters that does not begin with "${claimIdPrefix}".`,
    context: { id },
  });
}
