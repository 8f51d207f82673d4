import { expect, test } from "vitest";
import { withOnboarding } from "./onboarding.ts";

test("the block is put at the end, and writing it again changes nothing", () => {
  for (const text of ["", "\n", "# Mine\n", "# Mine", "# Mine\r\nText\r\n", "# Mine\n\n\n"]) {
    const once = withOnboarding(text);
    expect(once.startsWith(text.trim() === "" ? "<!-- knot:begin" : text)).toBe(true);
    expect(once).toContain("knot prime");
    expect(withOnboarding(once)).toBe(once);
    if (text.includes("\r\n")) expect(once.replaceAll("\r\n", "")).not.toContain("\n");
  }
});

test("only what is between the marks is replaced", () => {
  const before = "# Mine\n\n<!-- knot:begin v0 -->\nold words\n<!-- knot:end -->   \nAfter, no line end";
  const after = withOnboarding(before);
  expect(after).toMatch(/^# Mine\n\n<!-- knot:begin/);
  expect(after).toMatch(/<!-- knot:end --> {3}\nAfter, no line end$/);
  expect(after).not.toContain("old words");
  expect(withOnboarding(after)).toBe(after);
});

test("marks that are no pair are refused", () => {
  for (const text of [
    "<!-- knot:begin -->\n",
    "<!-- knot:end -->\n",
    "<!-- knot:end -->\n<!-- knot:begin -->\n",
    `${withOnboarding("")}${withOnboarding("")}`,
  ]) {
    expect(() => withOnboarding(text), text).toThrow(expect.objectContaining({ code: "INVALID_VALUE" }));
  }
});
