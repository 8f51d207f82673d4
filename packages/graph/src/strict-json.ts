/**
 * Parses JSON text that came from outside. `JSON.parse` silently keeps the last of two equal names and rounds numbers;
 * by the time there is a value the loss cannot be seen, so the text itself is scanned.
 */
import { GraphError } from "./graph-error.ts";
import type { JsonValue } from "./json.ts";
import { copyStorable } from "./storable.ts";

/**
 * The value of a JSON text, deep-frozen.
 * @throws GraphError INVALID_VALUE for broken syntax, a name given twice, a number that would be changed, or a value
 * that cannot be stored; LIMIT_EXCEEDED
 */
export function parseStrictJson(text: string): JsonValue {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new GraphError("INVALID_VALUE", `Cannot read the text as JSON: ${(cause as Error).message}`, {
      hint: "Give one whole JSON document.",
      cause,
    });
  }
  assertNothingLost(text);
  return copyStorable(value).value;
}

/** Strings, numbers and the signs that open and close scopes; the syntax is known to be right. */
const tokenPattern = /"(?:[^"\\]|\\.)*"(\s*:)?|-?\d[\d.eE+-]*|[{}]/g;

function assertNothingLost(text: string): void {
  const namesOfScopes: Set<string>[] = [];
  for (const match of text.matchAll(tokenPattern)) {
    const token = match[0];
    if (token === "{") namesOfScopes.push(new Set());
    else if (token === "}") namesOfScopes.pop();
    else if (match[1] !== undefined) assertNewName(namesOfScopes.at(-1), token, match[1], match.index);
    else if (!token.startsWith('"')) assertExactNumber(token, match.index);
  }
}

function assertNewName(names: Set<string> | undefined, token: string, colon: string, offset: number): void {
  const name = JSON.parse(token.slice(0, -colon.length)) as string;
  if (names?.has(name) === true) throw lossy(`the name ${JSON.stringify(name)} is given twice`, offset);
  names?.add(name);
}

function assertExactNumber(token: string, offset: number): void {
  const value = Number(token);
  const unsafe = Number.isInteger(value) && !Number.isSafeInteger(value);
  if (unsafe || Object.is(value, -0) || decimal(token) !== decimal(String(value))) {
    throw lossy(`the number ${token} would be stored as ${String(value)}`, offset);
  }
}

/** One spelling for each decimal number: sign, digits without outer zeros, exponent. */
function decimal(token: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(token);
  if (match === null) return token;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const digits = (whole + fraction).replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return `${sign}0`;
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}

function lossy(what: string, offset: number): GraphError {
  return new GraphError("INVALID_VALUE", `Cannot read the text as JSON: ${what} at character ${offset}`, {
    hint: "Only JSON that survives a round trip unchanged is stored.",
    context: { offset },
  });
}
