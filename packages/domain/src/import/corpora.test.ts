/** Imports of real data, counted against the sources read by other means. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { memoryKnot } from "../testing/memory-knot.ts";
import type { ImportCounts, ImportReport } from "./import-report.ts";
import type { SourceFile } from "./parse-got.ts";

const root = fileURLToPath(new URL("../../../../../shared/corpora", import.meta.url));

const corporaAreThere: boolean = existsSync(root);

if (!corporaAreThere) console.warn("SKIPPED: no corpora beside the project, imports of real data are not tested");
const onRealData = test.skipIf(!corporaAreThere);

interface RawIssue {
  readonly id: string;
  readonly status: string;
  readonly comments?: readonly unknown[];
  readonly dependencies?: readonly {
    readonly depends_on_id: string;
    readonly issue_id: string;
    readonly type: string;
  }[];
}

/** What a beads file holds, counted without any of the importer. */
function countBeads(text: string): {
  readonly issues: readonly RawIssue[];
  readonly unreadable: number;
  readonly repeats: number;
  readonly edges: number;
  readonly dangling: number;
  readonly comments: number;
} {
  const byId = new Map<string, RawIssue>();
  let [unreadable, lines] = [0, 0];
  for (const line of text.split("\n").filter((each) => each.trim() !== "")) {
    try {
      const parsed = JSON.parse(line) as RawIssue;
      byId.set(parsed.id, parsed);
      lines += 1;
    } catch {
      unreadable += 1;
    }
  }
  const issues = [...byId.values()];
  const dependencies = issues.flatMap((issue) => issue.dependencies ?? []);
  const dangling = dependencies.filter((each) => !byId.has(each.depends_on_id) || !byId.has(each.issue_id)).length;
  return {
    issues,
    unreadable,
    repeats: lines - issues.length,
    edges: dependencies.length - dangling,
    dangling,
    comments: issues.flatMap((issue) => issue.comments ?? []).length,
  };
}

function sum(counts: Readonly<Record<string, ImportCounts>>, did: keyof ImportCounts): number {
  return Object.values(counts).reduce((total, each) => total + each[did], 0);
}

function refusals(report: ImportReport, ...codes: readonly string[]): number {
  return report.refused.filter(({ code }) => codes.includes(code)).length;
}

const beadsFiles = [
  "beads-issues-2026-01-21.jsonl",
  "gastown-duplicated-ids-2025-12-22.jsonl",
  "beads-conflict-markers-2025-11-05.jsonl",
  "beads_rust-issues-2026-01-28.jsonl",
];

for (const name of beadsFiles) {
  onRealData(`${name} is imported whole, and a second time nothing changes`, { timeout: 60_000 }, async () => {
    const text = readCorpus(name);
    const expected = countBeads(text);
    const knot = await memoryKnot({ as: "importer" });
    const report = await knot.imports.beads(text);
    expect(report.nodes["task"]).toEqual({ created: expected.issues.length, updated: 0, unchanged: 0 });
    expect(report.nodes["note"]?.created ?? 0).toBe(expected.comments);
    expect(sum(report.edges, "created")).toBe(expected.edges + expected.comments);
    expect(refusals(report, "DANGLING_EDGE")).toBe(expected.dangling);
    expect(refusals(report, "REPEATED_ID")).toBe(expected.repeats);
    expect(refusals(report, "CONFLICT_MARKER", "NOT_JSON")).toBe(expected.unreadable);
    expect(refusals(report, "CYCLE", "INVALID_VALUE", "NOT_A_RECORD", "UNKNOWN_TYPE")).toBe(0);
    const stats = await knot.stats();
    expect(stats.byStatus["task"]).toMatchObject({
      completed: expected.issues.filter((issue) => issue.status === "closed").length,
      cancelled: expected.issues.filter((issue) => issue.status === "tombstone").length,
    });
    expect((await knot.checkGraphLaws()).filter(({ severity }) => severity === "error")).toEqual([]);
    const again = await knot.imports.beads(text);
    expect(sum(again.nodes, "created") + sum(again.nodes, "updated")).toBe(0);
    expect(sum(again.edges, "created") + sum(again.edges, "updated")).toBe(0);
    expect(sum(again.nodes, "unchanged")).toBe(expected.issues.length + expected.comments);
    expect((await knot.stats()).seq).toBe(stats.seq);
  });
}

