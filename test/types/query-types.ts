/**
 * What the compiler must say of queries: 60 things it knows (`satisfies Same<…>`), 60 mistakes it finds (`@ts-expect-error`). Never run:
 * `npm run check` compiles it, `test/model/query-types.test.ts` counts.
 */
import { defineType, type Edge, type Entity, type Graph, type TypeDefinition } from "@knotwork/graph";

type Schema<Props> = TypeDefinition["fields"] & {
  readonly "~standard": { readonly types?: { readonly input: Props; readonly output: Props } };
};

interface Task {
  readonly title: string;
  readonly status: "open" | "done";
  readonly hours?: number;
  readonly tags: readonly string[];
  readonly urgent: boolean;
  readonly source?: { readonly system: string; readonly line: number };
}

interface Person {
  readonly name: string;
  readonly age: number | null;
}

interface Need {
  readonly weight: number;
}

declare function schemaOf<Props extends object>(): Schema<Props>;

const task = defineType("task", { fields: schemaOf<Task>() });
const person = defineType("person", { fields: schemaOf<Person>() });
const needs = defineType("NEEDS", { fields: schemaOf<Need>(), edge: true, from: ["task"], to: ["task"] });
const owns = defineType("OWNS", { fields: schemaOf<Need>(), edge: true, from: ["person"], to: ["task"] });
const types = [task, person, needs, owns] as const;

/** Two such functions are related only if the compiler holds the types for identical. */
// eslint-disable-next-line typescript/no-unnecessary-type-parameters -- it stands for every type
type Same<A, B> = [<T>() => T extends A ? 1 : 2] extends [<T>() => T extends B ? 1 : 2] ? true : false;
/** What a promise gives. */
type Given<T> = Awaited<T>;

declare const graph: Graph<typeof types>;
declare const loose: Graph;
const tasks = graph.query("task");
const people = graph.query("person");
const needing = graph.query("NEEDS");
const chain = graph.match("t", "task").out("NEEDS", { to: "n", edge: "e" });
const owned = graph.match("t", "task").in("OWNS", { to: "p" });
const far = graph.match("t", "task").out("NEEDS", { to: "n", edge: "path", path: { max: 3 } });
const maybe = chain.optional((part) => part.in("OWNS", { to: "p" }));
const groups = tasks
  .groupBy("status")
  .aggregate((of) => ({ n: of.count(), hours: of.sum("hours"), top: of.max("hours") }));

