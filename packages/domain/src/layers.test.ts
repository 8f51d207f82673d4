import { beforeEach, expect, test } from "vitest";
import type { LayerKind } from "./types/layer.ts";
import type { NewLayer } from "./layer-edits.ts";
import { diffLines } from "./line-diff.ts";
import { type MemoryKnot, memoryKnot, refusal } from "./testing/memory-knot.ts";

const dayMs = 24 * 60 * 60_000;
let knot: MemoryKnot;
beforeEach(async () => {
  knot = await memoryKnot({ as: "ada" });
});

async function make(id: string, fields: Partial<NewLayer> & { readonly kind: LayerKind }): Promise<void> {
  await knot.layers.create({ id, section: id, content: `about ${id}\n`, ...fields });
}

async function included(options: Parameters<MemoryKnot["layers"]["resolve"]>[0] = {}): Promise<readonly string[]> {
  return (await knot.layers.resolve(options)).included.map(({ layer, why }) => `${layer.id}: ${why}`);
}

test("[D9] the five kinds of layers have the numbers 0 to 4, and are listed in that order", async () => {
  for (const kind of ["ephemeral", "persona", "contextual", "operational", "core"] as const) await make(kind, { kind });
  expect((await knot.layers.list()).map(({ kind, number }) => `${number} ${kind}`)).toEqual([
    "0 core",
    "1 operational",
    "2 contextual",
    "3 persona",
    "4 ephemeral",
  ]);
  expect(await knot.layers.get("core")).toMatchObject({ inclusion: "always", freshness: "fresh", contentVersion: 1 });
  expect(await refusal(knot.layers.create({ kind: "core", section: " ", content: "" }))).toBe("INVALID_VALUE");
});

test("[D9] each content of a layer is a version with its reason; versions are listed, shown, compared, brought back", async () => {
  await make("rules", { kind: "core", content: "one\ntwo\n", rationale: "the start" });
  await knot.layers.update("rules", { content: "one\n2\nthree\n", rationale: "counted anew" }, { ifVersion: 1 });
  await knot.layers.update("rules", { title: "Rules" });
  const last = await knot.layers.update("rules", { content: "one\n2\n" });
  expect(last).toMatchObject({ contentVersion: 3, title: "Rules" });
  expect(last.rationale).toBeUndefined();
  expect(await knot.layers.versions("rules")).toMatchObject([
    { contentVersion: 1, by: "ada", rationale: "the start", added: 2, removed: 0 },
    { contentVersion: 2, rationale: "counted anew", added: 2, removed: 1 },
    { contentVersion: 3, added: 0, removed: 1 },
  ]);
  expect((await knot.layers.at("rules", 1)).content).toBe("one\ntwo\n");
  expect(await refusal(knot.layers.at("rules", 4))).toBe("NOT_FOUND");
  expect((await knot.layers.diff("rules", { from: 1, to: 2 })).lines).toEqual([
    { kind: "same", text: "one" },
    { kind: "removed", text: "two" },
    { kind: "added", text: "2" },
    { kind: "added", text: "three" },
  ]);
  expect(await knot.layers.diff("rules")).toMatchObject({ from: 2, to: 3, added: 0, removed: 1 });
  expect(await knot.layers.revert("rules", 1)).toMatchObject({
    content: "one\ntwo\n",
    contentVersion: 4,
    rationale: "back to version 1",
  });
  expect(await refusal(knot.layers.update("rules", { content: "x" }, { ifVersion: 1 }))).toBe("CONFLICT");
});

test("[D9] a layer is stale by age or by word, and fresh again with new content", async () => {
  await make("state", { kind: "ephemeral", decayDays: 2 });
  const { decaysAt } = (await knot.layers.get("state"))!;
  expect(decaysAt).toBe("2026-01-03T00:00:00.000Z");
  knot.clock.advance(2 * dayMs - 1000);
  expect((await knot.layers.get("state"))?.freshness).toBe("fresh");
  knot.clock.advance(1000);
  expect((await knot.layers.list({ freshness: "stale" })).map(({ id }) => id)).toEqual(["state"]);
  expect((await knot.layers.update("state", { content: "new" })).freshness).toBe("fresh");
  const marked = await knot.layers.update("state", { freshness: "stale", regenerationTrigger: "merge" });
  expect(marked).toMatchObject({ freshness: "stale", regenerationTrigger: "merge" });
  await make("for ever".replace(" ", "-"), { kind: "core" });
  knot.clock.advance(1000 * dayMs);
  expect((await knot.layers.get("for-ever"))?.freshness).toBe("fresh");
});

test("[D9] branch patterns and modules decide on context; of variants the most telling one stays", async () => {
  await make("style", { kind: "core" });
  await make("style-feature", { kind: "core", section: "style", branches: ["feature/*"] });
  await make("style-wal", { kind: "core", section: "style", branches: ["feature/wal"] });
  await make("style-long", { kind: "core", section: "style", branches: ["feature/[w]al*"] });
  await make("wal", { kind: "contextual", inclusion: "context", modules: ["wal"] });
  await make("release", { kind: "operational", inclusion: "context", branches: ["rel-*"] });
  await make("loose", { kind: "contextual", inclusion: "context" });
  expect(await included()).toEqual(["style: always"]);
  expect(await included({ branch: "main", modules: ["wal"] })).toEqual(["style: always", "wal: module wal"]);
  expect(await included({ branch: "feature/a" })).toEqual(["style-feature: always, branch fits feature/*"]);
  expect(await included({ branch: "feature/wal" })).toEqual(["style-wal: always, branch fits feature/wal"]);
  expect(await included({ branch: "rel-1" })).toEqual(["style: always", "release: branch fits rel-*"]);
  const { left } = await knot.layers.resolve({ branch: "feature/wal" });
  expect(Object.fromEntries(left.map(({ layer, why }) => [layer.id, why]))).toEqual({
    style: "another one is more telling for the branch",
    "style-feature": "another one is more telling for the branch",
    "style-long": "another one is more telling for the branch",
    wal: "for modules wal",
    release: "for branches rel-*, not for feature/wal",
    loose: "depends on context, and names neither branch nor module",
  });
});

