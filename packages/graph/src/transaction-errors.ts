/** What a transaction refuses, and how it says so. */
import type { IndexDefinition } from "./engine.ts";
import type { Entity } from "./entity.ts";
import type { DraftVersion } from "./entity-view.ts";
import { GraphError } from "./graph-error.ts";
import { fieldValue, indexKeysOf } from "./index-keys.ts";
import { indexKeysMax, transactionBytesMax } from "./limits.ts";

/** @throws GraphError LIMIT_EXCEEDED when an indexed array is too long */
export function assertIndexable(draft: DraftVersion, definitions: readonly IndexDefinition[]): void {
  for (const definition of definitions) {
    // Only an array gives more than one key, and no more than it is long.
    const arrays = definition.parts
      .map(({ field }) => fieldValue(draft.props, field))
      .filter((value) => Array.isArray(value));
    if (arrays.every(({ length }) => length <= indexKeysMax)) continue;
    const keys = indexKeysOf(draft, [definition]).filter(({ index }) => index === definition.name).length;
    if (keys <= indexKeysMax) continue;
    throw new GraphError(
      "LIMIT_EXCEEDED",
      `Cannot store ${draft.id}: it has ${keys} keys in index ${definition.name}`,
      {
        hint: `An indexed array may have ${indexKeysMax} distinct elements.`,
        context: { id: draft.id, index: definition.name, keys },
      },
    );
  }
}

/** @throws GraphError LIMIT_EXCEEDED */
export function assertTransactionSize(drafts: readonly DraftVersion[]): void {
  if (drafts.reduce((sum, { bytesMax }) => sum + bytesMax, 0) <= transactionBytesMax) return;
  const bytes = drafts.reduce((sum, { props }) => sum + Buffer.byteLength(JSON.stringify(props)), 0);
  if (bytes <= transactionBytesMax) return;
  throw new GraphError("LIMIT_EXCEEDED", `Cannot commit ${bytes} bytes: the limit is ${transactionBytesMax}`, {
    hint: "Write in several transactions.",
    context: { bytes, limit: transactionBytesMax },
  });
}

export function notFound(id: string): GraphError {
  return new GraphError("NOT_FOUND", `Cannot change ${id}: there is no such entity`, {
    hint: "Look the id up again; it may have been deleted.",
    context: { id },
  });
}

export function danglingEdge(id: string, end: "from" | "to", state: string): GraphError {
  return new GraphError("DANGLING_EDGE", `Cannot link ${end} ${id}: ${state}`, {
    hint: "Create the node first; both may be done in one transaction.",
    context: { id, end },
  });
}

export function alreadyExists({ id, type, version }: Entity): GraphError {
  return new GraphError("ALREADY_EXISTS", `Cannot create ${id}: there is a ${type} with this id`, {
    hint: "Update the one that is there, or choose another id.",
    context: { id, type, version },
  });
}

export function readOnly(): GraphError {
  return new GraphError("READ_ONLY", "Cannot write: the graph was opened read-only", {
    hint: "Open it without readOnly to write.",
  });
}
