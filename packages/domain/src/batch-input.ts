/** The fields of a batch item: known ones only, each of the kind its operation wants, names turned into ids. */
import type { BatchItem } from "./batch.ts";
import type { BatchInput, BatchOperation, FieldKind } from "./batch-operations.ts";
import { DomainError } from "./domain-error.ts";
import type { KnotContext } from "./knot-context.ts";
import { resolveId } from "./resolve-id.ts";

export interface GivenItem {
  readonly item: BatchItem;
  readonly idsByRef: ReadonlyMap<string, string>;
  /** Names of items that failed. */
  readonly failedRefs: ReadonlySet<string>;
}

/** @throws DomainError UNKNOWN_FIELD, INVALID_VALUE, NOT_FOUND, AMBIGUOUS_ID */
export async function readInput(
  context: KnotContext,
  { fields, needs }: BatchOperation,
  { item, idsByRef, failedRefs }: GivenItem,
): Promise<BatchInput> {
  const input: Record<string, unknown> = {};
  const { ref } = item;
  if (ref !== undefined && (typeof ref !== "string" || !/^[A-Za-z][\w-]{0,63}$/.test(ref) || idsByRef.has(ref))) {
    throw invalid("ref", ref, "it is no name, or another item has it");
  }
  const resolve = async (field: string, value: unknown): Promise<string> => {
    if (typeof value !== "string" || value === "") throw invalid(field, value, "it is no id");
    if (!value.startsWith("$")) return resolveId(context, value);
    const id = idsByRef.get(value.slice(1));
    if (id !== undefined) return id;
    throw invalid(
      field,
      value,
      failedRefs.has(value.slice(1)) ? "the item of this name failed" : "no item before has this name",
    );
  };
  for (const [field, value] of Object.entries(item)) {
    if (field === "op" || field === "ref") continue;
    const kind = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (kind === undefined) throw unknownField(field, Object.keys(fields));
    if (kind === "id") input[field] = await resolve(field, value);
    else if (kind === "ids") {
      if (!Array.isArray(value)) throw invalid(field, value, "it is no list of ids");
      input[field] = await Promise.all(value.map((each) => resolve(field, each)));
    } else {
      if (!isOf(kind, value)) throw invalid(field, value, `it is no ${kindNames[kind]}`);
      input[field] = value;
    }
  }
  const missing = needs.find((field) => input[field] === undefined);
  if (missing === undefined) return input;
  throw new DomainError("INVALID_VALUE", `Cannot do it: ${JSON.stringify(missing)} is missing`, {
    hint: `Give it; this operation needs: ${needs.join(", ")}.`,
    context: { field: missing },
  });
}

const kindNames = { text: "text", texts: "list of texts", number: "number", object: "object" } as const;

function isOf(kind: Exclude<FieldKind, "id" | "ids">, value: unknown): boolean {
  if (kind === "texts") return Array.isArray(value) && value.every((each) => isOf("text", each));
  if (kind === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  // What scripts write when a value was missing.
  if (kind === "text") return typeof value === "string" && !/^\s*(null|undefined|none|)\s*$/i.test(value);
  return typeof value === "number";
}

function invalid(field: string, value: unknown, state: string): DomainError {
  return new DomainError("INVALID_VALUE", `Cannot use ${JSON.stringify(value ?? null)} as ${field}: ${state}`, {
    hint: "Correct the field. Ids are whole ids, the last six or more characters, or $name of an item before.",
    context: { field },
  });
}

function unknownField(field: string, known: readonly string[]): DomainError {
  return new DomainError("UNKNOWN_FIELD", `Cannot use ${JSON.stringify(field)}: the operation has no such field`, {
    hint: `Fields: ${known.join(", ")}.`,
    context: { field },
  });
}
