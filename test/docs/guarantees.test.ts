import { expect, test } from "vitest";

import { allPaths, readFiles } from "./repository.ts";
import { goals } from "../../scripts/prove-goals.mjs";

const guarantees = readFiles(/^docs\/GUARANTEES\.md$/)[0]?.text ?? "";
const tests = readFiles(/\.test\.ts$/);
const mark = /\b(?:[A-Z]\d{1,2})\b/g;

test("every test that docs/GUARANTEES.md names exists, and bears the marks that stand behind its name", () => {
  const named = [
    ...guarantees.matchAll(/`([\w/*.-]+\.test\.ts)`(?:,? ?\(?`?\[?((?:[A-Z]\d{1,2}(?:, | and )?)+)(?![\w]))?/g),
  ];
  expect(named.length).toBeGreaterThan(60);
  const wrong = named.flatMap(([, path = "", marks = ""]) => {
    if (path.includes("*")) return tests.some((file) => matches(path, file.path)) ? [] : [path];
    const text = tests.find((file) => file.path === path)?.text;
    if (text === undefined) return [path];
    return [...marks.matchAll(mark)]
      .filter(([id]) => !titlesOf(text).some((title) => bears(title, id)))
      .map(([id]) => `${path}: ${id}`);
  });
  expect(wrong).toEqual([]);
});

test("every row of docs/GUARANTEES.md under a heading of proof names a test or a command", () => {
  const tables = guarantees
    .split(/\n\n/)
    .filter((block) => /^\|.*\| (?:proof|proved by) \|$/m.test(block.split("\n")[0] ?? ""));
  expect(tables.length).toBeGreaterThan(3);
  const rows = tables.flatMap((table) =>
    table
      .split("\n")
      .slice(2)
      .filter((line) => line.startsWith("|")),
  );
  expect(rows.filter((row) => !/(?:\.test\.ts`|`npm run [a-z]+`)[^|]*\|$/.test(row))).toEqual([]);
});

test("[W22] every rule of the engine that closes a hole has a test with its mark in the title", () => {
  const marks = "L1 L2 S1 S2 S3 I1 I2 I3 V1 V2 V3 D1 D2 D3 F1 F2 R1 R2 R3 K1 K2 K3 K4".split(" ");
  const titles = tests.flatMap(({ text }) =>
    [...text.matchAll(/\btest\(\s*["`](ENGINE [^\n]+)/g)].map(([, title = ""]) => title),
  );
  expect(marks.filter((id) => !titles.some((title) => bears(title, id)))).toEqual([]);
});

test("the figures in docs/GUARANTEES.md are the goals of npm run prove, row by row", () => {
  const [, figures = ""] = guarantees.split("\n## Figures\n");
  const rows = figures.split("\n").filter((line) => /^\| (?!proof|---)/.test(line) && !line.startsWith("|---"));
  const told = rows.map((row) => Number((/[\d,]+/.exec(row.split("|")[2] ?? "")?.[0] ?? "").replaceAll(",", "")));
  // One GiB stands for its 1,024 MiB.
  expect(told.map((figure) => (figure === 1 ? 1024 : figure))).toEqual(goals.map(({ full }) => full));
});

test("every command and file that docs/GUARANTEES.md points to exists", () => {
  const paths = allPaths();
  const named = [...guarantees.matchAll(/`((?:packages|test|scripts)\/[\w/.-]+)`/g)].map(([, path = ""]) => path);
  expect(named.filter((path) => !path.includes("*") && !paths.has(path))).toEqual([]);
});

function titlesOf(text: string): readonly string[] {
  return [...text.matchAll(/(?:["`])((?:ENGINE |\[)[^\n]*)/g)].map(([, title = ""]) => title);
}

/** `[W5]`, `ENGINE D1`, or one of several: `ENGINE R1, R2`. */
function bears(title: string, id: string): boolean {
  return new RegExp(String.raw`\[${id}\]|ENGINE (?:[A-Z]\d, )*${id}\b`).test(title);
}

function matches(pattern: string, path: string): boolean {
  return new RegExp(`^${pattern.replaceAll(".", String.raw`\.`).replaceAll("*", "[^/]*")}$`).test(path);
}
