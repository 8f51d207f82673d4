import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";

import { proveWithFigure, recordFigure } from "../test/prove/figures.ts";
import { goals } from "./prove-goals.mjs";
import { formatRows, readFigures, rowsOf } from "./prove-table.mjs";

const directory = mkdtempSync(join(tmpdir(), "knotwork-figures-"));
const path = join(directory, "figures.jsonl");
const outer = process.env["KNOT_FIGURES"];
afterAll(() => rmSync(directory, { recursive: true }));
afterEach(() => {
  rmSync(path, { force: true });
  if (outer === undefined) delete process.env["KNOT_FIGURES"];
  else process.env["KNOT_FIGURES"] = outer;
});

const goal = { proof: "states", counts: "distinct states", full: 30, fullPerPart: 10, quick: 5 };
const full = { isQuick: false };

test("lines of one part are added up, and a row whose parts are all large enough is reached", () => {
  process.env["KNOT_FIGURES"] = path;
  recordFigure({ proof: "states", part: "a", count: 8, also: { stops: 2 } });
  recordFigure({ proof: "states", part: "a", count: 8, also: { stops: 3 } });
  recordFigure({ proof: "states", part: "b", count: 1400 });
  const rows = rowsOf(readFigures(path), [goal], full);
  expect(rows[0]?.missing).toEqual([]);
  const lines = formatRows(rows, full).split("\n");
  expect(lines[1]).toMatch(/^states +1,416 distinct states +30 +0 +0 +0 +0 +reached$/);
  expect(lines[2]).toMatch(/^ {2}a +16 +5 stops$/);
  expect(lines[3]).toMatch(/^ {2}b +1,400$/);
});

test("a proof that did not run, reached too little or failed keeps its row from being reached", () => {
  const missing = (figures: Parameters<typeof rowsOf>[0]): unknown => rowsOf(figures, [goal], full)[0]?.missing;
  expect(missing([])).toEqual(["did not run"]);
  expect(missing([{ proof: "states", part: "a", count: 12 }])).toEqual(["too few"]);
  const both = [
    { proof: "states", part: "a", count: 40 },
    { proof: "states", part: "b", count: 9 },
  ];
  expect(missing(both)).toEqual(['too few of "b"']);
  expect(missing([{ proof: "states", part: "a", count: 40, halfApplied: 1 }])).toEqual(["FAILED"]);
  expect(() => rowsOf([{ proof: "stats", part: "a", count: 40 }], [goal], full)).toThrow('"stats"');
});

test("a quick run has smaller goals, and leaves out what has none", () => {
  const rows = rowsOf(
    [{ proof: "states", part: "a", count: 5 }],
    [goal, { ...goal, proof: "mutants", quick: undefined }],
    {
      isQuick: true,
    },
  );
  expect(rows.map(({ missing }) => missing)).toEqual([[]]);
  expect(goals.filter(({ quick }) => quick === undefined).map(({ proof }) => proof)).toEqual(["big log", "mutants"]);
});

test("a proof that throws leaves a line that says what it was looking for", async () => {
  process.env["KNOT_FIGURES"] = path;
  const failing = proveWithFigure({ proof: "states", part: "a" }, async (at) => {
    at.kind = "lost";
    throw new Error("not there");
  });
  await expect(failing).rejects.toThrow("not there");
  expect(readFigures(path)).toEqual([{ proof: "states", part: "a", count: 0, lost: 1 }]);
});
