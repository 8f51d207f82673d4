import { expect, test } from "vitest";
import { WorkBudget } from "./work-budget.ts";

test("no more agents are let than tasks are left", () => {
  const budget = new WorkBudget(2);
  expect(budget.request("a")).toEqual({});
  expect(budget.request("b")).toEqual({});
  expect(budget.request("c")).toBeUndefined();
  budget.gotNothing("b");
  expect(budget.request("c")).toEqual({});
});

test("a task handed over still counts as one, and its completion as one", () => {
  const budget = new WorkBudget(1);
  budget.request("a");
  budget.took("a", "T-1");
  budget.handedOver("T-1", "b");
  expect(budget.request("c")).toBeUndefined();
  budget.took("b", "T-1");
  budget.completed("T-1");
  expect(budget.isExhausted).toBe(true);
});

test("what a dead agent held, was handed and was about to claim comes back", () => {
  const budget = new WorkBudget(2);
  budget.request("a");
  budget.took("a", "T-1");
  budget.request("b");
  budget.took("b", "T-2");
  budget.handedOver("T-2", "a");
  budget.died("a");
  expect(budget.request("b")).toEqual({ task: "T-1" });
  expect(budget.request("c")).toEqual({ task: "T-2" });
  expect(budget.request("d")).toBeUndefined();
});

test("the last place is kept for the task whose holder died", () => {
  const budget = new WorkBudget(1);
  budget.request("a");
  budget.took("a", "T-1");
  budget.died("a");
  expect(budget.request("b")).toEqual({ task: "T-1" });
  budget.took("b", "T-1");
  budget.completed("T-1");
  expect(budget.isExhausted).toBe(true);
});

test("a claim that was lost to somebody else makes no place of its own", () => {
  const budget = new WorkBudget(1);
  budget.request("a");
  budget.took("a", "T-1");
  budget.took("b", "T-1");
  budget.lost("a", "T-1");
  expect(budget.request("c")).toBeUndefined();
});

test("what is handed to a dead agent waits for a new holder", () => {
  const budget = new WorkBudget(2);
  budget.request("b");
  budget.took("b", "T-1");
  budget.died("a");
  budget.handedOver("T-1", "a");
  expect(budget.request("b")).toEqual({});
  expect(budget.request("c")).toEqual({ task: "T-1" });
});
