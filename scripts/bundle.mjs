// Bundles the command line into packages/cli/dist/bundle: a start file, chunks that are loaded when a command needs them, a
// source map and a code cache beside each chunk. Chunks are named by their content, so the old bundle stays whole until
// the start file is replaced, and the same sources give the same files.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

import { rolldown } from "rolldown";

import { root, run } from "./processes.mjs";

const directory = join(root, "packages", "cli", "dist", "bundle");
const startFile = "knot.cjs";

/** What the code caches are made from: the path from start to answer of the commands that agents call most. */
const warmUp = [
  ["init"],
  ["task", "create", "Warm up", "--id", "T-warm-up"],
  ["task", "list"],
  ["task", "show", "T-warm-up"],
  ["show", "T-warm-up"],
  ["task", "ready"],
  ["task", "list"],
];

/** The commands that agents call most. */
const coreCommands = [
  "entity-show",
  "task-show",
  "task-list",
  "task-ready",
  "task-next",
  "task-create",
  "task-claim",
  "task-complete",
];

/**
 * A few chunks hold all that these commands need, though some of it is shared with others: each further file costs a quarter of
 * a millisecond. The rest is in chunks that are loaded when a command needs them.
 */
const chunkGroups = [
  { name: "main", tags: [/** @type {const} */ ("$initial")], priority: 3 },
  // What commands need that ask nothing of a store.
  { name: "command", test: /[\\/]cli[\\/]src[\\/]command\.ts$/, priority: 2 },
  { name: "core", test: (/** @type {string} */ id) => coreCommands.some((name) => isCommand(id, name)), priority: 1 },
];

/** @param {string} id @param {string} name */
function isCommand(id, name) {
  return id.endsWith(join("cli", "src", "commands", `${name}.ts`));
}

async function main() {
  const files = await makeChunks();
  mkdirSync(directory, { recursive: true });
  for (const [name, text] of files.texts) {
    // Named by its content: what is there already is the same.
    if (!existsSync(join(directory, name))) writeAtomic(name, text);
  }
  const loader = readFileSync(join(root, "scripts", "bundle-loader.cjs"), "utf8");
  writeAtomic(startFile, `${loader}\nstart("./${files.main}");\n`);
  for (const name of readdirSync(directory)) {
    if (name !== startFile && !files.texts.has(name)) rmSync(join(directory, name), { force: true });
  }
  await makeCodeCaches();
}

/** @returns {Promise<{ readonly main: string, readonly texts: ReadonlyMap<string, string> }>} texts by file name */
async function makeChunks() {
  const build = await rolldown({
    input: { main: join(root, "packages", "cli", "src", "main.ts") },
    platform: "node",
    // Native code, and what loads itself by name: resolved beside the package of the command line.
    external: ["fs-ext", "proper-lockfile"],
    plugins: [{ name: "start-light", resolveId: standIn, transform: withoutQuestions }],
    resolve: { conditionNames: ["@knotwork/source", "module", "node", "import", "default"] },
    cwd: root,
    onLog: (level, log) => {
      throw new Error(`Cannot bundle the command line: ${level}: ${log.message}`);
    },
  });
  const { output } = await build.generate({
    format: "cjs",
    dir: directory,
    sourcemap: true,
    codeSplitting: { groups: chunkGroups },
    // Half the bytes to read are comments and indentation; names stay, for stack traces.
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
    entryFileNames: "[name]-[hash].cjs",
    chunkFileNames: "[name]-[hash].cjs",
  });
  await build.close();
  for (const needless of needlessQuestions)
    if (!answered.has(needless)) throw new Error(`Cannot bundle the command line: nothing is named ${needless.of}`);
  const core = output.flatMap((file) => (file.type === "chunk" && file.name === "core" ? file.moduleIds : []));
  const missing = coreCommands.filter((name) => !core.some((id) => isCommand(id, name)));
  if (missing.length > 0)
    throw new Error(`Cannot bundle the command line: no module of ${missing.join(", ")} in its core`);
  /** @type {Map<string, string>} */
  const texts = new Map();
  let main = "";
  for (const file of output) {
    texts.set(file.fileName, file.type === "chunk" ? asciiOnly(file.code) : String(file.source));
    if (file.type === "chunk" && file.isEntry) main = file.fileName;
  }
  return { main, texts };
}

/** Built-in modules that most commands load and never use, and what stands in for them. */
const standIns = new Map([
  ["node:crypto", "bundle-late-crypto.mjs"],
  ["node:os", "bundle-late-os.mjs"],
  ["node:timers/promises", "bundle-late-timers.mjs"],
  ["node:zlib", "bundle-late-zlib.mjs"],
]);

/** @param {string} name @param {string | undefined} importer */
function standIn(name, importer = "") {
  const isUnused = name === "node:child_process" && /[\\/]commander[\\/]/.test(importer);
  const file = isUnused ? "bundle-late-child-process.mjs" : standIns.get(name);
  return file === undefined ? undefined : join(root, "scripts", file);
}

/** What packages ask Node while they load, though the answer is not used here: it would load much of Node. */
const needlessQuestions = [
  { of: /[\\/]lru-cache[\\/]/, question: 'typeof performance=="object"' },
  { of: /[\\/]picocolors\.js$/, question: "(p.stdout || {}).isTTY" },
];

/** Those of them that were met in this build. */
const answered = new Set();

/** @param {string} code @param {string} id */
function withoutQuestions(code, id) {
  const needless = needlessQuestions.find(({ of }) => of.test(id));
  if (needless === undefined) return undefined;
  answered.add(needless);
  if (!code.includes(needless.question)) throw new Error(`Cannot bundle "${id}": it does not ask as expected`);
  return { code: code.replace(needless.question, "false"), map: null };
}

/**
 * With the other characters as escapes: they stand in texts and patterns only, where both are the same. The loader then
 * need not decode UTF-8, and V8 keeps the source in half the space.
 *
 * @param {string} code
 */
function asciiOnly(code) {
  // oxlint-disable-next-line no-control-regex
  return code.replace(/[^\u0000-\u007f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Runs commands on a store of its own; each run adds the functions it called to the caches. */
async function makeCodeCaches() {
  const scratch = mkdtempSync(join(tmpdir(), "knotwork-bundle-"));
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("KNOT_")));
  try {
    for (const words of warmUp) {
      const program = join(root, "scripts", "bundle-warm-up.cjs");
      const argv = [program, join(directory, startFile), ...words, "--json", "--store", join(scratch, "store")];
      const { exitCode, output } = await run(process.execPath, argv, { env, capture: true });
      if (exitCode !== 0) throw new Error(`Cannot warm the command line up by "${words.join(" ")}": ${output}`);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** @param {string} name @param {string} text */
function writeAtomic(name, text) {
  const temporary = join(directory, `${name}.${process.pid}.tmp`);
  writeFileSync(temporary, text);
  renameSync(temporary, join(directory, name));
}

await main();
