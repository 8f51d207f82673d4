/**
 * Answers about a real GoT directory, each compared with what a few lines say that read its JSON files and know nothing
 * of the graph.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { memoryKnot, type MemoryKnot } from "../testing/memory-knot.ts";

const directory = fileURLToPath(new URL("../../../../../shared/corpora/got-2025-12-27", import.meta.url));
const onRealData = test.skipIf(!existsSync(directory));

interface RawEntity {
  readonly id: string;
  readonly entity_type: string;
  readonly source_id: string;
  readonly target_id: string;
  readonly edge_type: string;
  readonly affects?: readonly string[];
  readonly task_id: string;
  readonly status: string;
  readonly initiated_at: string;
}

const raw: readonly RawEntity[] = existsSync(directory)
  ? readdirSync(join(directory, "entities"))
      .filter((name) => name.endsWith(".json"))
      .map((name) => (JSON.parse(readFileSync(join(directory, "entities", name), "utf8")) as { data: RawEntity }).data)
  : [];
const rawOf = (type: string): readonly RawEntity[] => raw.filter((each) => each.entity_type === type);
const ids = new Set(raw.map(({ id }) => id));
const rawEdges = rawOf("edge").filter((edge) => ids.has(edge.source_id) && ids.has(edge.target_id));

async function importedGot(): Promise<MemoryKnot> {
  const knot = await memoryKnot({ as: "importer" });
  const files = readdirSync(join(directory, "entities"))
    .filter((name) => name.endsWith(".json"))
    .map((name) => `entities/${name}`);
  await knot.imports.got(files.map((path) => ({ path, text: readFileSync(join(directory, path), "utf8") })));
  return knot;
}

onRealData("[D13] the orphans of a real directory are its tasks without an edge", async () => {
  const knot = await importedGot();
  // Handoffs are tied to their task by an edge that says nothing about the work.
  const tied = new Set(
    rawEdges.filter(({ edge_type }) => edge_type !== "TRANSFERS").flatMap((edge) => [edge.source_id, edge.target_id]),
  );
  for (const { affects = [] } of rawOf("decision")) for (const id of affects) tied.add(id);
  const expected = rawOf("task")
    .map(({ id }) => id)
    .filter((id) => !tied.has(id));
  const { items } = await knot.orphans.list({ limit: 1000 });
  expect(items.map(({ id }) => id).sort()).toEqual(expected.sort());
  expect(items.length).toBeGreaterThan(10);
});

onRealData(
  "[D5] why answers for every task of a real directory with the decisions that affect it or its containers",
  async () => {
    const knot = await importedGot();
    const containers = (id: string, seen = new Set([id])): ReadonlySet<string> => {
      for (const edge of rawEdges) {
        const [above, below] =
          edge.edge_type === "PART_OF" ? [edge.target_id, edge.source_id] : [edge.source_id, edge.target_id];
        if (!["CONTAINS", "PART_OF"].includes(edge.edge_type) || below !== id || seen.has(above)) continue;
        seen.add(above);
        containers(above, seen);
      }
      return seen;
    };
    let answered = 0;
    for (const { id } of rawOf("task")) {
      const places = containers(id);
      const justified = rawEdges.filter((edge) => edge.edge_type === "JUSTIFIES" && places.has(edge.target_id));
      const affecting = rawOf("decision").filter(({ affects = [] }) => affects.some((each) => places.has(each)));
      const expected = new Set([...justified.map(({ source_id }) => source_id), ...affecting.map((each) => each.id)]);
      const reasons = await knot.decisions.why(id);
      expect(reasons.map(({ decision }) => decision.id).sort(), id).toEqual([...expected].sort());
      answered += reasons.length;
    }
    expect(answered).toBeGreaterThan(0);
  },
);

onRealData("[D6] the handoffs of a real directory are listed by status and age", async () => {
  const knot = await importedGot();
  const order = ["initiated", "accepted", "completed", "rejected"];
  const expected = rawOf("handoff").toSorted(
    (a, b) => order.indexOf(a.status) - order.indexOf(b.status) || (a.initiated_at < b.initiated_at ? -1 : 1),
  );
  const { items } = await knot.handoffs.list({ limit: 1000 });
  expect(items.map(({ id, status }) => [id, status])).toEqual(expected.map(({ id, status }) => [id, status]));
  for (const status of order) {
    const ofStatus = await knot.handoffs.list({ status: status as "initiated", limit: 1000 });
    expect(ofStatus.items).toHaveLength(rawOf("handoff").filter((each) => each.status === status).length);
  }
});

onRealData("[D14] the laws found broken in a real directory are those its files break", async () => {
  const knot = await importedGot();
  const problems = await knot.checkGraphLaws();
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  const status = new Map(raw.map((each) => [each.id, each.status]));
  const open = (id: string): boolean => !["completed", "cancelled"].includes(status.get(id) ?? "completed");
  const broken = rawEdges.filter(({ edge_type, source_id, target_id }) => {
    const [from, to] = edge_type === "BLOCKS" ? [target_id, source_id] : [source_id, target_id];
    return ["DEPENDS_ON", "BLOCKS"].includes(edge_type) && status.get(from) === "completed" && open(to);
  });
  expect(problems.filter(({ code }) => code === "STATUS_AGAINST_EDGES")).toHaveLength(broken.length);
});
