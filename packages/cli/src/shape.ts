/**
 * A short notation for the shape of JSON, and the JSON Schema it stands for: `{id:text,tags?:[text],fence:integer|null}`.
 * Names: text, time (ISO 8601 in UTC), integer, number, boolean, null, any. Objects may have more fields than are named.
 */

export type JsonSchema = Readonly<Record<string, unknown>>;

const NAMED: Readonly<Record<string, JsonSchema>> = {
  text: { type: "string" },
  time: { type: "string", format: "date-time" },
  integer: { type: "integer" },
  number: { type: "number" },
  boolean: { type: "boolean" },
  null: { type: "null" },
  any: {},
};

/** @throws SyntaxError when the notation is wrong */
export function shapeToSchema(shape: string): JsonSchema {
  const tokens = shape.match(/"[^"]*"|[A-Za-z_$][\w$.-]*|[{}[\]:?|,]/g) ?? [];
  let next = 0;
  const take = (wanted?: string): string => {
    const token = tokens[next];
    if (token === undefined || (wanted !== undefined && token !== wanted)) {
      throw new SyntaxError(
        `Cannot read the shape at token ${next}: ${wanted ?? "something"} was expected in ${shape}`,
      );
    }
    next += 1;
    return token;
  };
  const readUnion = (): JsonSchema => {
    const alternatives = [readOne()];
    while (tokens[next] === "|") {
      take("|");
      alternatives.push(readOne());
    }
    const [only] = alternatives;
    return alternatives.length === 1 && only !== undefined ? only : { anyOf: alternatives };
  };
  const readOne = (): JsonSchema => {
    const token = take();
    if (token === "[") {
      const items = readUnion();
      take("]");
      return { type: "array", items };
    }
    if (token === "{") return readObject();
    const named = NAMED[token];
    if (named === undefined) throw new SyntaxError(`Cannot read the shape: there is no ${token}`);
    return named;
  };
  const readObject = (): JsonSchema => {
    const properties: Record<string, JsonSchema> = {};
    const required: string[] = [];
    while (tokens[next] !== "}") {
      const name = take().replaceAll('"', "");
      if (tokens[next] === "?") take("?");
      else required.push(name);
      take(":");
      properties[name] = readUnion();
      if (tokens[next] === ",") take(",");
    }
    take("}");
    return { type: "object", properties, ...(required.length === 0 ? {} : { required }) };
  };
  const schema = readUnion();
  if (next !== tokens.length) throw new SyntaxError(`Cannot read the shape: it goes on after its end: ${shape}`);
  return schema;
}
