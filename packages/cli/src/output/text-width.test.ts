import fc from "fast-check";
import { expect, test } from "vitest";
import { textWidth, truncateToWidth, wrapToWidth } from "./text-width.ts";

test("wide characters take two cells, combining marks none", () => {
  expect(textWidth("abc")).toBe(3);
  expect(textWidth("日本")).toBe(4);
  expect(textWidth("e\u0301")).toBe(1);
  expect(textWidth("🚀")).toBe(2);
  expect(textWidth("● ○ ◐")).toBe(5);
});

test("a cut text ends with an ellipsis and fits", () => {
  expect(truncateToWidth("abcdef", 6)).toBe("abcdef");
  expect(truncateToWidth("abcdef", 4)).toBe("abc…");
  expect(truncateToWidth("日本語", 5)).toBe("日本…");
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 40 }), (text, width) => {
      return textWidth(truncateToWidth(text, width)) <= width;
    }),
  );
});

test("a paragraph is broken at spaces, a long word anywhere", () => {
  expect(wrapToWidth("one two three", 7)).toEqual(["one two", "three"]);
  expect(wrapToWidth("abcdefgh ij", 3)).toEqual(["abc", "def", "gh", "ij"]);
  expect(wrapToWidth("", 3)).toEqual([""]);
});

test("wrapping loses nothing but spaces", () => {
  const words = fc.array(fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 9 }), { maxLength: 12 });
  fc.assert(
    fc.property(words, fc.integer({ min: 4, max: 30 }), (parts, width) => {
      const paragraph = parts.map((part) => part.replaceAll(" ", "_")).join(" ");
      const lines = wrapToWidth(paragraph, width);
      return (
        lines.join("").replaceAll(" ", "") === paragraph.replaceAll(" ", "") &&
        lines.every((line) => textWidth(line) <= width)
      );
    }),
  );
});
