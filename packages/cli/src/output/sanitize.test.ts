import fc from "fast-check";
import { expect, test } from "vitest";
import { sanitizeJson, sanitizeLine, sanitizeText } from "./sanitize.ts";

// oxlint-disable-next-line no-control-regex
const DANGEROUS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

test("an escape sequence in stored text is shown, not obeyed", () => {
  expect(sanitizeText("a\u001b[2Jb\u009b31mc")).toBe(String.raw`a\u001b[2Jb\u009b31mc`);
});

test("a carriage return cannot overwrite the line", () => {
  expect(sanitizeText("harmless\rrm -rf")).toBe(String.raw`harmless\u000drm -rf`);
  expect(sanitizeText("two\r\nlines")).toBe("two\nlines");
});

test("bidi controls, zero-width and tag characters become visible", () => {
  expect(sanitizeText("a\u202eb")).toBe(String.raw`a\u202eb`);
  expect(sanitizeText("a\u200bb")).toBe(String.raw`a\u200bb`);
  expect(sanitizeText("a\u{e0041}b")).toBe(String.raw`a\udb40\udc41b`);
});

test("a line stays one line", () => {
  expect(sanitizeLine("one\ntwo\tthree\u2028four")).toBe(String.raw`one two three\u2028four`);
});

test("ordinary text of any script is left alone", () => {
  for (const text of ["Grüße", "日本語", "שלום", "مرحبا", "👩‍👩‍👧 é", "a\tb"]) expect(sanitizeText(text)).toBe(text);
});

test("no text leaves with a character a terminal acts on", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => !DANGEROUS.test(sanitizeText(text).replaceAll("\n", ""))),
  );
});

test("JSON keeps its value and holds no character a terminal acts on", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const json = sanitizeJson(JSON.stringify({ text }));
      return !DANGEROUS.test(json) && (JSON.parse(json) as { text: string }).text === text;
    }),
  );
});

test("each kind of character that a terminal acts on is escaped in JSON", () => {
  const text = "del\u007f csi\u009b mark\u061c lrm\u200e line\u2028 rlo\u202e isolate\u2066 bom\ufeff tag\u{e0041}";
  const json = sanitizeJson(JSON.stringify({ text }));
  expect(json).not.toMatch(/[^\u0020-\u007e]/u);
  expect(JSON.parse(json)).toEqual({ text });
});
