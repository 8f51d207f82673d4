import { expect, test } from "vitest";
import { planWork, type WorkNode } from "./work-list.ts";

function makeTask(
  id: string,
  status: string,
  waits: { blockers?: readonly string[]; children?: readonly string[] } = {},
): WorkNode {
  return { id, isTask: true, status, blockers: waits.blockers ?? [], children: waits.children ?? [] };
}

test("only tasks that can be completed by and by are counted", () => {
  const nodes = [
    makeTask("a", "pending"),
    makeTask("b", "pending", { blockers: ["a"] }),
    makeTask("c", "pending", { blockers: ["stuck"] }),
    makeTask("stuck", "blocked"),
  ];
  expect(planWork(nodes, 10).taskCount).toBe(2);
});

test("no more are worked on than asked for", () => {
  const nodes = ["a", "b", "c"].map((id) => makeTask(id, "pending"));
  expect(planWork(nodes, 2)).toMatchObject({ taskCount: 2, reopened: [] });
});

test("where open ones are too few, closed ones are reopened, a parent before its children", () => {
  const nodes = [
    makeTask("child", "completed"),
    makeTask("parent", "completed", { children: ["child"] }),
    makeTask("open", "pending"),
  ];
  expect(planWork(nodes, 10)).toMatchObject({
    taskCount: 3,
    reopened: ["parent", "child"],
    parentsToWait: [{ parent: "parent", children: ["child"] }],
  });
});

test("what lies under a closed epic stays closed", () => {
  const epic: WorkNode = { id: "epic", isTask: false, status: "completed", blockers: [], children: ["a"] };
  expect(planWork([epic, makeTask("a", "completed")], 10)).toMatchObject({ taskCount: 0, reopened: [] });
});

test("tasks left in progress are opened and count", () => {
  expect(planWork([makeTask("a", "in_progress")], 5)).toMatchObject({ taskCount: 1, leftInProgress: ["a"] });
});

test("a parent whose child cannot be completed waits for it like all others, and is not counted", () => {
  const nodes = [
    makeTask("parent", "pending", { children: ["child"] }),
    makeTask("child", "blocked"),
    makeTask("a", "pending"),
  ];
  expect(planWork(nodes, 5)).toMatchObject({
    taskCount: 1,
    parentsToWait: [{ parent: "parent", children: ["child"] }],
  });
});
