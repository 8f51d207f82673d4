/** The types a graph was opened with, and what holds for types nobody declared. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { chain } from "./awaitable.ts";
import type { Awaitable, IndexDefinition } from "./engine.ts";
import { GraphError } from "./graph-error.ts";
import type { JsonObject } from "./json.ts";
import { copyProps, type StorableCopy } from "./storable.ts";
import { isEdgeTypeName, isTypeName, type TypeDefinition, type TypeList } from "./type-definition.ts";

export class TypeRegistry {
  /** Every declared index, each once. */
  readonly indexes: readonly IndexDefinition[];
  readonly #typesByName: ReadonlyMap<string, TypeDefinition>;
  /** With declared types only those (and well-spelled edge types) are taken; without any, every valid name is. */
  readonly #closed: boolean;

  /** @throws TypeError when a name is defined twice */
  constructor(types: TypeList | undefined) {
    const typesByName = new Map<string, TypeDefinition>();
    for (const type of types ?? []) {
      if (typesByName.has(type.name)) throw new TypeError(`Cannot use the types: ${type.name} is defined twice`);
      typesByName.set(type.name, type);
    }
    const indexesByName = new Map<string, IndexDefinition>();
    for (const { indexes, text, endings } of typesByName.values()) {
      for (const index of [...indexes, text, endings]) if (index !== undefined) indexesByName.set(index.name, index);
    }
    this.indexes = [...indexesByName.values()];
    this.#typesByName = typesByName;
    this.#closed = types !== undefined && types.length > 0;
  }

  /** Those ordered by values of fields. */
  indexesOf(type: string): readonly IndexDefinition[] {
    return this.#typesByName.get(type)?.indexes ?? [];
  }

  /** The index of the words of a type. @throws TypeError when none of its texts are declared to be searched */
  textIndexOf(type: string): IndexDefinition {
    const text = this.#typesByName.get(type)?.text;
    if (text !== undefined) return text;
    throw new TypeError(
      `Cannot search ${type}: its definition names no text; say which fields in defineType({ text })`,
    );
  }

  /** Those whose keys follow from the head of a record: all but that of the words. */
  keyedIndexesOf(type: string): readonly IndexDefinition[] {
    const endings = this.endingsOf(type);
    return endings === undefined ? this.indexesOf(type) : [...this.indexesOf(type), endings];
  }

  endingsOf(type: string): IndexDefinition | undefined {
    return this.#typesByName.get(type)?.endings;
  }

  /** The order of an enum field, if it has one. */
  orderOf(type: string, field: string): readonly string[] | undefined {
    const enums = this.#typesByName.get(type)?.enums;
    return enums !== undefined && Object.hasOwn(enums, field) ? enums[field] : undefined;
  }

  idPrefixOf(type: string): string {
    return this.#typesByName.get(type)?.idPrefix ?? type.charAt(0).toUpperCase();
  }

  /** @throws GraphError UNKNOWN_TYPE */
  assertKnown(type: string): void {
    if (this.#typesByName.has(type)) return;
    if (this.#closed ? isEdgeTypeName(type) : isTypeName(type)) return;
    throw this.#unknown(type, isTypeName(type) ? "no such type is defined" : "not a valid type name");
  }

  /** @throws GraphError UNKNOWN_TYPE */
  assertNodeType(type: string): void {
    const known = this.#typesByName.get(type);
    if (known?.edge === true) throw this.#unknown(type, "it is a type of edges, made with link");
    if (known === undefined && this.#closed) throw this.#unknown(type, "no such type is defined");
    this.assertKnown(type);
  }

  /** @throws GraphError UNKNOWN_TYPE */
  assertEdgeType(type: string): void {
    if (this.#typesByName.get(type)?.edge === false)
      throw this.#unknown(type, "it is a type of nodes, made with create");
    this.assertKnown(type);
  }

  /**
   * That an edge of this type may have this node as one of its ends.
   * @throws GraphError WRONG_END
   */
  assertEnd(
    type: string,
    end: "from" | "to",
    { id, type: nodeType }: { readonly id: string; readonly type: string },
  ): void {
    const allowed = this.#typesByName.get(type)?.[end];
    if (allowed === undefined || allowed.includes(nodeType)) return;
    throw new GraphError("WRONG_END", `Cannot link ${end} ${id}: it is a ${nodeType}, and ${type} takes none there`, {
      hint: `${type} ${end === "from" ? "leaves" : "enters"} nodes of these types: ${allowed.join(", ")}.`,
      context: { id, type, end, nodeType },
    });
  }

  /**
   * The props as they are to be stored: checked by the type's schema, copied, frozen.
   * @throws GraphError INVALID_VALUE, LIMIT_EXCEEDED
   */
  validate(type: string, props: unknown): Awaitable<StorableCopy<JsonObject>> {
    const schema = this.#typesByName.get(type)?.fields;
    if (schema === undefined) return copyProps(props);
    // The schema gets a frozen copy: it cannot change what is the caller's, nor keep and change what is stored.
    const given = copyProps(props);
    const result = schema["~standard"].validate(given.value);
    // Promises of other kinds (a library's, another realm's) are awaited like any.
    const settling = "then" in result ? Promise.resolve(result) : result;
    return chain(settling, (settled) => toStore(type, given, settled));
  }

  #unknown(type: string, why: string): GraphError {
    const names = [...this.#typesByName.keys()].join(", ");
    return new GraphError("UNKNOWN_TYPE", `Cannot use type ${JSON.stringify(type)}: ${why}`, {
      hint: this.#closed
        ? `Defined types: ${names}. Edge types need no definition when written like DEPENDS_ON.`
        : "A type name is a letter and up to 63 letters, digits, dots, underscores or hyphens.",
      context: { type },
    });
  }
}

function toStore(
  type: string,
  given: StorableCopy<JsonObject>,
  result: StandardSchemaV1.Result<unknown>,
): StorableCopy<JsonObject> {
  if (result.issues === undefined) return result.value === given.value ? given : copyProps(result.value);
  const paths = result.issues.map(({ path = [] }) =>
    path.map((part) => String(typeof part === "object" ? part.key : part)).join("."),
  );
  const messages = result.issues.map(({ message }, index) => {
    const field = paths[index] ?? "";
    return field === "" ? message : `${field}: ${message}`;
  });
  const path = paths[0] === undefined || paths[0] === "" ? "$" : `$.${paths[0]}`;
  throw new GraphError("INVALID_VALUE", `Cannot store this ${type}: ${messages.join("; ")}`, {
    hint: "Correct the fields named and try again.",
    context: { type, path, issues: result.issues.length },
  });
}
