/** Runs the examples of docs/QUERIES.md and docs/INDEXES.md: each section on a new store, its JavaScript in order, its commands in order. */
import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import { CliWorld } from "../../packages/cli/src/testing/cli-world.ts";
import { MemoryDisk } from "@knotwork/disk/testing";
import * as knotworkGraph from "@knotwork/graph";
import { readFiles } from "./repository.ts";

interface Section {
  readonly title: string;
  readonly js: readonly string[];
  readonly sh: readonly string[];
}

for (const page of ["docs/QUERIES.md", "docs/INDEXES.md"]) {
  const sections = sectionsOf(readFiles(new RegExp(`^${page}$`))[0]?.text ?? "");
  const setUp = sections.find(({ title }) => title === "The store of the examples")?.js.join("\n") ?? "";

  test(`${page} has a store for its examples, and examples that say what comes out`, () => {
    expect(setUp).toContain("openGraph");
    expect(sections.filter(({ js }) => js.join("\n").includes("// →")).length).toBeGreaterThan(0);
  });

  for (const { title, js, sh } of sections) {
    if (js.length > 0)
      test(`${page}, "${title}": its program gives what the page says`, async () => {
        const own = js.join("\n");
        await runProgram(own === setUp ? setUp : `${setUp}\n${own}`);
      });
    if (sh.length > 0)
      test(`${page}, "${title}": its commands give what the page says`, async () => {
        await runCommands(sh.join("\n"));
      });
  }
}

/** Runs statements; each that is followed by `// → VALUE` must give that value. */
async function runProgram(program: string): Promise<void> {
  const disk = new MemoryDisk().process("docs");
  disk.makeDirectory("/project");
  let graph: knotworkGraph.Graph | undefined;
  const names = {
    ...knotworkGraph,
    openGraph: async (options: knotworkGraph.OpenGraphOptions) =>
      (graph = await knotworkGraph.openGraph({ ...options, disk })),
    anything: { "~standard": { version: 1, vendor: "docs", validate: (value: object) => ({ value }) } },
    check: (actual: unknown, expected: unknown, where: string) => {
      const plain = actual === undefined ? undefined : (JSON.parse(JSON.stringify(actual)) as unknown);
      if (!isDeepStrictEqual(plain, expected)) expect(plain, where).toEqual(expected);
    },
  };
  const body = `return (async () => {\n${withChecks(program)}\n})();`;
  try {
    // eslint-disable-next-line typescript/no-implied-eval -- the page's own text is what is tested
    await (new Function(...Object.keys(names), body) as (...values: unknown[]) => Promise<void>)(
      ...Object.values(names),
    );
    const report = await graph?.check();
    expect(report?.problems).toEqual([]);
  } finally {
    await graph?.close();
  }
}

/** `STATEMENT;` and the line `// → VALUE` after it become a check. A statement begins at the margin, its other lines do not. */
function withChecks(program: string): string {
  const lines = program.split("\n");
  for (const [index, line] of lines.entries()) {
    const expected = /^\/\/ → (.+)$/.exec(line)?.[1];
    if (expected === undefined) continue;
    let start = index - 1;
    while (start > 0 && /^([\s)}\].]|\/\/)/.test(lines[start] ?? "")) start -= 1;
    const statement = lines.slice(start, index).join("\n").replace(/;\s*$/, "");
    const declared = /^const (\w+) = /.exec(statement)?.[1];
    const where = JSON.stringify(statement.trim());
    lines.fill("", start, index);
    lines[index] =
      declared === undefined
        ? `check(${statement}, ${expected}, ${where});`
        : `${statement}; check(${declared}, ${expected}, ${where});`;
  }
  return lines.join("\n");
}

/** Runs lines that begin with `knot`; each must succeed, and print what the lines `# → TEXT` after it say. */
async function runCommands(script: string): Promise<void> {
  const world = new CliWorld();
  let command = "";
  let printed = "";
  for (const line of script.replaceAll(/\\\n\s*/g, "").split("\n")) {
    const expected = /^# → (.+)$/.exec(line)?.[1];
    if (expected !== undefined) expect(printed, command).toContain(expected);
    if (!line.startsWith("knot ")) continue;
    command = line;
    const { exitCode, stdout, stderr } = await world.run(wordsOf(line).slice(1), { env: { KNOT_AGENT: "ann" } });
    expect(`${exitCode} ${stderr}`, line).toBe("0 ");
    printed = stdout;
  }
}

/** Words of a shell line: separated by blanks, quotes keep blanks. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|[^\s'"]+/g)].map(([word, single, double]) => single ?? double ?? word);
}

function sectionsOf(page: string): readonly Section[] {
  return page
    .split(/^## /m)
    .slice(1)
    .map((text) => ({
      title: text.slice(0, text.indexOf("\n")),
      js: blocksOf(text, "js"),
      sh: blocksOf(text, "sh"),
    }));
}

function blocksOf(text: string, language: string): readonly string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map(([, code = ""]) => code);
}
