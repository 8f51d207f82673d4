import { expect, test } from "vitest";
import {
  parseAssignment,
  parseChoice,
  parseDurationMs,
  parseId,
  parseInteger,
  parseJsonObject,
  parseNumber,
  parseText,
} from "./values.ts";

test("words that stand for a missing value are refused as text and as id", () => {
  for (const sentinel of ["null", "undefined", "NaN", "None", "[object Object]", "", "  ", " null "]) {
    expect(() => parseText("<title>", sentinel), sentinel).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
    expect(() => parseId("<id>", sentinel), sentinel).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  }
  expect(parseText("<title>", "null pointer in parser")).toBe("null pointer in parser");
});

test("an id is never a path and never longer than 128 characters", () => {
  for (const bad of ["../x", "a/b", ".hidden", "-x", "a b", "é", "a".repeat(129)]) {
    expect(() => parseId("<id>", bad), bad).toThrow(expect.objectContaining({ code: "INVALID_ID" }));
  }
  expect(parseId("<id>", "T-01K.a_b-c")).toBe("T-01K.a_b-c");
});

test("a choice may be written in other case and with dashes", () => {
  expect(parseChoice("--status", "In-Progress", ["pending", "in_progress"])).toBe("in_progress");
  expect(() => parseChoice("--status", "done", ["pending", "completed"])).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT", hint: "Use one of: pending, completed." }),
  );
});

test("whole numbers are in range and written plainly", () => {
  expect(parseInteger("-n", "5", { min: 1, max: 10 })).toBe(5);
  for (const bad of ["0", "11", "5.5", "1e1", "0x5", " 5", "", "99999999999999999999"]) {
    expect(() => parseInteger("-n", bad, { min: 1, max: 10 }), bad).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
  }
});

test("a number may have a fraction, but is no infinity", () => {
  expect(parseNumber("--weight", "-0.5")).toBe(-0.5);
  for (const bad of ["Infinity", "1e999", "NaN", ""]) expect(() => parseNumber("--weight", bad), bad).toThrow();
});

test("a duration needs its unit", () => {
  expect(parseDurationMs("--ttl", "90s")).toBe(90_000);
  expect(parseDurationMs("--ttl", "1.5h")).toBe(5_400_000);
  expect(parseDurationMs("--ttl", "250ms")).toBe(250);
  for (const bad of ["90", "0s", "-1s", "1w", "1 h", ""]) {
    expect(() => parseDurationMs("--ttl", bad), bad).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  }
});

test("an assignment is text, or JSON after :=", () => {
  expect(parseAssignment("--set", "title=a=b")).toEqual(["title", "a=b"]);
  expect(parseAssignment("--set", 'tags:=["a"]')).toEqual(["tags", ["a"]]);
  for (const bad of ["title", "=x", "title=", "title=null", "1a=x", "tags:=["]) {
    expect(() => parseAssignment("--set", bad), bad).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  }
});

test("a JSON object is an object", () => {
  expect(parseJsonObject("--result", '{"a":1}')).toEqual({ a: 1 });
  for (const bad of ["[]", "1", "null", "{"]) expect(() => parseJsonObject("--result", bad), bad).toThrow();
});
