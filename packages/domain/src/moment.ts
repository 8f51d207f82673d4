/** When a question is asked of: now, at a commit, or at a time. */
import { DomainError } from "./domain-error.ts";

/** The number of a commit, or a time. */
export type Moment = number | Date;

/** A moment as typed: the number of a commit, a date, or an instant. @throws DomainError INVALID_VALUE */
export function parseMoment(text: string): Moment {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const isDate = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.test(text);
  const date = new Date(text);
  if (isDate && !Number.isNaN(date.getTime())) return date;
  throw new DomainError("INVALID_VALUE", `Cannot look at ${JSON.stringify(text)}: it is neither a commit nor a time`, {
    hint: "Give the number of a commit (see: knot log), a date such as 2026-03-01, or 2026-03-01T12:00:00Z.",
    context: { field: "asOf" },
  });
}