export function known(): void {
  const v0 = tasks.all();
  void (true satisfies Same<Given<typeof v0>, readonly Entity<Task>[]>);
  const v1 = tasks.first();
  void (true satisfies Same<Given<typeof v1>, Entity<Task> | undefined>);
  const v2 = tasks.ids();
  void (true satisfies Same<Given<typeof v2>, readonly string[]>);
  const v3 = tasks.count();
  void (true satisfies Same<Given<typeof v3>, number>);
  const v4 = tasks.exists();
  void (true satisfies Same<Given<typeof v4>, boolean>);
  const v5 = people.all();
  void (true satisfies Same<Given<typeof v5>, readonly Entity<Person>[]>);
  const v6 = needing.all();
  void (true satisfies Same<Given<typeof v6>, readonly Edge<Need>[]>);
  const v7 = graph.query("OWNS").first();
  void (true satisfies Same<Given<typeof v7>, Edge<Need> | undefined>);
  const v8 = graph.query("DEPENDS_ON").all();
  void (true satisfies Same<Given<typeof v8>, readonly Entity[]>);
  const v9 = loose.query("anything").all();
  void (true satisfies Same<Given<typeof v9>, readonly Entity[]>);
  const v10 = tasks.where("status", "=", "open").all();
  void (true satisfies Same<Given<typeof v10>, readonly Entity<Task>[]>);
  const v11 = tasks.where("hours", ">", 2).first();
  void (true satisfies Same<Given<typeof v11>, Entity<Task> | undefined>);
  const v12 = tasks.where("hours", "isNull").count();
  void (true satisfies Same<Given<typeof v12>, number>);
  const v13 = tasks.where("hours", "isNull", false).count();
  void (true satisfies Same<Given<typeof v13>, number>);
  const v14 = tasks.where("status", "in", ["open", "done"]).count();
  void (true satisfies Same<Given<typeof v14>, number>);
  const v15 = tasks.where("tags", "contains", "x").count();
  void (true satisfies Same<Given<typeof v15>, number>);
  const v16 = tasks.where("title", "startsWith", "x").count();
  void (true satisfies Same<Given<typeof v16>, number>);
  const v17 = tasks.where("source.line", "<=", 3).count();
  void (true satisfies Same<Given<typeof v17>, number>);
  const v18 = tasks.where("source.system", "=", "git").count();
  void (true satisfies Same<Given<typeof v18>, number>);
  const v19 = tasks.where("props.title", "=", "x").count();
  void (true satisfies Same<Given<typeof v19>, number>);
  const v20 = tasks.where("createdAt", ">=", "2026").count();
  void (true satisfies Same<Given<typeof v20>, number>);
  const v21 = tasks.where("version", "=", 1).count();
  void (true satisfies Same<Given<typeof v21>, number>);
  const v22 = tasks.where("hours", "=", null).count();
  void (true satisfies Same<Given<typeof v22>, number>);
  const v23 = tasks.where("urgent", "=", true).count();
  void (true satisfies Same<Given<typeof v23>, number>);
  const v24 = tasks.where({ field: "any", op: "=", value: 1 }).count();
  void (true satisfies Same<Given<typeof v24>, number>);
  const v25 = tasks.where((on) => on.is("status", "=", "open")).count();
  void (true satisfies Same<Given<typeof v25>, number>);
  const v26 = tasks.where((on) => on.any(on.is("hours", "<", 1), on.not(on.is("urgent", "=", true)))).count();
  void (true satisfies Same<Given<typeof v26>, number>);
  const v27 = tasks.where((on) => on.all()).all();
  void (true satisfies Same<Given<typeof v27>, readonly Entity<Task>[]>);
  const v28 = needing.where("from", "=", "a").where("weight", ">", 1).all();
  void (true satisfies Same<Given<typeof v28>, readonly Edge<Need>[]>);
  const v29 = people.where("age", "=", null).count();
  void (true satisfies Same<Given<typeof v29>, number>);
  const v30 = people.where("age", "<", 30).count();
  void (true satisfies Same<Given<typeof v30>, number>);
  const v31 = tasks.orderBy("source.line", "desc").limit(3).all();
  void (true satisfies Same<Given<typeof v31>, readonly Entity<Task>[]>);
  const v32 = tasks.within({ limit: 3, maxVisited: 10, timeoutMs: 5 }).all();
  void (true satisfies Same<Given<typeof v32>, readonly Entity<Task>[]>);
  const v33 = tasks.filter(({ props }) => props.urgent).all();
  void (true satisfies Same<Given<typeof v33>, readonly Entity<Task>[]>);
  const v34 = tasks.pipe((query) => query.where("hours", ">", 1)).all();
  void (true satisfies Same<Given<typeof v34>, readonly Entity<Task>[]>);
  const v35 = tasks.pipe((query) => query.count());
  void (true satisfies Same<Given<typeof v35>, number>);
  const v36 = tasks.when(true, (query) => query.limit(1)).all();
  void (true satisfies Same<Given<typeof v36>, readonly Entity<Task>[]>);
  const v37 = tasks.sum("hours");
  void (true satisfies Same<Given<typeof v37>, number>);
  const v38 = tasks.avg("source.line");
  void (true satisfies Same<Given<typeof v38>, number | undefined>);
  const v39 = tasks.min("title");
  void (true satisfies Same<Given<typeof v39>, string | undefined>);
  const v40 = tasks.max("hours");
  void (true satisfies Same<Given<typeof v40>, number | undefined>);
  const v41 = people.max("age");
  void (true satisfies Same<Given<typeof v41>, number | undefined>);
  const v42 = tasks.collect("status");
  void (true satisfies Same<Given<typeof v42>, readonly ("open" | "done")[]>);
  const v43 = tasks.collect("hours");
  void (true satisfies Same<Given<typeof v43>, readonly number[]>);
  const v44 = tasks.distinct("status");
  void (true satisfies Same<Given<typeof v44>, readonly ("open" | "done")[]>);
  const v45 = tasks.distinct("hours");
  void (true satisfies Same<Given<typeof v45>, readonly (number | null)[]>);
  const v46 = groups.all().then(([row]) => row?.n);
  void (true satisfies Same<Given<typeof v46>, number | undefined>);
  const v47 = groups.all().then(([row]) => row?.status);
  void (true satisfies Same<Given<typeof v47>, "open" | "done" | undefined>);
  const v48 = groups.all().then(([row]) => row?.top);
  void (true satisfies Same<Given<typeof v48>, number | null | undefined>);
  const v49 = groups.having("n", ">", 2).orderBy("top", "desc").count();
  void (true satisfies Same<Given<typeof v49>, number>);
  const v50 = groups.having((on) => on.any(on.is("n", "=", 1), on.is("status", "=", "done"))).count();
  void (true satisfies Same<Given<typeof v50>, number>);
  const v51 = tasks
    .groupBy("source.system")
    .all()
    .then(([row]) => row?.["source.system"]);
  void (true satisfies Same<Given<typeof v51>, string | null | undefined>);
  const v52 = tasks.aggregate((of) => ({ all: of.collect("tags"), n: of.countDistinct("status") }));
  void (true satisfies Same<Given<typeof v52>, { readonly all: readonly (readonly string[])[]; readonly n: number }>);
  const v53 = chain.all().then(([row]) => row?.n);
  void (true satisfies Same<Given<typeof v53>, Entity<Task> | undefined>);
  const v54 = chain.all().then(([row]) => row?.e);
  void (true satisfies Same<Given<typeof v54>, Edge<Need> | undefined>);
  const v55 = owned.all().then(([row]) => row?.p);
  void (true satisfies Same<Given<typeof v55>, Entity<Person> | undefined>);
  const v56 = far.all().then(([row]) => row?.path);
  void (true satisfies Same<Given<typeof v56>, readonly Edge<Need>[] | undefined>);
  const v57 = maybe.first().then((row) => row?.p);
  void (true satisfies Same<Given<typeof v57>, Entity<Person> | undefined>);
  const v58 = maybe.where("n", "status", "=", "done").orderBy("p.age").count();
  void (true satisfies Same<Given<typeof v58>, number>);
  const v59 = chain
    .groupBy("n.status")
    .aggregate((of) => ({ n: of.sum("e.weight") }))
    .all()
    .then(([row]) => row?.["n.status"]);
  void (true satisfies Same<Given<typeof v59>, "open" | "done" | undefined>);
  const v60 = owned.where("p", (on) => on.is("age", ">", 3)).exists();
  void (true satisfies Same<Given<typeof v60>, boolean>);
  const v61 = graph.asOf(3).query("task").first();
  void (true satisfies Same<Given<typeof v61>, Entity<Task> | undefined>);
}

