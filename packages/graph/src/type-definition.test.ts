import type { StandardSchemaV1 } from "@standard-schema/spec";
import { expect, expectTypeOf, test } from "vitest";
import type { Entity } from "./entity.ts";
import { openGraph } from "./open-graph.ts";
import { anySchema } from "./testing/any-schema.ts";
import { MemoryEngine } from "./testing/memory-engine.ts";
import { defineType } from "./type-definition.ts";

interface Task {
  readonly title: string;
  readonly status: string;
}

/** Takes a title, gives it a status; anything else is unknown. Asynchronous, as schemas may be. */
const taskSchema: StandardSchemaV1<{ title: string; status?: string }, Task> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: async (value) => {
      const { title, status = "pending", ...unknown } = value as { title?: unknown; status?: string };
      const [name] = Object.keys(unknown);
      if (name !== undefined) return { issues: [{ message: `unknown field ${name}`, path: [name] }] };
      if (typeof title !== "string") return { issues: [{ message: "title must be text", path: [{ key: "title" }] }] };
      return { value: { title, status } };
    },
  },
};

const task = defineType("task", { fields: taskSchema, indexes: [["status"]], idPrefix: "T" });
const needs = defineType("NEEDS", { fields: anySchema, edge: true });

test("the schema's output is stored, at create and at update, and is what the types say", async () => {
  const graph = await openGraph({ engine: new MemoryEngine(), types: [task, needs] });
  const { value: created } = await graph.transact((tx) => tx.create("task", { title: "a" }));
  expect(created.id).toMatch(/^T-[0-9A-HJKMNP-TV-Z]{26}$/);
  expectTypeOf(created).toEqualTypeOf<Entity<Task>>();
  expect(created.props).toEqual({ title: "a", status: "pending" });
  await graph.transact((tx) => tx.update(created.id, { status: "done" }));
  const rows = await graph.query("task").where("status", "=", "done").all();
  expectTypeOf(rows).toEqualTypeOf<readonly Entity<Task>[]>();
  expectTypeOf(await graph.query("OTHER").all()).toEqualTypeOf<readonly Entity[]>();
  expect(rows.map(({ props }) => props.title)).toEqual(["a"]);
});

test("a schema may answer with a promise of any kind", async () => {
  // eslint-disable-next-line unicorn/no-thenable
  const validate = (value: unknown): unknown => ({ then: (settle: (result: unknown) => void) => settle({ value }) });
  const fields = { "~standard": { version: 1, vendor: "test", validate } } as unknown as StandardSchemaV1<object>;
  const graph = await openGraph({ engine: new MemoryEngine(), types: [defineType("slow", { fields })] });
  await graph.transact((tx) => tx.create("slow", { a: 1 }, { id: "s1" }));
  expect((await graph.get("s1"))?.props).toEqual({ a: 1 });
});

test("what the schema refuses is not stored, and the error says where", async () => {
  const graph = await openGraph({ engine: new MemoryEngine(), types: [task] });
  const create = (props: object) => graph.transact((tx) => tx.create("task", props as { title: string }));
  await expect(create({ title: 7 })).rejects.toMatchObject({
    code: "INVALID_VALUE",
    context: { path: "$.title", type: "task" },
  });
  await expect(create({ title: "a", colour: "red" })).rejects.toMatchObject({
    code: "INVALID_VALUE",
    context: { path: "$.colour" },
  });
  const { value } = await create({ title: "a" });
  await expect(graph.transact((tx) => tx.update(value.id, { title: null }))).rejects.toMatchObject({
    code: "INVALID_VALUE",
  });
  expect(await graph.head()).toBe(1);
});

test("with types only those are taken, and edge types written like EDGE_TYPE", async () => {
  const graph = await openGraph({ engine: new MemoryEngine(), types: [task, needs] });
  const unknown = { code: "UNKNOWN_TYPE" };
  await graph.transact(async (tx) => {
    await tx.create("task", { title: "a" }, { id: "a" });
    await tx.link("a", "NEEDS", "a");
    await tx.link("a", "RELATES_TO", "a");
    await expect(tx.create("note", {})).rejects.toMatchObject(unknown);
    await expect(tx.create("NEEDS", {})).rejects.toMatchObject(unknown);
    await expect(tx.link("a", "task", "a")).rejects.toMatchObject(unknown);
    await expect(tx.link("a", "relates", "a")).rejects.toMatchObject(unknown);
  });
  const open = await openGraph({ engine: new MemoryEngine() });
  await open.transact(async (tx) => {
    await tx.create("any.type-name_1", {});
    for (const name of ["", "1a", "a b", "a/b", "x".repeat(65)])
      await expect(tx.create(name, {})).rejects.toMatchObject(unknown);
  });
});

test("a definition that cannot be is a mistake of the program", () => {
  const define = (name: string, options: object) => defineType(name, { fields: anySchema, ...options });
  expect(() => define("no name", {})).toThrow(TypeError);
  expect(() => define("a", { indexes: [[]] })).toThrow(TypeError);
  expect(() => define("a", { indexes: [["x", "x"]] })).toThrow(TypeError);
  expect(() => define("a", { indexes: [["updatedAt"]] })).toThrow(TypeError);
  expect(() => define("a", { indexes: [["a,b"]] })).toThrow(TypeError);
  expect(() => define("a", { indexes: [Array.from({ length: 9 }, (_, i) => `f${i}`)] })).toThrow(TypeError);
  expect(() => define("a", { idPrefix: "-" })).toThrow(TypeError);
});

test("an edge type that names the types of its ends takes no others", async () => {
  const owns = defineType("OWNS", { fields: anySchema, edge: true, from: ["person"], to: ["task"] });
  const person = defineType("person", { fields: anySchema });
  const graph = await openGraph({ engine: new MemoryEngine(), types: [task, person, owns] });
  await graph.transact(async (tx) => {
    await tx.create("person", {}, { id: "p" });
    await tx.create("task", { title: "t" }, { id: "t" });
    await tx.link("p", "OWNS", "t");
  });
  const link = (from: string, to: string) => graph.transact((tx) => tx.link(from, "OWNS", to));
  await expect(link("t", "t")).rejects.toMatchObject({ code: "WRONG_END", context: { end: "from", nodeType: "task" } });
  await expect(link("p", "p")).rejects.toMatchObject({ code: "WRONG_END", context: { end: "to", nodeType: "person" } });
  expect((await graph.edges({ from: "p" })).length).toBe(1);
  expect(() => defineType("task", { fields: anySchema, from: ["person"] })).toThrow(TypeError);
});
