import type { Condition } from "@knotwork/graph";
import { expect, test } from "vitest";
import { DomainError } from "../domain-error.ts";
import { parseCondition } from "./parse-condition.ts";

function read(text: string): Condition {
  return parseCondition(text).condition;
}

function is(field: string, op: string, value: unknown): Condition {
  return { field, op, value } as Condition;
}

/** What is wrong with a text, and where: the text with a caret below. */
function complaint(text: string): string {
  try {
    parseCondition(text);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    expect(error.code).toBe("INVALID_QUERY");
    expect(error.context).toMatchObject({ query: text });
    expect(error.hint).toBeTruthy();
    return `${" ".repeat(Number(error.context["position"]))}^ ${error.message}`;
  }
  return "nothing is wrong";
}

test("every operator is read, whatever its spelling", () => {
  expect(read("a = 1")).toEqual(is("a", "=", 1));
  expect(read("a==1")).toEqual(is("a", "=", 1));
  expect(read("a<>1")).toEqual(is("a", "!=", 1));
  expect(read("a!=1")).toEqual(is("a", "!=", 1));
  expect(read("a<1")).toEqual(is("a", "<", 1));
  expect(read("a<=1")).toEqual(is("a", "<=", 1));
  expect(read("a>1")).toEqual(is("a", ">", 1));
  expect(read("a>=1")).toEqual(is("a", ">=", 1));
  expect(read("a in (1,2 , three)")).toEqual(is("a", "in", [1, 2, "three"]));
  expect(read("a NOT IN (1)")).toEqual({ not: is("a", "in", [1]) });
  expect(read("tags contains urgent")).toEqual(is("tags", "contains", "urgent"));
  expect(read("title starts-with 42")).toEqual(is("title", "startsWith", "42"));
  expect(read("title startsWith 'Write '")).toEqual(is("title", "startsWith", "Write "));
  expect(read("a is null")).toEqual(is("a", "isNull", true));
  expect(read("a IS NOT NULL")).toEqual(is("a", "isNull", false));
});

test("words, numbers, truth values, null and quoted texts are what they say", () => {
  const value = (text: string): unknown => (read(`a = ${text}`) as { readonly value: unknown }).value;
  expect(["7", "-3.5", "0", "true", "false", "null"].map(value)).toEqual([7, -3.5, 0, true, false, null]);
  expect(["'7'", '"true"', "''", String.raw`'it\'s'`, String.raw`"a\\b"`].map(value)).toEqual([
    "7",
    "true",
    "",
    "it's",
    String.raw`a\b`,
  ]);
  const texts = [
    "2026-03-01",
    "007",
    "1e3",
    "T-01K",
    "in_progress",
    "9007199254740993",
    "99999999999999999999.5",
    "-0",
    "größer",
    "a.b/c:d",
  ];
  expect(texts.map(value)).toEqual(texts);
});

test("and binds closer than or, not closest; parentheses say otherwise", () => {
  const [a, b, c] = [is("a", "=", 1), is("b", "=", 2), is("c", "=", 3)];
  expect(read("a=1 or b=2 and c=3")).toEqual({ any: [a, { all: [b, c] }] });
  expect(read("(a=1 or b=2) and c=3")).toEqual({ all: [{ any: [a, b] }, c] });
  expect(read("not a=1 and b=2")).toEqual({ all: [{ not: a }, b] });
  expect(read("not (a=1 and b=2)")).toEqual({ not: { all: [a, b] } });
  expect(read("not not a=1")).toEqual(a);
  expect(read("a=1 AND b=2 Or c=3")).toEqual({ any: [{ all: [a, b] }, c] });
});

test("fields are found with their places, for checks against a type", () => {
  expect(parseCondition("status = open and 'odd name' in (1, x)").mentions).toEqual([
    { field: "status", position: 0, op: "=", values: [{ value: "open", position: 9 }] },
    {
      field: "odd name",
      position: 18,
      op: "in",
      values: [
        { value: 1, position: 33 },
        { value: "x", position: 36 },
      ],
    },
  ]);
});

test("what is no condition is refused where it goes wrong", () => {
  expect(complaint("")).toBe("^ Cannot read the query: the name of a field is missing (at character 1)");
  expect(complaint("status")).toBe("      ^ Cannot read the query: nothing is said about status (at character 7)");
  expect(complaint("status =")).toBe("        ^ Cannot read the query: a value is missing (at character 9)");
  expect(complaint("status like x")).toBe('       ^ Cannot read the query: "like" is no operator (at character 8)');
  expect(complaint("a = 1 b = 2")).toBe('      ^ Cannot read the query: "b" is too much (at character 7)');
  expect(complaint("a = 1 && b = 2")).toContain('      ^ Cannot read the query: "&&" is too much');
  expect(complaint("(a = 1")).toBe('      ^ Cannot read the query: ")" is missing (at character 7)');
  expect(complaint("a = 'open")).toBe("    ^ Cannot read the query: a quote is not closed (at character 5)");
  expect(complaint("a in high")).toContain('     ^ Cannot read the query: "(" is missing behind "in"');
  expect(complaint("a in ()")).toContain("      ^ Cannot read the query: a value is missing");
  expect(complaint("a in (x y)")).toContain('        ^ Cannot read the query: ")" is missing');
  expect(complaint("a is done")).toContain('     ^ Cannot read the query: "is" goes with null alone');
  expect(complaint("a < null")).toContain("    ^ Cannot read the query: null cannot be compared with <");
  expect(complaint("a not b")).toContain('      ^ Cannot read the query: "in" is missing behind "not"');
  expect(complaint("!a = 1")).toContain("^ Cannot read the query:");
  expect(complaint("a = 1 and '' = 2")).toContain("          ^ Cannot read the query: the name of a field is missing");
  expect(complaint("and")).toContain("^ Cannot read the query: the name of a field is missing");
  expect(complaint(`${"(".repeat(100)}a=1${")".repeat(100)}`)).toContain("nested deeper than 32");
  expect(complaint(`${"not ".repeat(10_000)}a=1`)).toBe("nothing is wrong");
});
