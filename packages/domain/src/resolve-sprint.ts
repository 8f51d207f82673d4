/** From what a person calls a sprint to its id: the id, the end of one, or its number. */
import { DomainError, notFound } from "./domain-error.ts";
import type { KnotContext } from "./knot-context.ts";
import { resolveId } from "./resolve-id.ts";
import { sprintIdsByNumber } from "./sprint-reads.ts";

/** @throws DomainError NOT_FOUND, AMBIGUOUS_ID when imports brought several of one number */
export async function resolveSprint(context: KnotContext, idOrNumber: string): Promise<string> {
  if (!/^\d{1,6}$/.test(idOrNumber) || (await context.graph.get(idOrNumber))?.type === "sprint") {
    return resolveId(context, idOrNumber, "sprint");
  }
  const ids = await sprintIdsByNumber(context.graph, Number(idOrNumber));
  const [only, ...others] = ids;
  if (only === undefined) throw notFound("sprint", idOrNumber);
  if (others.length === 0) return only;
  throw new DomainError("AMBIGUOUS_ID", `Cannot tell which sprint ${idOrNumber} means: ${ids.length} have the number`, {
    hint: `Give the id: ${ids.slice(0, 5).join(", ")}`,
    context: { given: idOrNumber, candidates: ids.slice(0, 5).join(",") },
  });
}
