import { createHash } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import type { Disk } from "@knotwork/disk";
import { MemoryDisk } from "@knotwork/disk/testing";
import type { ProjectFiles } from "./document-files.ts";
import { type MemoryKnot, memoryKnot, refusal } from "./testing/memory-knot.ts";

let disk: Disk;
let files: ProjectFiles;
let knot: MemoryKnot;
beforeEach(async () => {
  disk = new MemoryDisk().process("shell");
  for (const dir of ["/p", "/p/docs", "/p/docs/old", "/p/.git", "/p/node_modules", "/p/build"]) disk.makeDirectory(dir);
  files = { disk, root: "/p" };
  knot = await memoryKnot({ as: "ada" });
});

function put(path: string, text: string): void {
  if (disk.stat(`/p/${path}`) !== undefined) disk.unlink(`/p/${path}`);
  const file = disk.open(`/p/${path}`, "create-new");
  file.write(new TextEncoder().encode(text), 0);
  file.close();
}

const pathsOf = (found: readonly { readonly path: string }[]): readonly string[] => found.map(({ path }) => path);

test("[D9] a scan registers the files it finds by path, with hash, counts, title and kind", async () => {
  put("README.md", "# The project\n\nTwo words\n");
  put("docs/architecture.md", "no heading");
  put("docs/old/memory-2025.md", "# Log #\n");
  put("a.ts", "code");
  put(".git/HEAD.md", "no");
  put("node_modules/x.md", "no");
  put("docs/notes.bin.md", "a\u0000b");
  const dry = await knot.documents.scan({ ...files, dryRun: true });
  expect(dry).toMatchObject({ files: 3, moved: [], changed: [], missing: [], unchanged: 0 });
  expect((await knot.documents.list()).items).toEqual([]);
  const scan = await knot.documents.scan(files);
  expect(pathsOf(scan.added)).toEqual(["README.md", "docs/architecture.md", "docs/old/memory-2025.md"]);
  expect(await knot.documents.byPath("README.md")).toMatchObject({
    title: "The project",
    kind: "general",
    lineCount: 3,
    wordCount: 5,
    contentHash: createHash("sha256").update("# The project\n\nTwo words\n").digest("hex"),
    createdBy: "ada",
  });
  expect(await knot.documents.byPath("docs/architecture.md")).toMatchObject({
    title: "architecture.md",
    kind: "architecture",
    lineCount: 1,
  });
  expect(await knot.documents.byPath("docs/old/memory-2025.md")).toMatchObject({ title: "Log", kind: "memory" });
  expect(await knot.documents.scan(files)).toMatchObject({ added: [], unchanged: 3 });
  expect((await knot.graph.check()).problems).toEqual([]);
});

test("[D9] a document is stale when its file was changed or removed, until somebody verifies it", async () => {
  put("a.md", "one");
  put("b.md", "two");
  await knot.documents.scan(files);
  put("a.md", "one more");
  disk.unlink("/p/b.md");
  const scan = await knot.documents.scan(files);
  expect([pathsOf(scan.changed), pathsOf(scan.missing), scan.unchanged]).toEqual([["a.md"], ["b.md"], 0]);
  const stale = await knot.documents.list({ stale: true, files });
  expect(stale.items.map(({ path, state }) => [path, state])).toEqual([
    ["a.md", "changed"],
    ["b.md", "missing"],
  ]);
  expect((await knot.documents.list()).items.map(({ state }) => state)).toEqual(["unknown", "unknown"]);
  const [a, b] = [await knot.documents.resolve("a.md"), await knot.documents.resolve("b.md")];
  expect(await refusal(knot.documents.verify(b, files))).toBe("NOT_FOUND");
  expect(await knot.documents.verify(a, files)).toMatchObject({ wordCount: 2, version: 2 });
  expect((await knot.documents.check(a, files)).state).toBe("current");
  expect((await knot.documents.verify(a, files)).version).toBe(2);
  put("a.md", "again");
  expect(pathsOf((await knot.documents.scan({ ...files, verify: true })).changed)).toEqual(["a.md"]);
  expect((await knot.documents.check(a, files)).state).toBe("current");
});

