import { expect, test } from "vitest";
import { memoryKnot } from "../testing/memory-knot.ts";
import type { SourceFile } from "./parse-got.ts";

const at = "2025-12-20T10:00:00.000000+00:00";

function entity(data: Readonly<Record<string, unknown>> & { readonly id: string }): SourceFile {
  return { path: `entities/${data.id}.json`, text: JSON.stringify({ data: { created_at: at, version: 2, ...data } }) };
}

const files: readonly SourceFile[] = [
  entity({ id: "T-1", entity_type: "task", title: "Write it", status: "pending", priority: "high" }),
  entity({
    id: "DOC-docs-a-md",
    entity_type: "document",
    path: "docs/a.md",
    title: "A",
    doc_type: "design",
    content_hash: "abc",
    line_count: 3,
    word_count: 9,
    last_verified: at,
    is_stale: false,
    linked_task_ids: ["T-1", "T-gone"],
  }),
  entity({
    id: "CML0-style-1",
    entity_type: "claudemd_layer",
    layer_type: "core",
    layer_number: 0,
    section_id: "style",
    title: "Style",
    content: "two spaces",
    content_hash: "short",
    version_number: 4,
    inclusion_rule: "context",
    freshness_status: "fresh",
    freshness_decay_days: 2,
    last_regenerated: at,
    context_branches: ["feature/*"],
    context_modules: [],
  }),
  entity({ id: "TEAM-1", entity_type: "team", name: "storage", parent_team_id: "TEAM-0", layer_ids: ["CML0-style-1"] }),
  entity({ id: "TEAM-0", entity_type: "team", name: "company", branch_patterns: ["main"], member_profiles: ["PP-1"] }),
  entity({ id: "PP-1", entity_type: "persona_profile", name: "dev", role: "developer", team_id: "TEAM-1" }),
  entity({
    id: "PP-2",
    entity_type: "persona_profile",
    name: "tester",
    inherits_from: "PP-1",
    layer_preferences: { style: false },
  }),
  entity({
    id: "S-001",
    entity_type: "sprint",
    title: "One",
    number: 1,
    goals: [{ description: "Ship", completed: false, progress: 40, priority: "high" }],
  }),
];

test("[W19] documents, layers, teams and personas of GoT come over with their relations, and once", async () => {
  const knot = await memoryKnot();
  const report = await knot.imports.got(files);
  expect(report.nodes).toMatchObject({
    document: { created: 1 },
    layer: { created: 1 },
    team: { created: 2 },
    persona: { created: 2 },
  });
  expect(report.refused).toMatchObject([{ item: expect.stringContaining("T-gone"), code: "DANGLING_EDGE" }]);
  expect(await knot.documents.byPath("docs/a.md")).toMatchObject({ kind: "design", lineCount: 3, wordCount: 9 });
  expect((await knot.documents.ofTask("T-1")).map(({ link }) => link)).toEqual(["DOCUMENTED_BY"]);
  expect(await knot.layers.get("CML0-style-1")).toMatchObject({
    kind: "core",
    section: "style",
    contentVersion: 4,
    freshness: "stale",
    branches: ["feature/*"],
    extra: { content_hash: "short" },
  });
  expect((await knot.teams.lineage("TEAM-1")).map(({ name }) => name)).toEqual(["storage", "company"]);
  const resolve = async (persona: string): Promise<readonly string[]> => {
    const { included } = await knot.layers.resolve({ persona, branch: "main" });
    return included.map(({ why }) => why);
  };
  expect(await resolve("PP-1")).toEqual(["added by team storage"]);
  expect(await resolve("PP-2")).toEqual([]);
  expect((await knot.sprints.get("S-001"))?.goals).toEqual([
    { text: "Ship", completed: false, progress: 40, priority: "high" },
  ]);
  const again = await knot.imports.got(files);
  expect(again.nodes["layer"]).toEqual({ created: 0, updated: 0, unchanged: 1 });
  expect((await knot.graph.check()).problems).toEqual([]);
});
