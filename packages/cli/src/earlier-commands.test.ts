/** Every command of the earlier store has one here that does what its name says (docs/earlier-commands.md). */
import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { preparation } from "./testing/before-examples.ts";
import { ExampleWorld } from "./testing/example-world.ts";

/** The command line of the earlier store, as its own help had it. */
const earlier = `
task: create list show next start complete block delete depends update
sprint: create list status start complete claim release link unlink tasks suggest
sprint goal: add list complete
epic: create list show
decision: log list show why
handoff: initiate accept complete reject show list
edge: add list types for
doc: scan list show link tasks docs
: query blocked active stats dashboard export validate infer sync
backup: create list verify restore
orphan: report list check suggest-sprint suggest-links auto-link
backlog: list promote review stats
analyze: summary dependencies patterns orphans
`;

const page = readFileSync(new URL("../../../docs/earlier-commands.md", import.meta.url), "utf8");
const rows = page
  .split("\n")
  .filter((row) => row.startsWith("| `"))
  .map((row) => row.split(" | ").map(codeIn));

let world: ExampleWorld;

beforeAll(async () => {
  world = await ExampleWorld.create();
}, 60_000);

test("the table names every command there was, once", () => {
  const names = earlier
    .trim()
    .split("\n")
    .flatMap((row) => {
      const [group = "", words = ""] = row.split(":");
      return words
        .trim()
        .split(" ")
        .map((word) => `${group} ${word}`.trim());
    });
  expect(names).toHaveLength(74);
  expect(rows.flatMap(([there]) => there ?? []).sort()).toEqual(names.sort());
});

test("every command line of the table does its work", async () => {
  const lines = rows.flatMap(([, here]) => here ?? []);
  expect(lines.length).toBeGreaterThan(70);
  // A git history is not in the memory of a test: test/process/cli-infer.test.ts.
  for (const line of lines.filter((each) => !each.startsWith("knot infer"))) {
    const ran = await world.run(line, preparation(line));
    expect([line, ran.exitCode, ran.stderr]).toEqual([line, 0, ""]);
  }
}, 60_000);

function codeIn(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
}
