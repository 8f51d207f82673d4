import { DomainError } from "../domain-error.ts";

export interface QueryProblem {
  /** The text that cannot be read. */
  readonly query: string;
  /** Where in it, counted in characters from 0. */
  readonly position: number;
  /** Such as `a value is missing`. */
  readonly problem: string;
  readonly hint: string;
  /** What was typed there, and what it might have been. */
  readonly typed?: string;
  readonly candidates?: readonly string[];
}

/** The error for a text that is no query: `INVALID_QUERY`, with the place in its context. */
export function invalidQuery({ query, position, problem, hint, typed, candidates }: QueryProblem): DomainError {
  return new DomainError("INVALID_QUERY", `Cannot read the query: ${problem} (at character ${position + 1})`, {
    hint,
    context: {
      query,
      position,
      ...(typed === undefined ? {} : { typed }),
      ...(candidates === undefined ? {} : { candidates: candidates.join(",") }),
    },
  });
}
