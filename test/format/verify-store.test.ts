import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { nodeDisk } from "@knotwork/disk";
import { defineType, type JsonObject, openGraph } from "@knotwork/graph";
import { writeIndexRun } from "@knotwork/indexer";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkIndex } from "../../scripts/verify/index-check.mjs";
import { readIndexRun } from "../../scripts/verify/index-run.mjs";
import { Problems } from "../../scripts/verify/problems.mjs";
import { readStore } from "../../scripts/verify/store.mjs";

let dir: string;

beforeEach(async () => {
  dir = join(mkdtempSync(join(tmpdir(), "knotwork-verify-")), "store");
  await fillStore();
});
afterEach(() => {
  rmSync(join(dir, ".."), { recursive: true, force: true });
});

const anyObject = {
  "~standard": {
    version: 1,
    vendor: "test",
    types: undefined as { readonly input: JsonObject; readonly output: JsonObject } | undefined,
    validate: (value: unknown) => ({ value: value as JsonObject }),
  },
} as const;

/** Commits 1 to 6 in history, 7 to 9 in the log; one entity of each kind of life. */
async function fillStore(): Promise<void> {
  const item = defineType("item", { fields: anyObject, indexes: [["status", "tags"]] });
  const graph = await openGraph({ dir, create: true, author: "tester", types: [item] });
  for (const round of ["first", "second"]) {
    for (const id of ["a", "b"]) {
      await graph.transact(async (tx) => {
        if ((await tx.get(id)) === undefined) await tx.create("item", { status: "open", tags: ["x", round] }, { id });
        else await tx.update(id, { status: "closed", tags: [round] });
      });
    }
    if (round === "first") {
      await graph.transact(async (tx) => void (await tx.link("a", "DEPENDS_ON", "b")), { idempotencyKey: "link" });
      await graph.checkpoint();
    }
  }
  await graph.transact(async (tx) => void (await tx.delete("a")));
  await graph.close();
}

function problemsOf(): readonly string[] {
  const problems = new Problems();
  checkIndex(readStore({ dir, problems }), problems);
  return problems.all.map(({ code }) => code);
}

test("a store as the engine leaves it has no problems", () => {
  expect(problemsOf()).toEqual([]);
});

test("a record taken out of the log is found, although every line left is sound", () => {
  rewriteLines("wal", (lines) => lines.toSpliced(2, 1));
  expect(problemsOf()).toContain("SEQ");
});

test("a record replaced by another that is sound breaks the chain", () => {
  rewriteLines("wal", (lines) => lines.map((line) => line.replace('"author":"tester"', '"author":"forger"')));
  expect(problemsOf()).toContain("CHAIN");
});

test("a version that comes twice, or is left out, is found", () => {
  rewriteLines("wal", (lines) => lines.map((line) => line.replace('["put","b","item",2,', '["put","b","item",3,')));
  expect(problemsOf()).toContain("VERSION");
});

test("a row whose indexed fields are not those of its body is found", () => {
  rewriteLines("wal", (lines) =>
    lines.map((line) => line.replace('"status":"closed","tags"', '"status":"cloned","tags"')),
  );
  expect(problemsOf()).toContain("RECORD");
});

test("a version changed in history is found by the index", () => {
  rewriteLines("history", (lines) => lines.map((line) => line.replace('"status":"open"', '"status":"gone"')));
  expect(problemsOf()).toEqual(expect.arrayContaining(["INDEX_SURPLUS", "INDEX_MISSING"]));
});

test("an index run without one of its entries is found", () => {
  rewriteIndex((entries) => entries.slice(1));
  expect(problemsOf()).toEqual(["INDEX_MISSING"]);
});

test("an index run with an entry of its own is found", () => {
  rewriteIndex((entries) => [...entries, { key: "z", seq: 1, remove: false, value: "" }]);
  expect(problemsOf()).toEqual(["INDEX_SURPLUS"]);
});

test.each(["store.json", "MANIFEST.json"])("without %s nothing is taken for sound", (name) => {
  rmSync(join(dir, name));
  expect(problemsOf()).toEqual(["FILE_MISSING"]);
});

test("an unfinished line at the end of the log is no problem, and a finished one that is not sound is", () => {
  const path = filesOf("wal").at(-1) ?? "";
  const sound = readFileSync(path);
  writeFileSync(path, Buffer.concat([sound, Buffer.from('{"crc":"12')]));
  expect(problemsOf()).toEqual([]);
  writeFileSync(path, Buffer.concat([sound, Buffer.from('{"crc":"12345678","a":1}\n')]));
  expect(problemsOf()).toEqual(["LINE"]);
});