onRealData("[W19] every entity and edge of a real .got directory is imported or refused with a reason", async () => {
  const files = readCorpusFiles("got-2025-12-27");
  const raw = files
    .filter(({ path }) => /^entities\/[^/]+\.json$/.test(path))
    .map(({ text }) => (JSON.parse(text) as { readonly data: Readonly<Record<string, unknown>> }).data);
  const ids = new Set(raw.map((each) => each["id"]));
  const count = (type: string): number => raw.filter((each) => each["entity_type"] === type).length;
  const rawEdges = raw.filter((each) => each["entity_type"] === "edge");
  const dangling = rawEdges.filter((each) => !ids.has(each["source_id"]) || !ids.has(each["target_id"])).length;
  expect([raw.length, rawEdges.length, dangling]).toEqual([449, 193, 5]);

  const knot = await memoryKnot({ as: "importer" });
  const report = await knot.imports.got(files);
  expect(report.read).toBe(449);
  for (const type of ["task", "decision", "handoff", "sprint", "epic"]) {
    expect(report.nodes[type]).toEqual({ created: count(type), updated: 0, unchanged: 0 });
    for (const { id } of raw.filter((each) => each["entity_type"] === type) as unknown as readonly {
      readonly id: string;
    }[]) {
      expect((await knot.graph.get(id))?.type).toBe(type);
    }
  }
  expect(refusals(report, "DANGLING_EDGE")).toBe(dangling);
  expect(report.refused).toHaveLength(dangling);
  for (const edge of rawEdges) {
    const [from, type, to] = [edge["source_id"], edge["edge_type"], edge["target_id"]] as [string, string, string];
    expect((await knot.edges.get(from, type, to)) !== undefined, `${from} ${type} ${to}`).toBe(
      ids.has(from) && ids.has(to),
    );
  }
  expect(report.notImported).toEqual([
    { what: "file under diffs/", count: 2 },
    { what: "file under events/", count: 216 },
    { what: "file under indexes/", count: 3 },
    { what: "file under snapshots/", count: 6 },
    { what: "history file", count: 198 },
  ]);
  const { seq } = await knot.stats();
  const again = await knot.imports.got(files);
  expect(sum(again.nodes, "unchanged")).toBe(449 - 193);
  expect((await knot.stats()).seq).toBe(seq);
});

onRealData("fields of a real .got directory arrive where they belong", async () => {
  const knot = await memoryKnot({ as: "importer" });
  await knot.imports.got(readCorpusFiles("got-2025-12-27"));
  const handoff = await knot.handoffs.get("H-20251224-062328-89bb7f80");
  expect(handoff).toMatchObject({
    from: "main",
    to: "test-agent",
    status: "completed",
    task: "T-20251222-211835-c9793f4f",
    instructions: "Test handoff",
    result: { status: "test complete" },
    createdAt: "2025-12-24T06:23:28.554922Z",
  });
  const sprints = await knot.graph.query("sprint").all();
  const goals = sprints.flatMap((sprint) => (sprint.props as { readonly goals?: readonly object[] }).goals ?? []);
  expect(goals).toHaveLength(73);
  expect((await knot.graph.get("E-20251225-230300-65c1cc2e"))?.type).toBe("epic");
});

function readCorpus(name: string): string {
  return readFileSync(join(root, name), "utf8");
}

/** All files of a directory, paths relative to it. Compressed ones have no text. */
function readCorpusFiles(name: string): readonly SourceFile[] {
  const base = join(root, name);
  return readdirSync(base, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(base, path), text: path.endsWith(".gz") ? "" : readFileSync(path, "utf8") }));
}
