import { expect, test } from "vitest";
import { parseBeads } from "./parse-beads.ts";

const issue = (fields: object): string =>
  JSON.stringify({ id: "bd-1", title: "t", created_at: "2025-12-17T02:19:06Z", ...fields });

test("an issue becomes a task; what no field stands for is kept and counted", () => {
  const { nodes, ledger } = parseBeads(
    issue({
      description: "d",
      status: "closed",
      priority: 0,
      issue_type: "bug",
      created_at: "2025-12-17T14:32:02.998106-08:00",
      created_by: "mayor",
      closed_at: "2025-12-18T00:00:00Z",
      close_reason: "fixed",
      labels: ["x"],
      estimated_minutes: 90,
      owner: "o",
      design: "",
      sender: null,
    }),
  );
  expect(nodes).toEqual([
    {
      type: "task",
      sourceId: "bd-1",
      props: {
        title: "t",
        description: "d",
        status: "completed",
        priority: "critical",
        category: "bug",
        tags: ["x"],
        estimateHours: 1.5,
        retrospective: "fixed",
        completedAt: "2025-12-18T00:00:00Z",
        filedAt: "2025-12-17T22:32:02.998106Z",
        filedBy: "mayor",
        extra: { owner: "o" },
      },
    },
  ]);
  expect(ledger.report({ nodes: {}, edges: {} }).kept).toEqual([{ what: "task.owner", count: 1 }]);
});

test("statuses and priorities that say more than ours are kept beside them", () => {
  const lines = [
    issue({
      id: "a",
      status: "tombstone",
      deleted_at: "2025-12-18T00:00:00Z",
      deleted_by: "x",
      delete_reason: "batch",
    }),
    issue({ id: "b", status: "hooked", priority: 4 }),
    issue({ id: "c", status: "asleep" }),
  ];
  const [tombstone, hooked, unknown] = parseBeads(lines).nodes.map((node) => node.props);
  expect(tombstone).toMatchObject({
    status: "cancelled",
    completedAt: "2025-12-18T00:00:00Z",
    completedBy: "x",
    extra: { status: "tombstone", delete_reason: "batch" },
  });
  expect(hooked).toMatchObject({ status: "in_progress", priority: "low", extra: { status: "hooked", priority: 4 } });
  expect(unknown).toMatchObject({ status: "pending", extra: { status: "asleep" } });
});

test("dependencies become edges in canonical direction, misspelt ones too", () => {
  const on = (type: string): object => ({ issue_id: "bd-1", depends_on_id: `to-${type}`, type });
  const types = [
    "blocks",
    "blocked-by",
    "parent-child",
    "parent_child",
    "discovered-from",
    "relates-to",
    "tracks",
    "b@d",
  ];
  const { edges, ledger } = parseBeads(issue({ dependencies: types.map(on) }));
  expect(edges.map(({ from, type, to }) => `${from} ${type} ${to}`)).toEqual([
    "bd-1 DEPENDS_ON to-blocks",
    "bd-1 DEPENDS_ON to-blocked-by",
    "to-parent-child PARENT_OF bd-1",
    "to-parent_child PARENT_OF bd-1",
    "bd-1 DISCOVERED_FROM to-discovered-from",
    "bd-1 RELATES_TO to-relates-to",
    "bd-1 TRACKS to-tracks",
  ]);
  const report = ledger.report({ nodes: {}, edges: {} });
  expect(report.repaired.map(({ what }) => what)).toEqual([
    "dependency type blocked-by read as blocks",
    "dependency type parent_child read as parent-child",
  ]);
  expect(report.refused.map(({ code }) => code)).toEqual(["UNKNOWN_TYPE"]);
});

test("comments become notes about their issue", () => {
  const comment = { id: 7, issue_id: "bd-1", author: "bo", text: "hm", created_at: "2025-12-17T02:19:06Z" };
  const { nodes, edges } = parseBeads(issue({ comments: [comment] }));
  expect(nodes[1]).toMatchObject({
    type: "note",
    sourceId: "bd-1#7",
    props: { about: "bd-1", kind: "comment", text: "hm", filedBy: "bo" },
  });
  expect(edges).toEqual([{ from: "bd-1#7", type: "ANNOTATES", to: "bd-1", props: {} }]);
});

test("of lines with one id the last counts; damaged lines are refused, each with its reason", () => {
  const lines = [
    "<<<<<<< HEAD",
    issue({ title: "old" }),
    "=======",
    issue({ title: "new" }),
    ">>>>>>> branch",
    "{ torn",
    "[1]",
    issue({ id: "bd-2", title: " " }),
    '{"id":"bd-3","title":"x","title":"y"}',
    "",
  ];
  const { nodes, ledger } = parseBeads(lines.join("\n"));
  expect(nodes.map((node) => node.props["title"])).toEqual(["new"]);
  const { read, refused } = ledger.report({ nodes: {}, edges: {} });
  expect(read).toBe(9);
  expect(refused.map(({ item, code }) => `${item}: ${code}`)).toEqual(
    [
      "line 1: CONFLICT_MARKER",
      "line 3: CONFLICT_MARKER",
      "line 5: CONFLICT_MARKER",
      "line 6: NOT_JSON",
      "line 7: NOT_A_RECORD",
      "line 9: NOT_JSON",
      "line 8: NOT_A_RECORD",
      "line 2 (bd-1): REPEATED_ID",
    ].sort((a, b) => order(a) - order(b)),
  );
});

/** Reading refuses first; then issues are looked at in the order of their lines. */
function order(item: string): number {
  return ["line 1", "line 3", "line 5", "line 6", "line 7", "line 9", "line 2", "line 8"].findIndex((each) =>
    item.startsWith(each),
  );
}

test("of a circle of dependencies the edge that closes it is refused", () => {
  const depends = (id: string, on: string): string =>
    issue({ id, dependencies: [{ issue_id: id, depends_on_id: on, type: "blocks" }] });
  const { edges, ledger } = parseBeads([depends("a", "b"), depends("b", "c"), depends("c", "a")]);
  expect(edges).toHaveLength(2);
  expect(ledger.report({ nodes: {}, edges: {} }).refused).toEqual([
    { kind: "edge", item: "c DEPENDS_ON a", code: "CYCLE", reason: "it closes the circle a → b → c → a" },
  ]);
});
