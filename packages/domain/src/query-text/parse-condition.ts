/**
 * The text of a condition to the condition (docs/QUERIES.md, "The command line"):
 *
 *     condition = conjunction { "or" conjunction }
 *     conjunction = term { "and" term }
 *     term = "not" term | "(" condition ")" | test
 *     test = field ( sign value | ["not"] "in" "(" value { "," value } ")" | "contains" value
 *                  | "starts-with" value | "is" ["not"] "null" )
 *     sign = "=" | "==" | "!=" | "<>" | "<" | "<=" | ">" | ">="
 *
 * Keywords are read in any case. A value is a word, or stands in quotes; the bare words true, false, null and numbers are
 * what they say.
 */
import type { Condition, Operator } from "@knotwork/graph";
import { type Token, tokenize } from "./condition-tokens.ts";
import { invalidQuery } from "./invalid-query.ts";

/** What a text can write as a value. */
export type Scalar = string | number | boolean | null;

/** A field as it was named, what it is compared with and how, and where they stand: for checks against a type. */
export interface FieldMention {
  readonly field: string;
  readonly position: number;
  /** None where a field is named alone, to sort or group by. */
  readonly op?: Operator;
  readonly values: readonly { readonly value: Scalar; readonly position: number }[];
}

export interface ParsedCondition {
  readonly condition: Condition;
  readonly mentions: readonly FieldMention[];
}

const DEPTH_MAX = 32;
const OPERATORS = "=, !=, <, <=, >, >=, in (…), not in (…), contains, starts-with, is null, is not null";
const KEYWORDS = new Set(["and", "or", "not", "in", "is", "contains", "starts-with", "startswith"]);
const OPERATOR_BY_SIGN: ReadonlyMap<string, Operator> = new Map([
  ["=", "="],
  ["==", "="],
  ["!=", "!="],
  ["<>", "!="],
  ["<", "<"],
  ["<=", "<="],
  [">", ">"],
  [">=", ">="],
]);
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/** @throws DomainError INVALID_QUERY with the place in its context */
export function parseCondition(query: string): ParsedCondition {
  return new ConditionParser(query).parse();
}

class ConditionParser {
  readonly #query: string;
  readonly #tokens: readonly Token[];
  readonly #mentions: FieldMention[] = [];
  #next = 0;

  constructor(query: string) {
    this.#query = query;
    this.#tokens = tokenize(query);
  }

  parse(): ParsedCondition {
    const condition = this.#condition(0);
    const { kind, text } = this.#token;
    if (kind !== "end") {
      const instead = text === "&&" || text === "," ? "and" : text === "||" ? "or" : undefined;
      throw this.#wrong(
        `"${text}" is too much`,
        instead === undefined ? 'Join conditions with "and" or "or".' : `Write "${instead}".`,
      );
    }
    return { condition, mentions: this.#mentions };
  }

  #condition(depth: number): Condition {
    if (depth > DEPTH_MAX) throw this.#wrong(`it is nested deeper than ${DEPTH_MAX}`, "Write it flatter.");
    const first = this.#conjunction(depth);
    const parts = [first];
    while (this.#take("or")) parts.push(this.#conjunction(depth));
    return parts.length === 1 ? first : { any: parts };
  }

  #conjunction(depth: number): Condition {
    const first = this.#term(depth);
    const parts = [first];
    while (this.#take("and")) parts.push(this.#term(depth));
    return parts.length === 1 ? first : { all: parts };
  }

  #term(depth: number): Condition {
    let isNegated = false;
    while (this.#take("not")) isNegated = !isNegated;
    const condition = this.#takeSign("(") ? this.#group(depth) : this.#test();
    return isNegated ? { not: condition } : condition;
  }

  #group(depth: number): Condition {
    const condition = this.#condition(depth + 1);
    if (this.#takeSign(")")) return condition;
    throw this.#wrong('")" is missing', "Close the parenthesis, or join conditions with and, or.");
  }