test("[D9] a moved file is followed by its content, and its links go with it", async () => {
  put("docs/a.md", "the same");
  await knot.documents.scan(files);
  const id = await knot.documents.resolve("docs/a.md");
  await knot.tasks.create({ title: "t", id: "t" });
  await knot.documents.link(id, "t");
  disk.unlink("/p/docs/a.md");
  put("docs/old/b.md", "the same");
  const scan = await knot.documents.scan(files);
  expect(scan).toMatchObject({ added: [], missing: [], moved: [{ id, path: "docs/old/b.md", from: "docs/a.md" }] });
  expect(await knot.documents.resolve("docs/old/b.md")).toBe(id);
  expect((await knot.documents.tasks(id)).map(({ task }) => task.id)).toEqual(["t"]);
  // A copy is a document of its own: the first is still there.
  put("docs/copy.md", "the same");
  expect(pathsOf((await knot.documents.scan(files)).added)).toEqual(["docs/copy.md"]);
});

test("ignore files, patterns and endings say what is left out; a scan of a part calls nothing else missing", async () => {
  put(".gitignore", "build/\n*.tmp.md\n!keep.tmp.md\n/docs/old\n");
  for (const path of ["build/a.md", "x.tmp.md", "keep.tmp.md", "docs/old/b.md", "docs/c.md", "d.rst"]) put(path, path);
  const scan = await knot.documents.scan({ ...files, ignore: ["d.*"] });
  expect(pathsOf(scan.added)).toEqual(["docs/c.md", "keep.tmp.md"]);
  disk.unlink("/p/keep.tmp.md");
  const part = await knot.documents.scan({ ...files, below: ["docs"] });
  expect(part).toMatchObject({ files: 1, unchanged: 1, missing: [] });
  expect(pathsOf((await knot.documents.scan({ ...files, extensions: [".rst"] })).added)).toEqual(["d.rst"]);
  expect(await refusal(knot.documents.scan({ ...files, below: ["../etc"] }))).toBe("INVALID_VALUE");
  expect(await refusal(knot.documents.scan({ ...files, below: ["none"] }))).toBe("NOT_FOUND");
});

test("[D9] documents and tasks are linked in the ways named, and unlinked", async () => {
  put("a.md", "a");
  await knot.documents.scan(files);
  const id = await knot.documents.resolve("a.md");
  await knot.tasks.create({ title: "t", id: "t" });
  await knot.documents.link(id, "t");
  await knot.documents.link(id, "t", "PRODUCES");
  expect((await knot.documents.ofTask("t")).map(({ link, document }) => [link, document.path])).toEqual([
    ["DOCUMENTED_BY", "a.md"],
    ["PRODUCES", "a.md"],
  ]);
  await knot.documents.unlink(id, "t", "PRODUCES");
  expect((await knot.documents.tasks(id)).map(({ link }) => link)).toEqual(["DOCUMENTED_BY"]);
  await knot.documents.unlink(id, "t");
  expect(await refusal(knot.documents.unlink(id, "t"))).toBe("NOT_FOUND");
  expect(await refusal(knot.documents.link(id, "T-0"))).toBe("NOT_FOUND");
  expect(await knot.documents.update(id, { kind: "guide", tags: ["x"] })).toMatchObject({ kind: "guide", tags: ["x"] });
  expect((await knot.documents.list({ tag: "x", kind: "guide" })).items).toHaveLength(1);
});

test("two scans at once register each file once", async () => {
  put("a.md", "a");
  put("b.md", "b");
  await Promise.all([knot.documents.scan(files), knot.documents.scan(files)]);
  expect((await knot.documents.list()).items.map(({ path }) => path)).toEqual(["a.md", "b.md"]);
});
