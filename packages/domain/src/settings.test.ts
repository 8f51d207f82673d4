import { expect, test } from "vitest";
import { memoryKnot, memoryStore, refusal } from "./testing/memory-knot.ts";

test("a setting is shared by all who use the store, and has a default until it is set", async () => {
  const store = memoryStore();
  const [ada, bob] = [await memoryKnot({ as: "ada", store }), await memoryKnot({ as: "bob", store })];
  expect(await bob.settings.number("list.limit")).toBe(20);
  expect(await bob.settings.get("list.limit")).toBeUndefined();
  const set = await ada.settings.set("list.limit", "50");
  expect(await bob.settings.number("list.limit")).toBe(50);
  await ada.settings.set("user.branch", "main");
  expect((await bob.settings.list()).map(({ key, value }) => [key, value])).toEqual([
    ["list.limit", "50"],
    ["user.branch", "main"],
  ]);
  expect(await refusal(bob.settings.set("list.limit", "60", { ifVersion: set.version + 1 }))).toBe("CONFLICT");
  await bob.settings.unset("list.limit");
  expect(await ada.settings.number("list.limit")).toBe(20);
});

test("an unknown setting and a value out of range are refused", async () => {
  const knot = await memoryKnot();
  expect(await refusal(knot.settings.set("list.limits", "5"))).toBe("UNKNOWN_FIELD");
  expect(await refusal(knot.settings.get("constructor"))).toBe("UNKNOWN_FIELD");
  for (const value of ["0", "-1", "many", "10001", "1e3"])
    expect(await refusal(knot.settings.set("list.limit", value)), value).toBe("INVALID_VALUE");
  expect(await refusal(knot.settings.unset("list.limit"))).toBe("NOT_FOUND");
});