  #test(): Condition {
    const field = this.#field();
    const { kind, text } = this.#token;
    const op = kind === "sign" ? OPERATOR_BY_SIGN.get(text) : undefined;
    if (op !== undefined) {
      this.#next += 1;
      return this.#compared(field, op);
    }
    if (this.#take("in")) return this.#listed(field);
    if (this.#take("contains")) return this.#mention(field, "contains", [this.#value()]);
    if (this.#take("starts-with") || this.#take("startswith")) {
      // A number is a text here: how it begins is asked of texts alone.
      const { text: prefix } = this.#operand();
      this.#mentions.push({ ...field, op: "startsWith", values: [] });
      return { field: field.field, op: "startsWith", value: prefix };
    }
    if (this.#take("is")) return this.#isNull(field);
    if (this.#take("not")) {
      if (this.#take("in")) return { not: this.#listed(field) };
      throw this.#wrong('"in" is missing behind "not"', 'Put "not" before the field: not title = draft.');
    }
    throw this.#wrong(
      kind === "end" ? `nothing is said about ${field.field}` : `"${text}" is no operator`,
      `Use one of: ${OPERATORS}.`,
    );
  }

  #compared(field: Field, op: Operator): Condition {
    const value = this.#value();
    if (op !== "=" && op !== "!=" && value.value === null) {
      throw this.#wrong(`null cannot be compared with ${op}`, 'Use "is null" or "is not null".', value.position);
    }
    return this.#mention(field, op, [value]);
  }

  #listed(field: Field): Condition {
    if (!this.#takeSign("("))
      throw this.#wrong('"(" is missing behind "in"', "Write the values so: in (high, critical).");
    const values = [this.#value()];
    while (this.#takeSign(",")) values.push(this.#value());
    if (!this.#takeSign(")"))
      throw this.#wrong('")" is missing', "Part values with commas, and close the parenthesis.");
    this.#mentions.push({ ...field, op: "in", values });
    return { field: field.field, op: "in", value: values.map(({ value }) => value) };
  }

  #isNull({ field, position }: Field): Condition {
    const isNot = this.#take("not");
    if (!this.#take("null")) {
      throw this.#wrong('"is" goes with null alone', `Write ${field} = … for another value, or is null, is not null.`);
    }
    this.#mentions.push({ field, position, op: "isNull", values: [] });
    return { field, op: "isNull", value: !isNot };
  }

  #mention(field: Field, op: Operator, values: readonly [Value]): Condition {
    this.#mentions.push({ ...field, op, values });
    return { field: field.field, op, value: values[0].value };
  }

  #field(): Field {
    const { kind, text, position } = this.#token;
    const isKeyword = kind === "word" && KEYWORDS.has(text.toLowerCase());
    if (kind === "end" || kind === "sign" || isKeyword || text === "") {
      throw this.#wrong(
        "the name of a field is missing",
        "A condition is FIELD OPERATOR VALUE, such as status = pending.",
      );
    }
    this.#next += 1;
    return { field: text, position };
  }

  #value(): Value {
    const { kind, text, position } = this.#operand();
    return { value: kind === "word" ? valueOfWord(text) : text, position };
  }

  #operand(): Token {
    const token = this.#token;
    if (token.kind === "word" || token.kind === "text") {
      this.#next += 1;
      return token;
    }
    throw this.#wrong("a value is missing", "Give a word, a number, or a text in quotes.");
  }

  /** Steps over a keyword. */
  #take(keyword: string): boolean {
    const { kind, text } = this.#token;
    const isThere = kind === "word" && text.toLowerCase() === keyword;
    if (isThere) this.#next += 1;
    return isThere;
  }

  #takeSign(sign: string): boolean {
    const { kind, text } = this.#token;
    const isThere = kind === "sign" && text === sign;
    if (isThere) this.#next += 1;
    return isThere;
  }

  get #token(): Token {
    return this.#tokens[this.#next] ?? { kind: "end", text: "", position: this.#query.length };
  }

  #wrong(problem: string, hint: string, position: number = this.#token.position): Error {
    return invalidQuery({ query: this.#query, position, problem, hint });
  }
}

interface Field {
  readonly field: string;
  readonly position: number;
}

interface Value {
  readonly value: Scalar;
  readonly position: number;
}

function valueOfWord(word: string): Scalar {
  if (word === "true" || word === "false") return word === "true";
  if (word === "null") return null;
  const number = NUMBER.test(word) ? Number(word) : Number.NaN;
  const isFraction = word.includes(".") && !Number.isInteger(number);
  const isExact = isFraction ? Number.isFinite(number) : Number.isSafeInteger(number);
  return isExact && !Object.is(number, -0) ? number : word;
}
