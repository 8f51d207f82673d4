import { expect, test } from "vitest";
import { identityOf, requireIdentity } from "./identity.ts";

test("--as goes before KNOT_AGENT; without either there is no name", () => {
  expect(identityOf({ as: "a", env: { KNOT_AGENT: "b" } })).toBe("a");
  expect(identityOf({ as: undefined, env: { KNOT_AGENT: "b" } })).toBe("b");
  expect(identityOf({ as: undefined, env: {} })).toBeUndefined();
});

test("an empty KNOT_AGENT is a mistake, not nobody", () => {
  expect(() => identityOf({ as: undefined, env: { KNOT_AGENT: "" } })).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT" }),
  );
});

test("a command that takes work refuses to run for nobody", () => {
  expect(() => requireIdentity(undefined, "task claim")).toThrow(
    expect.objectContaining({ code: "IDENTITY_REQUIRED" }),
  );
});
