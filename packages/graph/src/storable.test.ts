import fc from "fast-check";
import { expect, test } from "vitest";
import { assertStorable, copyProps, copyStorable } from "./storable.ts";
import { parseStrictJson } from "./strict-json.ts";

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

const cycle: Record<string, unknown> = {};
cycle["self"] = { cycle };

test.each<[string, unknown, string]>([
  ["NaN", { a: Number.NaN }, "$.a"],
  ["infinity", [Infinity], "$[0]"],
  ["-0", { a: [-0] }, "$.a[0]"],
  ["undefined", { a: undefined }, "$.a"],
  ["an unsafe integer", { a: 2 ** 53 }, "$.a"],
  ["a lone surrogate", { a: "x\ud800" }, "$.a"],
  ["a lone surrogate in a name", { "\udc00": 1 }, "$.\udc00"],
  ["a cycle", cycle, "$.self.cycle"],
  ["a hole", [1, , 2], "$"], // eslint-disable-line no-sparse-arrays
  ["a hole that a named property makes up for", { a: Object.assign([, 1], { x: 1 }) }, "$.a"], // eslint-disable-line no-sparse-arrays
  ["a list with a symbol", { a: Object.assign([1], { [Symbol("s")]: 1 }) }, "$.a"],
  ["a list of another class", { a: new (class List extends Array<number> {})(1, 2) }, "$.a"],
  ["a date", { a: new Date() }, "$.a"],
  ["a map", new Map(), "$"],
  ["an error", { a: new Error("e") }, "$.a"],
  ["a function", { a: () => 1 }, "$.a"],
  ["a bigint", 1n, "$"],
  ["a symbol", { [Symbol("s")]: 1 }, "$"],
  ["a getter", Object.defineProperty({}, "a", { get: () => 1, enumerable: true }), "$.a"],
  ["a hidden property", Object.defineProperty({}, "a", { value: 1 }), "$.a"],
  ["__proto__", JSON.parse('{"a":{"__proto__":1}}'), "$.a.__proto__"],
  ["constructor", { constructor: 1 }, "$.constructor"],
  ["prototype", { prototype: 1 }, "$.prototype"],
])("%s is refused, with its place", (_, value, path) => {
  expect(() => assertStorable(value)).toThrow(expect.objectContaining({ code: "INVALID_VALUE", context: { path } }));
});

test("values nest up to 64 levels and objects have up to 1,000 keys", () => {
  const wide = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i]));
  expect(() => assertStorable(nested(64))).not.toThrow();
  expect(() => assertStorable(nested(65))).toThrow(expect.objectContaining({ code: "LIMIT_EXCEEDED" }));
  expect(() => assertStorable(nested(100_000))).toThrow(expect.objectContaining({ code: "LIMIT_EXCEEDED" }));
  expect(() => assertStorable(wide(1_000))).not.toThrow();
  expect(() => assertStorable(wide(1_001))).toThrow(expect.objectContaining({ code: "LIMIT_EXCEEDED" }));
});

test("an entity has at most 1 MiB of JSON text, counted in bytes", () => {
  const fits = "é".repeat(524_288 - 5);
  expect(Buffer.byteLength(JSON.stringify({ t: fits }))).toBe(1024 * 1024 - 2);
  expect(() => copyProps({ t: fits })).not.toThrow();
  expect(() => copyProps({ t: `${fits}éé` })).toThrow(expect.objectContaining({ code: "LIMIT_EXCEEDED" }));
  expect(() => copyProps([])).toThrow(expect.objectContaining({ code: "INVALID_VALUE" }));
  expect(() => copyProps(null)).toThrow(expect.objectContaining({ code: "INVALID_VALUE" }));
});

test("what is stored is a frozen copy that survives JSON unchanged, and its size is never underestimated", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      let copy;
      try {
        copy = copyStorable(value);
      } catch {
        return; // -0, unsafe integers, lone surrogates, refused names: tested above
      }
      const text = JSON.stringify(copy.value);
      expect(copy.value).toEqual(value);
      expect(JSON.parse(text)).toStrictEqual(copy.value);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(copy.bytesMax);
      if (typeof value === "object" && value !== null) {
        expect(copy.value).not.toBe(value);
        expect(Object.isFrozen(copy.value)).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});

test("one value may stand in two places", () => {
  const shared = { n: 1 };
  expect(copyStorable({ a: shared, b: [shared] }).value).toEqual({ a: { n: 1 }, b: [{ n: 1 }] });
});

test.each([
  ['{"a":1,"a":2}', "twice"],
  ['{"a":1,"\\u0061":2}', "twice"],
  ['{"x":[{"a":1,"b":{"a":1},"a":2}]}', "twice"],
  ["9007199254740993", "number"],
  ["[-0]", "number"],
  ["0.10000000000000000001", "number"],
  ["1e400", "number"],
  ['{"a":', "JSON"],
  ["", "JSON"],
  ['{"__proto__":1}', "refused"],
  ['"\\ud800"', "surrogate"],
])("the text %s would lose something and is refused", (text, why) => {
  expect(() => parseStrictJson(text)).toThrow(
    expect.objectContaining({ code: "INVALID_VALUE", message: expect.stringContaining(why) as string }),
  );
});

test("text that loses nothing is parsed as JSON.parse does", () => {
  const text =
    '{"a":[1.50,1E3,-2.5e-3,0.0,9007199254740991,"\\"{,:1 -0"],"b":{"a":null},"c":{"a":true},"d":[{},[]],"1e5":"0.10"}';
  expect(parseStrictJson(text)).toEqual(JSON.parse(text));
  fc.assert(
    fc.property(fc.json(), (json) => {
      let strict: unknown;
      try {
        strict = parseStrictJson(json);
      } catch {
        return; // what is refused is tested above
      }
      expect(strict).toEqual(JSON.parse(json));
    }),
  );
});

test("a small value that holds another one many times over is refused, not copied for ever", () => {
  let value: unknown = {};
  for (let depth = 0; depth < 40; depth += 1) value = { a: value, b: value };
  expect(() => copyProps({ value })).toThrow(expect.objectContaining({ code: "LIMIT_EXCEEDED" }));
});
