import { expect, test } from "vitest";
import { memoryKnot, refusal, type MemoryKnot } from "./testing/memory-knot.ts";

async function scattered(): Promise<MemoryKnot> {
  const knot = await memoryKnot({ as: "ada" });
  const task = (id: string, title: string, fields = {}): Promise<unknown> =>
    knot.tasks.create({ id, title, ...fields });
  await task("tail", "Repair the torn tail of the log", { tags: ["wal"], category: "bugfix" });
  await task("segments", "Seal segments of the log", { tags: ["wal"] });
  await knot.edges.add("tail", "RELATES_TO", "segments");
  await task("lost", "The torn tail of a sealed log loses a record", { tags: ["wal"], category: "bugfix" });
  await task("alone", "Choose curtains");
  await knot.notes.add("alone", "blue ones");
  await knot.handoffs.initiate("alone", { to: "bo" });
  return knot;
}

test("[D13] orphans are the tasks that no edge ties to anything, page by page", async () => {
  const knot = await scattered();
  const { items } = await knot.orphans.list();
  expect(items.map(({ id }) => id)).toEqual(["alone", "lost"]);
  const first = await knot.orphans.list({ limit: 1 });
  expect(first.truncated).toBe(true);
  expect((await knot.orphans.list({ after: first.next ?? "" })).items.map(({ id }) => id)).toEqual(["lost"]);
  expect((await knot.orphans.list({ status: "completed" })).items).toEqual([]);
});

test("[D13] suggestions have a score and reasons, and suggest nothing where nothing is alike", async () => {
  const knot = await scattered();
  const { suggestions } = await knot.orphans.suggest("lost");
  expect(suggestions[0]).toMatchObject({ from: "lost", type: "RELATES_TO", to: "tail", other: { type: "task" } });
  expect(suggestions[0]?.reasons).toEqual([expect.stringContaining("torn"), "tags: wal", "category: bugfix"]);
  const scores = suggestions.map(({ score }) => score);
  expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  expect(scores.every((score) => score > 0 && score <= 1)).toBe(true);
  expect((await knot.orphans.suggest("alone")).suggestions).toEqual([]);
  expect(await refusal(knot.orphans.suggest("T-0"))).toBe("NOT_FOUND");
});

test("[D13] linking adds the best suggestions, and with a dry run only says so", async () => {
  const knot = await scattered();
  const { seq } = await knot.stats();
  const preview = await knot.orphans.link({ dryRun: true });
  expect(preview).toMatchObject({ edges: [{ from: "lost", type: "RELATES_TO", to: "tail" }], left: ["alone"] });
  expect((await knot.stats()).seq).toBe(seq);
  const linked = await knot.orphans.link();
  expect(linked.edges[0]?.confidence).toBe(preview.suggestions[0]?.score);
  expect((await knot.orphans.list()).items.map(({ id }) => id)).toEqual(["alone"]);
  await knot.decisions.log({ title: "x", id: "d" });
  expect(await refusal(knot.orphans.link({ into: "d" }))).toBe("INVALID_VALUE");
  expect((await knot.orphans.link({ into: "tail" })).edges).toMatchObject([
    { from: "tail", type: "CONTAINS", to: "alone" },
  ]);
  expect((await knot.orphans.list()).items).toEqual([]);
});

const commit = (
  hash: string,
  subject: string,
  body = "",
): Parameters<MemoryKnot["imports"]["inferFromGit"]>[0][number] => ({
  hash,
  authorName: "Ada",
  authorEmail: "ada@example.org",
  authoredAt: "2026-01-01T00:00:00Z",
  subject,
  body,
  files: [],
});

test("[D13] commit messages that name ids become edges, once", async () => {
  const knot = await memoryKnot({ as: "ada" });
  for (const id of ["T-one", "T-two", "T-three"]) await knot.tasks.create({ title: id, id });
  const commits = [
    commit("aaaaaaa", "Fixes T-one: the tail", "See T-two and T-unknown. UTF-8."),
    commit("bbbbbbb", "T-three depends on T-two"),
    commit("ccccccc", "T-three blocks T-two"),
    commit("ddddddd", "Nothing of note"),
  ];
  const edges = ({ added }: { readonly added: readonly { type: string; to: string }[] }): string[] =>
    added.map(({ type, to }) => `${type} ${to}`);
  const preview = await knot.imports.inferFromGit(commits, { dryRun: true });
  expect(preview.inferred.map(({ from, type, to }) => `${from} ${type} ${to}`)).toEqual([
    "aaaaaaa IMPLEMENTS T-one",
    "aaaaaaa REFERENCES T-two",
    "bbbbbbb REFERENCES T-three",
    "T-three DEPENDS_ON T-two",
    "bbbbbbb REFERENCES T-two",
    "ccccccc REFERENCES T-three",
    "T-two DEPENDS_ON T-three",
    "ccccccc REFERENCES T-two",
  ]);
  expect((await knot.stats()).byType["commit"]).toBe(0);
  const inference = await knot.imports.inferFromGit(commits);
  expect(edges(inference)).toHaveLength(7);
  expect(inference.refused).toMatchObject([{ commit: "ccccccc", words: "T-three blocks T-two" }]);
  expect(inference.refused[0]?.reason).toContain("T-two → T-three → T-two");
  expect((await knot.stats()).byType["commit"]).toBe(3);
  expect(await knot.tasks.blockers("T-three")).toEqual(["T-two"]);
  expect((await knot.tasks.get("T-one"))?.status).toBe("pending");
  expect((await knot.imports.inferFromGit(commits)).added).toEqual([]);
});