test("[D9] a persona inherits wishes, chosen and excluded layers, branch and modules; the nearest word counts", async () => {
  await make("rules", { kind: "core" });
  await make("tips", { kind: "persona", inclusion: "user_pref" });
  await make("extra", { kind: "ephemeral", inclusion: "user_pref" });
  await make("wal", { kind: "contextual", inclusion: "context", modules: ["wal"] });
  const base = await knot.personas.create({
    name: "developer",
    role: "developer",
    preferences: { tips: true },
    customLayers: ["extra"],
    excludedLayers: ["rules"],
    defaultModules: ["wal"],
    defaultBranch: "main",
  });
  const heir = await knot.personas.create({ name: "tester", inheritsFrom: base.id, excludedLayers: ["extra"] });
  expect(await included()).toEqual(["rules: always"]);
  expect(await included({ persona: base.id })).toEqual([
    "wal: module wal",
    "tips: persona developer wants tips",
    "extra: chosen by persona developer",
  ]);
  expect(await included({ persona: heir.id })).toEqual(["wal: module wal", "tips: persona developer wants tips"]);
  await knot.personas.update(heir.id, { preferences: { tips: false }, customLayers: ["rules"] });
  expect(await included({ persona: heir.id })).toEqual(["rules: chosen by persona tester", "wal: module wal"]);
  // Wanting a section again undoes what the persona it inherits from left out.
  await knot.personas.update(heir.id, { preferences: { rules: true } }, { unset: ["customLayers"] });
  expect(await included({ persona: heir.id })).toContain("rules: always");
  expect(await knot.layers.resolve({ persona: heir.id })).toMatchObject({
    branch: "main",
    modules: ["wal"],
    personas: [heir.id, base.id],
  });
});

test("[D9] a team adds its layers on its branches, and what it is a part of adds its own", async () => {
  await make("house", { kind: "operational", inclusion: "user_pref" });
  await make("storage", { kind: "operational", inclusion: "user_pref" });
  const company = await knot.teams.create({ name: "company", layers: ["house"], modules: ["all"] });
  const team = await knot.teams.create({
    name: "storage",
    parent: company.id,
    layers: ["storage"],
    branches: ["storage/*"],
    modules: ["wal"],
    members: ["ada"],
  });
  const persona = await knot.personas.create({ name: "developer", team: team.id });
  expect(await included({ persona: persona.id })).toEqual(["house: added by team company"]);
  expect(await included({ persona: persona.id, branch: "storage/x" })).toEqual([
    "house: added by team company",
    "storage: added by team storage",
  ]);
  expect(await knot.layers.resolve({ team: team.id })).toMatchObject({
    teams: [team.id, company.id],
    modules: ["wal", "all"],
  });
  expect((await knot.teams.lineage(team.id)).map(({ name }) => name)).toEqual(["storage", "company"]);
});

test("[D9] circles of teams and of personas are refused with the path, names are taken once", async () => {
  const a = await knot.teams.create({ name: "a" });
  const b = await knot.teams.create({ name: "b", parent: a.id });
  const c = await knot.teams.create({ name: "c", parent: b.id });
  await expect(knot.teams.update(a.id, { parent: c.id })).rejects.toMatchObject({
    code: "CYCLE",
    context: { path: [a.id, c.id, b.id, a.id].join(" → ") },
  });
  expect(await refusal(knot.teams.update(a.id, { parent: a.id }))).toBe("CYCLE");
  const [p, q] = [await knot.personas.create({ name: "p" }), await knot.personas.create({ name: "q" })];
  await knot.personas.update(p.id, { inheritsFrom: q.id });
  expect(await refusal(knot.personas.update(q.id, { inheritsFrom: p.id }))).toBe("CYCLE");
  expect(await refusal(knot.teams.create({ name: "a" }))).toBe("ALREADY_EXISTS");
  expect(await refusal(knot.personas.create({ name: "p" }))).toBe("ALREADY_EXISTS");
  expect(await refusal(knot.personas.create({ name: "x", customLayers: ["none"] }))).toBe("NOT_FOUND");
  expect(await knot.teams.resolve("b")).toBe(b.id);
  expect((await knot.personas.update(p.id, {}, { unset: ["inheritsFrom"] })).inheritsFrom).toBeUndefined();
});

test("of two updates at once that would close a circle together one is refused", async () => {
  const [a, b] = [await knot.teams.create({ name: "a" }), await knot.teams.create({ name: "b" })];
  const codes = await Promise.all([
    refusal(knot.teams.update(a.id, { parent: b.id })),
    refusal(knot.teams.update(b.id, { parent: a.id })),
  ]);
  expect([...codes].sort()).toEqual(["CYCLE", "nothing was refused"]);
});

test("a difference of lines keeps what both have, whatever changed around it", () => {
  const script = (a: string, b: string): string =>
    diffLines(a, b)
      .map(({ kind, text }) => `${{ same: " ", added: "+", removed: "-" }[kind]}${text}`)
      .join("|");
  expect(script("", "a")).toBe("+a");
  expect(script("a\n", "")).toBe("-a");
  expect(script("a\nb\nc\nd", "a\nx\nc\ny\nd")).toBe(" a|-b|+x| c|+y| d");
  expect(script("same\n", "same")).toBe(" same");
});
