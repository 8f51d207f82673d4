/** What a field of a schema holds, as far as it matters to what the field can be compared with. */

export type FieldKind = "text" | "number" | "boolean" | "list";

/** The parts of a schema of valibot that are looked at. */
interface SchemaNode {
  readonly type?: string;
  /** Of an object. */
  readonly entries?: Readonly<Record<string, SchemaNode>>;
  /** Of an optional field. */
  readonly wrapped?: SchemaNode;
}

const kindByType: ReadonlyMap<string, FieldKind> = new Map([
  ["string", "text"],
  ["picklist", "text"],
  ["number", "number"],
  ["boolean", "boolean"],
  ["array", "list"],
]);

/** The kind of a field, dotted names reaching into objects; `undefined` where anything may be, an object too. */
export function fieldKind(schema: unknown, field: string): FieldKind | undefined {
  let node: SchemaNode | undefined = schema as SchemaNode;
  for (const name of field.split(".")) {
    const entries: SchemaNode["entries"] = node?.entries;
    const entry: SchemaNode | undefined =
      entries !== undefined && Object.hasOwn(entries, name) ? entries[name] : undefined;
    node = entry?.wrapped ?? entry;
  }
  return node?.type === undefined ? undefined : kindByType.get(node.type);
}
