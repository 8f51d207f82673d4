import { expect, test } from "vitest";
import { fields, heading, line, span, table, text, tree } from "./document.ts";
import { type Paint, renderDocument } from "./render.ts";
import { textWidth } from "./text-width.ts";

const plain: Paint = (value) => value;
const marked: Paint = (value, style) => `<${style}>${value}</${style}>`;

test("a table is aligned, and its flexible column gives way to the width", () => {
  const block = table(
    [{ title: "id" }, { title: "title", flexible: true }, { title: "n", align: "right" }],
    [
      ["a", "short", "1"],
      ["bcd", "a title that is much too long for this terminal", "23"],
    ],
  );
  expect(renderDocument([block], { columns: 40, paint: plain })).toBe(
    [
      "ID   TITLE                             N",
      "a    short                             1",
      "bcd  a title that is much too long…   23",
      "",
    ].join("\n"),
  );
});

test("of several flexible columns the widest gives way", () => {
  const block = table(
    [
      { title: "a", flexible: true },
      { title: "b", flexible: true },
    ],
    [["x".repeat(60), "y".repeat(14)]],
  );
  expect(renderDocument([block], { columns: 40, paint: plain }).split("\n")[1]).toBe(
    `${"x".repeat(23)}…  ${"y".repeat(14)}`,
  );
});

test("no line of a table is wider than the terminal", () => {
  const rows = Array.from({ length: 5 }, (_, index) => [`id-${index}`, "日本語".repeat(30)]);
  const output = renderDocument([table([{ title: "id" }, { title: "t", flexible: true }], rows)], {
    columns: 50,
    paint: plain,
  });
  for (const rendered of output.split("\n")) expect(textWidth(rendered)).toBeLessThanOrEqual(50);
});

test("colour goes around the text, after it was cut and measured", () => {
  const block = table([{ title: "a", flexible: true }, { title: "b" }], [[span("x".repeat(60), "red"), "y"]]);
  const output = renderDocument([block], { columns: 40, paint: marked });
  expect(output).toContain(`<red>${"x".repeat(36)}…</red>  y`);
});

test("stored text cannot bring its own colour into a document", () => {
  const output = renderDocument([line(["a\u001b[31m", span("b\nc", "bold")]), text("d\u001b[0m")], {
    columns: 80,
    paint: marked,
  });
  expect(output).toBe(String.raw`a\u001b[31m<bold>b c</bold>` + "\n" + String.raw`  d\u001b[0m` + "\n");
});

test("fields without a value are left out, labels are aligned", () => {
  const output = renderDocument(
    [
      fields([
        ["a", "1"],
        ["long", undefined],
        ["bcd", "2"],
      ]),
    ],
    { columns: 80, paint: plain },
  );
  expect(output).toBe("  a    1\n  bcd  2\n");
});

test("a tree shows who hangs below whom", () => {
  const block = tree([{ content: "a", children: [{ content: "b", children: [{ content: "c" }] }, { content: "d" }] }]);
  expect(renderDocument([block], { columns: 80, paint: plain })).toBe("  a\n  ├─ b\n  │  └─ c\n  └─ d\n");
});

test("a tree is cut at the width of the terminal", () => {
  const block = tree([{ content: "x".repeat(50), children: [{ content: "y".repeat(50) }] }]);
  expect(renderDocument([block], { columns: 40, paint: plain })).toBe(
    `  ${"x".repeat(37)}…\n  └─ ${"y".repeat(34)}…\n`,
  );
});

test("a section is set off by a blank line, the first one is not", () => {
  expect(renderDocument([heading("A"), line("a"), heading("B")], { columns: 80, paint: plain })).toBe("A\na\n\nB\n");
});

test("long text is wrapped and indented, its own lines kept", () => {
  const output = renderDocument([text(`${"word ".repeat(12)}\nnext`)], { columns: 40, paint: plain });
  expect(output.split("\n")).toEqual([
    "  word word word word word word word",
    "  word word word word word",
    "  next",
    "",
  ]);
});

test("labels of fields are cleaned like values: an import's labels are stored text", () => {
  const output = renderDocument([fields([["k\u001b[1m", "v\u001b[1m"]])], { columns: 80, paint: (value) => value });
  expect(output).not.toContain("\u001b");
  expect(output).toContain(String.raw`k\u001b[1m`);
});
