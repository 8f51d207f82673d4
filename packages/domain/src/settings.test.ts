import { expect, test } from "vitest";
import { memoryKnot, memoryStore, refusal } from "./testing/memory-knot.ts";

test("a setting is shared by all who use the store, and has a default until it is set", async () => {
  const store = memoryStore();
  const [ada, bob] = [await memoryKnot({ as: "ada", store }), await memoryKnot({ as: "bob", store })];
  expect(await bob.settings.number("prime.tokens")).toBe(2000);
  expect(await bob.settings.get("prime.tokens")).toBeUndefined();
  const set = await ada.settings.set("prime.tokens", "500");
  expect(await bob.settings.number("prime.tokens")).toBe(500);
  await ada.settings.set("user.branch", "main");
  expect((await bob.settings.list()).map(({ key, value }) => [key, value])).toEqual([
    ["prime.tokens", "500"],
    ["user.branch", "main"],
  ]);
  expect(await refusal(bob.settings.set("prime.tokens", "600", { ifVersion: set.version + 1 }))).toBe("CONFLICT");
  await bob.settings.unset("prime.tokens");
  expect(await ada.settings.number("prime.tokens")).toBe(2000);
});

test("a setting that is not set is at no version: setting it at one is refused", async () => {
  const knot = await memoryKnot();
  expect(await refusal(knot.settings.set("prime.tokens", "500", { ifVersion: 1 }))).toBe("NOT_FOUND");
  expect(await knot.settings.get("prime.tokens")).toBeUndefined();
  const set = await knot.settings.set("prime.tokens", "500");
  expect(await refusal(knot.settings.unset("prime.tokens", { ifVersion: set.version + 1 }))).toBe("CONFLICT");
  expect(await knot.settings.unset("prime.tokens", { ifVersion: set.version })).toMatchObject({ value: "500" });
});

test("an unknown setting and a value out of range are refused", async () => {
  const knot = await memoryKnot();
  expect(await refusal(knot.settings.set("prime.token", "5"))).toBe("UNKNOWN_FIELD");
  expect(await refusal(knot.settings.get("constructor"))).toBe("UNKNOWN_FIELD");
  for (const value of ["0", "-1", "many", "1000001", "1e3"])
    expect(await refusal(knot.settings.set("prime.tokens", value)), value).toBe("INVALID_VALUE");
  expect(await refusal(knot.settings.unset("prime.tokens"))).toBe("NOT_FOUND");
});

test("a claim lasts as long as the setting says, unless told otherwise", async () => {
  const knot = await memoryKnot({ as: "ada" });
  await knot.settings.set("claim.ttlMs", "60000");
  const now = knot.clock.nowMs();
  await knot.tasks.create({ title: "a", id: "a" });
  await knot.tasks.create({ title: "b", id: "b" });
  expect(Date.parse((await knot.tasks.claim("a")).expiresAt) - now).toBe(60_000);
  expect(Date.parse((await knot.tasks.claim("b", { ttlMs: 5_000 })).expiresAt) - now).toBe(5_000);
});
