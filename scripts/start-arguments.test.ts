import { expect, test } from "vitest";

import { UsageError, startArguments } from "./start-arguments.mjs";

const npm = { npm_lifecycle_event: "start" };

test("arguments that npm left alone stay as they are", () => {
  const given = ["plan.jsonl", "--agents", "4", "--store", "dir"];
  expect(startArguments(given, npm)).toEqual(given);
  expect(startArguments([], npm)).toEqual([]);
});

test("an option that npm swallowed with a space comes back with its value", () => {
  expect(startArguments(["4"], { ...npm, npm_config_agents: "true" })).toEqual(["--agents", "4"]);
  expect(startArguments(["plan.jsonl", "4"], { ...npm, npm_config_agents: "true" })).toEqual([
    "plan.jsonl",
    "--agents",
    "4",
  ]);
  expect(startArguments(["scratch"], { ...npm, npm_config_store: "true" })).toEqual(["--store", "scratch"]);
});

test("options that npm swallowed with an equals sign come back", () => {
  const env = { ...npm, npm_config_agents: "4", npm_config_tasks: "20", npm_config_store: "../x" };
  expect(startArguments(["plan.jsonl"], env)).toEqual([
    "plan.jsonl",
    "--agents",
    "4",
    "--tasks",
    "20",
    "--store",
    "../x",
  ]);
});

test("a swallowed option joins those that follow two dashes", () => {
  expect(startArguments(["20", "--agents", "3"], { ...npm, npm_config_tasks: "true" })).toEqual([
    "--tasks",
    "20",
    "--agents",
    "3",
  ]);
});

test.each([
  [["4", "20"], { npm_config_agents: "true", npm_config_tasks: "true" }],
  [["plan.jsonl", "dir"], { npm_config_store: "true" }],
  [[], { npm_config_agents: "true" }],
])("where npm left two readings of %j none is guessed", (given, swallowed) => {
  expect(() => startArguments(given, { ...npm, ...swallowed })).toThrow(UsageError);
});

test("settings of npm count only when npm started the program", () => {
  expect(startArguments(["4"], { npm_config_agents: "true" })).toEqual(["4"]);
});