test("a successor that a killed checkpoint left without a seal is no problem, and one with a record is", async () => {
  const { path, header, lastLine } = successor();
  for (const left of ["", header.slice(0, 20), header]) {
    writeFileSync(path, left);
    expect(problemsOf(), left).toEqual([]);
  }
  writeFileSync(path, header);
  const graph = await openGraph({ dir });
  await graph.transact(async (tx) => void (await tx.delete("b")));
  await graph.close();
  expect(problemsOf()).toEqual([]);
  for (const record of [`${lastLine}\n`, lastLine]) {
    writeFileSync(path, `${header}${record}`);
    expect(problemsOf()).toContain("SEAL");
  }
});

test("what a successor left without a seal was made to follow must be there: it was durable", () => {
  const { path, header } = successor();
  const log = filesOf("wal").at(-1) ?? "";
  writeFileSync(path, header);
  expect(problemsOf()).toEqual([]);
  const lines = readFileSync(log, "utf8").trimEnd().split("\n");
  writeFileSync(log, `${lines.slice(0, -1).join("\n")}\n`);
  expect(problemsOf()).toContain("SEAL");
});

/** What a checkpoint that is killed before the seal leaves behind the last record. */
function successor(): { readonly path: string; readonly header: string; readonly lastLine: string } {
  const lines = readFileSync(filesOf("wal").at(-1) ?? "", "utf8")
    .trimEnd()
    .split("\n");
  const lastLine = lines.at(-1) ?? "";
  const { crc, seq } = JSON.parse(lastLine) as { readonly crc: string; readonly seq: number };
  const { store } = JSON.parse(lines[0] ?? "") as { readonly store: string };
  return {
    path: join(dir, "wal", `${String(seq + 1).padStart(16, "0")}.jsonl`),
    header: sealed(`"log":1,"store":"${store}","first":${seq + 1},"prev":"${crc}","required":[],"optional":[]}`),
    lastLine,
  };
}

/** Rewrites the last file of a part of the store, line by line (header first), every line with its right CRC. */
function rewriteLines(part: string, change: (lines: readonly string[]) => readonly string[]): void {
  const path = filesOf(part).at(-1) ?? "";
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  const changed = change(lines).map((line) => sealed(line.slice('{"crc":"00000000",'.length)));
  expect(changed.join("")).not.toBe(`${lines.join("\n")}\n`);
  writeFileSync(path, changed.join(""));
  if (part === "history") rewriteManifest();
}

/** The line of what stands behind its CRC. */
function sealed(rest: string): string {
  return `{"crc":"${crc32(rest).toString(16).padStart(8, "0")}",${rest}\n`;
}

type Entries = ReturnType<typeof readIndexRun>;

function rewriteIndex(change: (entries: Entries) => Entries): void {
  const path = filesOf("index").at(-1) ?? "";
  const storeId = (JSON.parse(readFileSync(join(dir, "store.json"), "utf8")) as { store: string }).store;
  const bytes = readFileSync(path).length;
  const entries = change(readIndexRun({ path, name: path, storeId, bytes, problems: new Problems() }));
  rmSync(path);
  writeIndexRun({ disk: nodeDisk(), path, storeId, meta: {}, entries });
  rewriteManifest();
}

/** Makes the manifest name the lengths that the files have now. */
function rewriteManifest(): void {
  const pointer = JSON.parse(readFileSync(join(dir, "MANIFEST.json"), "utf8")) as { file: string; generation: number };
  const path = join(dir, "manifest", pointer.file);
  const manifest = JSON.parse(readFileSync(path, "utf8")) as {
    history: { file: string; bytes: number }[];
    index: { file: string; bytes: number }[];
  };
  for (const part of ["history", "index"] as const) {
    for (const run of manifest[part]) run.bytes = readFileSync(join(dir, part, run.file)).length;
  }
  const line = lineOf(manifest);
  writeFileSync(path, line.text);
  const { generation, file } = pointer;
  writeFileSync(
    join(dir, "MANIFEST.json"),
    lineOf({ crc: "", generation, file, bytes: line.text.length, line: line.crc }).text,
  );
}

function lineOf(value: object): { readonly text: string; readonly crc: string } {
  const { crc: _, ...members } = value as { readonly crc: string };
  const rest = JSON.stringify(members).slice(1);
  const crc = crc32(rest).toString(16).padStart(8, "0");
  return { text: `{"crc":"${crc}",${rest}\n`, crc };
}

function filesOf(part: string): readonly string[] {
  const names = readdirSync(join(dir, part)).filter((name) => /\.(?:jsonl|index)$/u.test(name));
  return names.sort().map((name) => join(dir, part, name));
}
