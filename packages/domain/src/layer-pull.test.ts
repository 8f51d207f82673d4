import { beforeEach, expect, test } from "vitest";
import type { PullOptions } from "./layer-pull.ts";
import { type MemoryKnot, memoryKnot, refusal } from "./testing/memory-knot.ts";

let knot: MemoryKnot;
beforeEach(async () => {
  knot = await memoryKnot();
});

async function layer(id: string, section: string, branches: readonly string[], content: string): Promise<void> {
  const where = branches.length === 0 ? {} : { branches };
  await knot.layers.create({ id, kind: "core", section, content, ...where });
}

async function outcomes(options: Partial<PullOptions> = {}): Promise<Readonly<Record<string, string>>> {
  const { sections } = await knot.layers.pull({ from: "dev", to: "main", ...options });
  return Object.fromEntries(sections.map(({ section, outcome }) => [section, outcome]));
}

async function contentOn(branch: string, section: string): Promise<readonly string[]> {
  const { included } = await knot.layers.resolve({ branch });
  return included.filter((each) => each.layer.section === section).map((each) => each.layer.content);
}

test("[D9] pulling takes new sections, reports equal ones, and a dry run changes nothing", async () => {
  await layer("shared", "shared", [], "for all");
  await layer("style-dev", "style", ["dev"], "two spaces");
  await layer("style-main", "style", ["main"], "two spaces");
  await layer("new", "news", ["dev"], "only here");
  const expected = { shared: "same", style: "same", news: "taken" };
  expect(await outcomes({ dryRun: true })).toEqual(expected);
  expect(await contentOn("main", "news")).toEqual([]);
  expect(await outcomes()).toEqual(expected);
  expect(await contentOn("main", "news")).toEqual(["only here"]);
  expect(await contentOn("other", "news")).toEqual([]);
  expect(await outcomes()).toEqual({ shared: "same", style: "same", news: "same" });
  expect((await knot.graph.check()).problems).toEqual([]);
});

test("[D9] against the base of the last pull: taken when they changed, kept when we did, conflict when both did", async () => {
  await layer("dev", "style", ["dev"], "one\n");
  await knot.layers.pull({ from: "dev", to: "main" });
  const [mine] = (await knot.layers.list({ branch: "main" })).map(({ id }) => id);
  await knot.layers.update("dev", { content: "two\n" });
  const report = await knot.layers.pull({ from: "dev", to: "main" });
  expect(report.sections).toMatchObject([
    {
      outcome: "taken",
      base: { layer: "dev", contentVersion: 1 },
      ours: { layer: mine, contentVersion: 1 },
      theirs: { layer: "dev", contentVersion: 2 },
      oursChanged: { added: 0, removed: 0 },
      theirsChanged: { added: 1, removed: 1 },
    },
  ]);
  expect(report.written).toEqual([mine]);
  expect(await contentOn("main", "style")).toEqual(["two\n"]);

  await knot.layers.update(String(mine), { content: "ours\n" });
  expect(await outcomes()).toEqual({ style: "kept" });
  await knot.layers.update("dev", { content: "three\n" });
  expect(await outcomes({ dryRun: true })).toEqual({ style: "conflict" });
  expect(await refusal(knot.layers.pull({ from: "dev", to: "main" }))).toBe("LAYERS_CONFLICT");
  expect(await contentOn("main", "style")).toEqual(["ours\n"]);

  await knot.layers.pull({ from: "dev", to: "main", conflicts: "ours" });
  expect(await contentOn("main", "style")).toEqual(["ours\n"]);
  expect(await outcomes()).toEqual({ style: "kept" });
  await knot.layers.update("dev", { content: "four\n" });
  const settled = await knot.layers.pull({ from: "dev", to: "main", conflicts: "theirs" });
  expect(settled.sections).toMatchObject([{ outcome: "conflict", settled: "theirs" }]);
  expect(await contentOn("main", "style")).toEqual(["four\n"]);
});

test("what was pulled and changed there is taken back against what it was when it was pulled", async () => {
  await layer("dev", "style", ["dev"], "one\n");
  await knot.layers.pull({ from: "dev", to: "main" });
  const [mine] = (await knot.layers.list({ branch: "main" })).map(({ id }) => id);
  await knot.layers.update(String(mine), { content: "better\n" });
  expect(await outcomes({ from: "main", to: "dev" })).toEqual({ style: "taken" });
  expect(await contentOn("dev", "style")).toEqual(["better\n"]);
});

test("[D9] a conflict in one section changes none, and sections can be pulled by name", async () => {
  await layer("a-dev", "a", ["dev"], "theirs");
  await layer("a-main", "a", ["main"], "ours");
  await layer("b-dev", "b", ["dev"], "new");
  expect(await refusal(knot.layers.pull({ from: "dev", to: "main" }))).toBe("LAYERS_CONFLICT");
  expect(await contentOn("main", "b")).toEqual([]);
  expect(await outcomes({ sections: ["b"] })).toEqual({ b: "taken" });
  expect(await refusal(knot.layers.pull({ from: "dev", to: "main", sections: ["c"] }))).toBe("NOT_FOUND");
  expect(await refusal(knot.layers.pull({ from: "dev", to: "dev" }))).toBe("INVALID_VALUE");
});

test("a layer that other branches share is not changed: the target gets a variant of its own", async () => {
  await layer("shared", "style", [], "common");
  await layer("dev", "style", ["dev"], "special");
  expect(await outcomes()).toEqual({ style: "taken" });
  expect(await contentOn("main", "style")).toEqual(["special"]);
  expect(await contentOn("other", "style")).toEqual(["common"]);
  // Both changed since the variant was made: nothing tells which holds.
  await knot.layers.update("shared", { content: "common, later" });
  expect(await outcomes({ to: "third", dryRun: true })).toEqual({ style: "conflict" });
  expect(await outcomes({ from: "main", to: "dev" })).toEqual({ style: "same" });
});
