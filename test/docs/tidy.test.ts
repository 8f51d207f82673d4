import { expect, test } from "vitest";

import { findLines, readFiles } from "./repository.ts";

const code = readFiles(/^(packages|test|scripts|bench|examples|bin)\/.*\.(ts|mjs)$|^bin\/knot$|^vitest\.config\.ts$/);
const sources = readFiles(/^packages\/[^/]+\/src\/.*\.ts$/);
const shipped = sources.filter(({ path }) => !path.endsWith(".test.ts") && !path.includes("/testing/"));
const manifests = readFiles(/^(|packages\/[^/]+\/|test\/|bench\/|examples\/)package\.json$/).map(({ path, text }) => ({
  path,
  manifest: JSON.parse(text) as Manifest,
}));

interface Manifest {
  readonly name: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

test("no source is longer than 300 lines, no other code file than 400", () => {
  const long = code.flatMap(({ path, text }) => {
    const lines = text.trimEnd().split("\n").length;
    const limit = shipped.some((file) => file.path === path) ? 300 : 400;
    return lines > limit ? [`${path}: ${lines}`] : [];
  });
  expect(long).toEqual([]);
});

test("files are named in kebab-case for what they hold, none for being useful", () => {
  const badlyNamed = code.filter(({ path }) => {
    const name = path.slice(path.lastIndexOf("/") + 1).replace(/(\.contract)?(\.test)?\.(ts|mjs)$|\.config\.ts$/, "");
    return !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) || /(^|-)(utils?|helpers?|misc|managers?|common|shared)$/.test(name);
  });
  expect(badlyNamed.map(({ path }) => path)).toEqual([]);
});

test("nothing is left to be done in comments", () => {
  // Written with brackets so that this file passes its own test.
  expect(findLines(code, /\b(T[O]DO|F[I]XME|X[X]X|H[A]CK)\b/)).toEqual([]);
});

test("no source hides from the type checker", () => {
  expect(findLines(shipped, /\bas any\b|(^[^*]*|\w): any\b|<any[,>]|@ts-(ignore|nocheck|expect-error)/)).toEqual([]);
});

test("an index.ts holds explicit re-exports only, and nothing inside its package imports it", () => {
  const indexes = shipped.filter(({ path }) => path.endsWith("/index.ts"));
  const other = indexes.filter(({ text }) => {
    const statements = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, "").split(";");
    return statements.some((statement) => !/^\s*(export (type )?\{[^}]*\} from "[^"]+")?\s*$/.test(statement));
  });
  expect(other.map(({ path }) => path)).toEqual([]);
  expect(findLines(shipped, /from "(\.\/|(\.\.\/)+)index\.ts"/)).toEqual([]);
});

test("imports between packages point down: cli, domain, graph, wal and indexer, disk", () => {
  const allowed: Readonly<Record<string, readonly string[]>> = {
    disk: [],
    wal: ["disk"],
    indexer: ["disk"],
    graph: ["wal", "indexer", "disk"],
    domain: ["graph", "disk"],
    cli: ["domain", "graph", "disk"],
  };
  const wrong = shipped.flatMap(({ path, text }) => {
    const importer = path.split("/")[1] ?? "";
    const imported = importedModules(text).flatMap((name) => /^@knotwork\/([a-z]+)/.exec(name)?.[1] ?? []);
    return imported.filter((name) => allowed[importer]?.includes(name) !== true).map((name) => `${path}: ${name}`);
  });
  expect(wrong).toEqual([]);
});

test("only packages/disk imports the file system and the lock packages", () => {
  const files = new Set(["fs", "fs/promises", "node:fs", "node:fs/promises", "fs-ext", "proper-lockfile"]);
  const wrong = shipped
    .filter(({ path }) => !path.startsWith("packages/disk/"))
    .flatMap(({ path, text }) =>
      importedModules(text)
        .filter((name) => files.has(name))
        .map((name) => `${path}: ${name}`),
    );
  expect(wrong).toEqual([]);
});

test("dependencies have exact versions, no package runs a script at installation, the root needs no other package", () => {
  const loose = manifests.flatMap(({ path, manifest }) =>
    Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
      .filter(
        ([name, version]) => !(name.startsWith("@knotwork/") ? /^workspace:\*$/ : /^\d+\.\d+\.\d+$/).test(version),
      )
      .map(([name, version]) => `${path}: ${name} ${version}`),
  );
  expect(loose).toEqual([]);
  const scripts = manifests.flatMap(({ manifest }) => Object.keys(manifest.scripts ?? {}));
  expect(scripts.filter((name) => /install|prepare|postpack|prepublish/.test(name))).toEqual([]);
  // npm refuses "workspace:" in the root manifest, and `npm start` has to work with npm alone.
  const root = manifests.find(({ path }) => path === "package.json")?.manifest;
  expect(Object.keys({ ...root?.dependencies, ...root?.devDependencies }).join(" ")).not.toContain("@knotwork/");
});

test("a test has one name, and no test is switched off or alone", () => {
  const tests = code.filter(({ path }) => path.endsWith(".test.ts"));
  expect(findLines(tests, /\b(test|describe)\.(only|skip|todo)\(/)).toEqual([]);
  const doubled = tests.flatMap(({ path, text }) => {
    const titles = [...text.matchAll(/^\s*test\(\s*"([^"]+)"/gm)].map(([, title]) => title);
    return titles.filter((title, index) => titles.indexOf(title) !== index).map((title) => `${path}: ${title}`);
  });
  expect(doubled).toEqual([]);
});

function importedModules(text: string): readonly string[] {
  return [...text.matchAll(/\b(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, name]) => name ?? "");
}
