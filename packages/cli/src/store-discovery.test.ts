import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeDisk } from "@knotwork/disk";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findStore, placeForNewStore, type StoreWish } from "./store-discovery.ts";

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "knot-discovery-")));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function makeStore(...path: readonly string[]): string {
  const directory = join(root, ...path);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "store.json"), "{}");
  return directory;
}

function directory(...path: readonly string[]): string {
  const made = join(root, ...path);
  mkdirSync(made, { recursive: true });
  return made;
}

/** The files git writes for a linked worktree. */
function linkWorktree(main: string, worktree: string): void {
  const gitDirectory = join(main, ".git", "worktrees", "linked");
  mkdirSync(gitDirectory, { recursive: true });
  writeFileSync(join(gitDirectory, "commondir"), "../..\n");
  writeFileSync(join(worktree, ".git"), `gitdir: ${gitDirectory}\n`);
}

function wish(cwd: string, rest: Partial<StoreWish> = {}): StoreWish {
  return { disk: nodeDisk(), cwd, env: {}, store: undefined, ...rest };
}

test("--store goes before KNOT_STORE, which goes before the nearest .knot", () => {
  const [near, named, byEnvironment] = [makeStore("p", ".knot"), makeStore("named"), makeStore("env")];
  const cwd = join(root, "p");
  expect(findStore(wish(cwd))).toBe(near);
  expect(findStore(wish(cwd, { env: { KNOT_STORE: "../env" } }))).toBe(byEnvironment);
  expect(findStore(wish(cwd, { env: { KNOT_STORE: "../env" }, store: "../named" }))).toBe(named);
  expect(findStore(wish(cwd, { env: { KNOT_STORE: "" } }))).toBe(near);
});

test("the nearest .knot upward is found from a directory deep inside", () => {
  const outer = makeStore(".knot");
  expect(findStore(wish(directory("a", "b", "c")))).toBe(outer);
  const inner = makeStore("a", ".knot");
  expect(findStore(wish(join(root, "a", "b", "c")))).toBe(inner);
});

test("from a linked worktree the store of the main one is found", () => {
  const store = makeStore("main", ".knot");
  const worktree = directory("elsewhere", "linked");
  linkWorktree(join(root, "main"), worktree);
  expect(findStore(wish(directory("elsewhere", "linked", "src")))).toBe(store);
});

test("a .git file that leads nowhere is no error, only no store", () => {
  const cwd = directory("broken");
  writeFileSync(join(cwd, ".git"), "gitdir: /nowhere/at/all\n");
  expect(() => findStore(wish(cwd))).toThrow(expect.objectContaining({ code: "STORE_NOT_FOUND" }));
});

test("a .knot without store.json stops the search: the store above it is not used in its place", () => {
  makeStore(".knot");
  directory("a", ".knot");
  expect(() => findStore(wish(join(root, "a")))).toThrow(
    expect.objectContaining({ code: "STORE_NOT_FOUND", message: expect.stringContaining("no store.json") }),
  );
});

test("a named store that is none says where it was looked for, and what may be meant", () => {
  makeStore("p", ".knot");
  expect(() => findStore(wish(root, { store: "p" }))).toThrow(
    expect.objectContaining({ code: "STORE_NOT_FOUND", hint: `Name the store itself: ${join(root, "p", ".knot")}` }),
  );
  expect(() => findStore(wish(root, { env: { KNOT_STORE: "gone" } }))).toThrow(/named by KNOT_STORE/);
});

test("a symbolic link to a store is one", () => {
  makeStore("real");
  symlinkSync(join(root, "real"), join(root, ".knot"));
  expect(findStore(wish(root))).toBe(join(root, ".knot"));
});

test("a new store goes beside .git of the main worktree, else here", () => {
  expect(placeForNewStore(wish(root), { here: false })).toBe(join(root, ".knot"));
  directory("main", ".git");
  const worktree = directory("linked");
  linkWorktree(join(root, "main"), worktree);
  expect(placeForNewStore(wish(directory("main", "src")), { here: false })).toBe(join(root, "main", ".knot"));
  expect(placeForNewStore(wish(worktree), { here: false })).toBe(join(root, "main", ".knot"));
  expect(placeForNewStore(wish(worktree), { here: true })).toBe(join(worktree, ".knot"));
  expect(placeForNewStore(wish(worktree, { store: "own" }), { here: false })).toBe(join(worktree, "own"));
});

test("no second store is created where one is in use, unless it is asked for by place", () => {
  makeStore(".knot");
  const inside = directory("a");
  expect(() => placeForNewStore(wish(root), { here: true })).toThrow(expect.objectContaining({ code: "STORE_EXISTS" }));
  expect(() => placeForNewStore(wish(inside), { here: false })).toThrow(
    expect.objectContaining({ code: "STORE_EXISTS" }),
  );
  expect(placeForNewStore(wish(inside), { here: true })).toBe(join(inside, ".knot"));
});
