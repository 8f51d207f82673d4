/** From what a person types to an id: the id itself, or the end of one. */
import { DomainError, notFound } from "./domain-error.ts";
import type { KnotContext } from "./knot-context.ts";
import { knotTypes } from "./types/knot-types.ts";

const suffixLengthMin = 6;
const candidatesShownMax = 5;

/**
 * The id of the one entity that has this id, or whose id ends so. Upper and lower case are one in a suffix.
 *
 * @throws DomainError NOT_FOUND, AMBIGUOUS_ID with the candidates
 */
export async function resolveId(context: KnotContext, idOrSuffix: string, type?: string): Promise<string> {
  const kind = type ?? "entity";
  const entity = isSpeltLikeId(idOrSuffix) ? await context.graph.get(idOrSuffix) : undefined;
  if (entity !== undefined && (type === undefined || entity.type === type)) return entity.id;
  if (idOrSuffix.length < suffixLengthMin) throw notFound(kind, idOrSuffix);
  const found = await idsEndingWith(context, idOrSuffix, type);
  const [only, ...others] = found;
  if (only === undefined) throw notFound(kind, idOrSuffix);
  if (others.length === 0) return only;
  const shown = found.slice(0, candidatesShownMax).join(", ");
  throw new DomainError("AMBIGUOUS_ID", `Cannot tell which ${kind} "${idOrSuffix}" means: ${found.length} ids end so`, {
    hint: `Give more of it: ${shown}${found.length > candidatesShownMax ? " …" : ""}`,
    context: { given: idOrSuffix, candidates: found.slice(0, candidatesShownMax), count: found.length },
  });
}

async function idsEndingWith(context: KnotContext, suffix: string, type: string | undefined): Promise<string[]> {
  const types = type === undefined ? knotTypes.map((each) => each.name) : [type];
  const found: string[] = [];
  for (const each of types) found.push(...(await context.graph.idsEndingWith(each, suffix)));
  return found;
}

function isSpeltLikeId(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(text);
}
