import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { readFiles } from "../docs/repository.ts";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Wall clock, for the checker's whole run: its own start and the sources of the library included. */
const typeCheckMsMax = 10_000;

test("[Q1] the compiler is asked for 60 things it knows of queries and 60 mistakes it must find, all of them in the build", () => {
  const [{ text } = { text: "" }] = readFiles(/^test\/types\/query-types\.ts$/);
  expect(text.match(/true satisfies Same</g)?.length).toBeGreaterThanOrEqual(60);
  expect(text.match(/@ts-expect-error/g)?.length).toBeGreaterThanOrEqual(60);
});

test("[Q1] type-checking a file of 200 queries takes no more than 10 s", { timeout: 60_000 }, async () => {
  const directory = await mkdtemp(join(tmpdir(), "knotwork-types-"));
  try {
    await symlink(join(root, "test/node_modules"), join(directory, "node_modules"));
    await writeFile(join(directory, "queries.mts"), queriesText(200));
    await writeFile(join(directory, "wrong.mts"), `${preamble}export const wrong = tasks.where("field9", "=", 1);\n`);
    const startMs = performance.now();
    expect(await typeCheck(directory, "queries.mts")).toBe("");
    expect(performance.now() - startMs).toBeLessThan(typeCheckMsMax);
    expect(await typeCheck(directory, "wrong.mts")).toContain("wrong.mts(");
  } finally {
    await rm(directory, { recursive: true });
  }
});

const preamble = `import { defineType, type Graph, type TypeDefinition } from "@knotwork/graph";
type Schema<Props> = TypeDefinition["fields"] & {
  readonly "~standard": { readonly types?: { readonly input: Props; readonly output: Props } };
};
interface Task { readonly status: "open" | "done"; readonly hours?: number; readonly tags: readonly string[]; readonly at: { readonly line: number } }
declare function schemaOf<Props extends object>(): Schema<Props>;
const types = [
  defineType("task", { fields: schemaOf<Task>() }),
  defineType("NEEDS", { fields: schemaOf<{ readonly weight: number }>(), edge: true, from: ["task"], to: ["task"] }),
] as const;
declare const graph: Graph<typeof types>;
const tasks = graph.query("task");
`;

/** Queries of four kinds, no two alike. */
function queriesText(count: number): string {
  const queries = Array.from({ length: count }, (_, i) => {
    switch (i % 4) {
      case 0:
        return `tasks.where("hours", ">", ${i}).where("status", "=", "open").orderBy("at.line").limit(${i}).all()`;
      case 1:
        return `tasks.where((on) => on.any(on.is("at.line", "=", ${i}), on.not(on.is("tags", "contains", "t${i}")))).page()`;
      case 2:
        return `tasks.groupBy("status").aggregate((of) => ({ n${i}: of.count(), h: of.sum("hours") })).having("n${i}", ">", ${i}).all()`;
      default:
        return `graph.match("a${i}", "task").out("NEEDS", { to: "b", edge: "e" }).where("a${i}", "hours", "<", ${i}).orderBy("e.weight").all()`;
    }
  });
  return preamble + queries.map((query, i) => `export const q${i} = ${query};\n`).join("");
}

/** What the compiler says of the file; nothing when all is well. */
async function typeCheck(directory: string, file: string): Promise<string> {
  const config = join(directory, `${file}.json`);
  const compilerOptions = {
    composite: false,
    incremental: false,
    declaration: false,
    declarationMap: false,
    isolatedDeclarations: false,
    rewriteRelativeImportExtensions: false,
    allowImportingTsExtensions: true,
    noEmit: true,
    typeRoots: [join(root, "node_modules/@types")],
  };
  await writeFile(
    config,
    JSON.stringify({ extends: join(root, "tsconfig.base.json"), compilerOptions, files: [file] }),
  );
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const run = promisify(execFile)(process.execPath, [compiler, "-p", config], { cwd: directory });
  const output = await run.then(
    ({ stdout }) => stdout,
    (error: unknown) => (error as { readonly stdout: string }).stdout,
  );
  return output
    .split("\n")
    .filter((line) => line.startsWith(file))
    .join("\n");
}
