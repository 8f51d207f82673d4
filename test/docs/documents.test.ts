import { dirname, join } from "node:path";
import { expect, test } from "vitest";

import { exitCodeOf } from "../../packages/cli/src/exit-codes.ts";
import { allPaths, readFiles } from "./repository.ts";

const documents = readFiles(/\.md$/);
const shipped = readFiles(/^packages\/[^/]+\/src\/.*\.ts$|^bin\/knot$/).filter(
  ({ path }) => !path.endsWith(".test.ts") && !path.includes("/testing/"),
);

test("every link between documents leads to a file and a heading that exist", () => {
  const paths = allPaths();
  const broken = documents.flatMap(({ path, text }) =>
    linksOf(text).flatMap((link) => {
      const [file = "", anchor] = link.split("#");
      const target = file === "" ? path : join(dirname(path), file).replace(/\/$/, "");
      if (!paths.has(target)) return [`${path}: ${link}`];
      const aim = documents.find((document) => document.path === target);
      if (anchor === undefined || (aim !== undefined && anchorsOf(aim.text).has(anchor))) return [];
      return [`${path}: ${link}`];
    }),
  );
  expect(broken).toEqual([]);
});

test("the README shows the examples as they are run by the tests", () => {
  const readme = documents.find(({ path }) => path === "README.md")?.text ?? "";
  const examples = readFiles(/^examples\/[a-z-]+-start\.(sh|mjs)$/);
  expect(examples.length).toBeGreaterThan(0);
  expect(examples.filter(({ text }) => !readme.includes(`\n${text}\`\`\`\n`)).map(({ path }) => path)).toEqual([]);
});

test("every error code that can be thrown has a section in docs/ERRORS.md", () => {
  const thrown = shipped.flatMap(({ path, text }) =>
    [...text.matchAll(/(?:new \w*Error\(|super\(|\bcode:)\s*"([A-Z][A-Z_]+)"/g)].map(([, code = ""]) => ({
      code,
      path,
    })),
  );
  expect(thrown.length).toBeGreaterThan(0);
  const documented = documentedCodes();
  expect(thrown.filter(({ code }) => !documented.has(code))).toEqual([]);
});

test("docs/ERRORS.md has no section for a code that nothing throws", () => {
  // Tables of codes name what others throw: they prove nothing.
  const throwing = shipped.filter(({ path }) => !/\/(exit|error)-codes\.ts$/.test(path));
  const missing = [...documentedCodes()].filter((code) => !throwing.some(({ text }) => text.includes(`"${code}"`)));
  expect(missing).toEqual([]);
});

test("docs/ERRORS.md names the exit code of every error as the command line gives it", () => {
  const [errors = ""] = (documents.find(({ path }) => path === "docs/ERRORS.md")?.text ?? "").split("\n## Problems");
  const sections = [...errors.matchAll(/^### `([A-Z][A-Z_]+)`\n(?:Exit (\d)\.)?/gm)];
  expect(sections.length).toBeGreaterThan(0);
  const wrong = sections.filter(([, code = "", exit]) => Number(exit) !== exitCodeOf(code)).map(([section]) => section);
  expect(wrong).toEqual([]);
});

test("every decision record has a number of its own and says its status and its date", () => {
  const records = documents.filter(({ path }) => path.startsWith("docs/decisions/"));
  const numbers = records.map(({ path }) => /\/(\d{4})-[a-z0-9-]+\.md$/.exec(path)?.[1]);
  expect(numbers).not.toContain(undefined);
  expect(new Set(numbers).size).toBe(numbers.length);
  const incomplete = records.filter(
    ({ text }) => !/^Status: (accepted|superseded by \[\d{4}\]\(.+\)) \(\d{4}-\d{2}-\d{2}\)$/m.test(text),
  );
  expect(incomplete.map(({ path }) => path)).toEqual([]);
});

test("every package that the code needs at run time has a decision record", () => {
  const manifests = readFiles(/^packages\/[^/]+\/package\.json$/);
  const names = manifests.flatMap(({ text }) =>
    Object.keys((JSON.parse(text) as { dependencies?: Record<string, string> }).dependencies ?? {}),
  );
  const records = documents.filter(({ path }) => path.startsWith("docs/decisions/"));
  const foreign = [...new Set(names)].filter((name) => !name.startsWith("@knotwork/"));
  expect(foreign.filter((name) => !records.some(({ text }) => text.includes(`\`${name}\``)))).toEqual([]);
});

function documentedCodes(): ReadonlySet<string> {
  const errors = documents.find(({ path }) => path === "docs/ERRORS.md")?.text ?? "";
  return new Set([...errors.matchAll(/^### `([A-Z][A-Z_]+)`$/gm)].map(([, code]) => code ?? ""));
}

function linksOf(markdown: string): readonly string[] {
  const prose = markdown.replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link ?? "").filter((link) => !/^[a-z]+:/.test(link));
}

/** The anchors that GitHub makes of headings. */
function anchorsOf(markdown: string): ReadonlySet<string> {
  const headings = markdown.replaceAll(/```[\s\S]*?```/g, "").matchAll(/^#+ (.+)$/gm);
  return new Set(
    [...headings].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}