export function refused(): void {
  // @ts-expect-error -- an unknown type
  void graph.query("taks");
  // @ts-expect-error -- a type in another case
  void graph.query("Task");
  // @ts-expect-error -- an unknown field
  void tasks.where("titel", "=", "x");
  // @ts-expect-error -- an unknown field of an object
  void tasks.where("source.lines", "=", 1);
  // @ts-expect-error -- an unknown property
  void tasks.where("props.nothing", "=", 1);
  // @ts-expect-error -- a node has no ends
  void tasks.where("from", "=", "a");
  // @ts-expect-error -- no value of the enum
  void tasks.where("status", "=", "opened");
  // @ts-expect-error -- a number for text
  void tasks.where("status", "!=", 3);
  // @ts-expect-error -- text for a number
  void tasks.where("hours", "=", "3");
  // @ts-expect-error -- null has no order
  void tasks.where("hours", "<", null);
  // @ts-expect-error -- text for a number
  void tasks.where("hours", ">", "3");
  // @ts-expect-error -- a number does not start so
  void tasks.where("hours", "startsWith", "3");
  // @ts-expect-error -- a number contains nothing
  void tasks.where("hours", "contains", 3);
  // @ts-expect-error -- a list has no order
  void tasks.where("tags", "<", "x");
  // @ts-expect-error -- a number among texts
  void tasks.where("tags", "contains", 3);
  // @ts-expect-error -- a list does not start so
  void tasks.where("tags", "startsWith", "x");
  // @ts-expect-error -- in takes a list
  void tasks.where("status", "in", "open");
  // @ts-expect-error -- no value of the enum
  void tasks.where("status", "in", ["open", "closed"]);
  // @ts-expect-error -- isNull takes true or false
  void tasks.where("hours", "isNull", 1);
  // @ts-expect-error -- no such operator
  void tasks.where("title", "like", "x");
  // @ts-expect-error -- no such operator
  void tasks.where("title", "==", "x");
  // @ts-expect-error -- a value is missing
  void tasks.where("title", "=");
  // @ts-expect-error -- version is a number
  void tasks.where("version", "=", "1");
  // @ts-expect-error -- a time is text
  void tasks.where("createdAt", "<", 2026);
  // @ts-expect-error -- text for a boolean
  void tasks.where("urgent", "=", "yes");
  // @ts-expect-error -- an unknown field
  void tasks.where((on) => on.is("titel", "=", "x"));
  // @ts-expect-error -- no value of the enum
  void tasks.where((on) => on.is("status", "=", "x"));
  // @ts-expect-error -- a boolean for a number
  void tasks.where((on) => on.any(on.is("hours", ">", true)));
  // @ts-expect-error -- a field of another type
  void tasks.where((on) => on.not(on.is("age", "=", 1)));
  // @ts-expect-error -- no such connective
  void tasks.where((on) => on.xor());
  // @ts-expect-error -- text for a number
  void needing.where("weight", "=", "1");
  // @ts-expect-error -- a field of another type
  void needing.where("title", "=", "x");
  // @ts-expect-error -- an unknown field
  void tasks.orderBy("titel");
  // @ts-expect-error -- no such direction
  void tasks.orderBy("title", "down");
  // @ts-expect-error -- text for a number
  void tasks.limit("3");
  // @ts-expect-error -- no such bound
  void tasks.within({ maxVisits: 3 });
  // @ts-expect-error -- an unknown field
  void tasks.filter(({ props }) => props.done);
  // @ts-expect-error -- an unknown field in a fragment
  void tasks.pipe((query) => query.where("x", "=", 1));
  // @ts-expect-error -- no query
  void tasks.when(true, (query) => query.count());
  // @ts-expect-error -- a sum of texts
  void tasks.sum("title");
  // @ts-expect-error -- a mean of texts
  void tasks.avg("status");
  // @ts-expect-error -- an unknown field
  void tasks.min("nothing");
  // @ts-expect-error -- an unknown field
  void tasks.collect("titel");
  // @ts-expect-error -- an unknown field
  void tasks.distinct("nothing");
  // @ts-expect-error -- an unknown field
  void tasks.groupBy("nothing");
  // @ts-expect-error -- an unknown column
  void groups.having("m", ">", 1);
  // @ts-expect-error -- text for a number
  void groups.having("n", ">", "1");
  // @ts-expect-error -- no column of this name
  void groups.orderBy("title");
  // @ts-expect-error -- no such aggregate
  void tasks.aggregate((of) => ({ n: of.median("hours") }));
  // @ts-expect-error -- a sum of lists
  void tasks.aggregate((of) => ({ n: of.sum("tags") }));
  // @ts-expect-error -- an unknown type
  void graph.match("t", "taks");
  // @ts-expect-error -- a type of edges
  void graph.match("t", "NEEDS");
  // @ts-expect-error -- a field of another type
  void graph.match("t", "task", (on) => on.is("name", "=", "x"));
  // @ts-expect-error -- an unknown type of edges
  void chain.out("NEED", { to: "x" });
  // @ts-expect-error -- a type of nodes
  void chain.out("task", { to: "x" });
  // @ts-expect-error -- a type that the edges do not enter
  void chain.out("NEEDS", { to: "x", type: "person" });
  // @ts-expect-error -- a type that the edges do not leave
  void chain.in("OWNS", { to: "x", type: "task" });
  // @ts-expect-error -- a field of a node
  void chain.out("NEEDS", { to: "x", edgeWhere: (on) => on.is("hours", "=", 1) });
  // @ts-expect-error -- an unknown name
  void chain.where("q", "status", "=", "open");
  // @ts-expect-error -- no value of the enum
  void chain.where("n", "status", "=", "opened");
  // @ts-expect-error -- an unknown field
  void chain.orderBy("n.nothing");
  // @ts-expect-error -- an unknown name
  void chain.from("q");
  // @ts-expect-error -- a path has no fields
  void far.where("path", "weight", "=", 1);
  // @ts-expect-error -- a field of another type
  void maybe.groupBy("p.title");
}
