import { expect, test } from "vitest";
import { parseSessionArguments, SessionUsageError } from "./session-arguments.ts";

test("without arguments eight agents work on at most 200 tasks of the shipped plan", () => {
  expect(parseSessionArguments([], "/home/me")).toEqual({
    input: undefined,
    agentCount: 8,
    taskCountMax: 200,
    storeDir: undefined,
  });
});

test("INPUT and --store are resolved against the caller's directory", () => {
  const given = parseSessionArguments(["../data", "--store", "scratch", "--agents", "4", "--tasks=30"], "/home/me");
  expect(given).toEqual({ input: "/home/data", agentCount: 4, taskCountMax: 30, storeDir: "/home/me/scratch" });
});

test.each([
  [["--agents", "0"], "--agents"],
  [["--agents", "65"], "--agents"],
  [["--tasks", "many"], "--tasks"],
  [["--tasks", "-3"], "--tasks"],
  [["--speed", "9"], "--speed"],
  [["one", "two"], "more than one INPUT"],
])("%j is refused with a message that names what is wrong", (argv, named) => {
  expect(() => parseSessionArguments(argv, "/")).toThrow(SessionUsageError);
  expect(() => parseSessionArguments(argv, "/")).toThrow(named);
});
