import { expect, test } from "vitest";
import { columnsOf, paintFor, type TextSink, wantsColor } from "./terminal.ts";

const terminal: TextSink = { write: () => undefined, isTTY: true, columns: 120 };
const pipe: TextSink = { write: () => undefined, isTTY: false, columns: undefined };

test("colour is for terminals, unless somebody does not want it", () => {
  expect(wantsColor(terminal, { refused: false, env: {} })).toBe(true);
  expect(wantsColor(pipe, { refused: false, env: {} })).toBe(false);
  expect(wantsColor(terminal, { refused: true, env: {} })).toBe(false);
  expect(wantsColor(terminal, { refused: false, env: { NO_COLOR: "1" } })).toBe(false);
  expect(wantsColor(terminal, { refused: false, env: { NO_COLOR: "" } })).toBe(true);
  expect(wantsColor(terminal, { refused: false, env: { TERM: "dumb" } })).toBe(false);
});

test("paint puts colour codes around text only when painting is on", () => {
  expect(paintFor(true)("x", "red")).toBe("\u001b[31mx\u001b[39m");
  expect(paintFor(false)("x", "red")).toBe("x");
});

test("the width is the terminal's, or a fixed one that COLUMNS overrides", () => {
  expect(columnsOf(terminal, { COLUMNS: "60" })).toBe(120);
  expect(columnsOf({ ...terminal, columns: undefined }, {})).toBe(80);
  expect(columnsOf(pipe, {})).toBe(100);
  expect(columnsOf(pipe, { COLUMNS: "60" })).toBe(60);
  expect(columnsOf(pipe, { COLUMNS: "wide" })).toBe(100);
  expect(columnsOf(pipe, { COLUMNS: "3" })).toBe(40);
});
