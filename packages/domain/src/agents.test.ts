import { expect, test } from "vitest";
import { memoryKnot, memoryStore, refusal } from "./testing/memory-knot.ts";

test("an agent is known by its name, with its roles", async () => {
  const knot = await memoryKnot();
  const agent = await knot.agents.register("ada", { roles: ["carpenter"], description: "builds" });
  expect(await knot.agents.get("ada")).toEqual(agent);
  expect(await knot.agents.get("bo")).toBeUndefined();
  expect(await refusal(knot.agents.register("a\u0007", {}))).toBe("INVALID_VALUE");
});

test("registering again changes what is new, and writes nothing when nothing is", async () => {
  const knot = await memoryKnot();
  const first = await knot.agents.register("ada", { roles: ["carpenter"] });
  expect((await knot.agents.register("ada", { roles: ["carpenter"] })).version).toBe(first.version);
  expect(await knot.agents.register("ada", { roles: ["smith"] })).toMatchObject({ id: first.id, roles: ["smith"] });
});

test("ten registrations of one name at the same time are one agent", async () => {
  const store = memoryStore();
  const knots = await Promise.all(Array.from({ length: 10 }, () => memoryKnot({ store })));
  const agents = await Promise.all(knots.map((knot) => knot.agents.register("ada")));
  expect(new Set(agents.map((agent) => agent.id)).size).toBe(1);
  expect(await knots[0]!.agents.list()).toHaveLength(1);
});
