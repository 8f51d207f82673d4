/**
 * Which store a command works on: `--store`, else KNOT_STORE, else the nearest `.knot` upward, else the `.knot` of the
 * main git worktree, so that agents in several worktrees of one repository meet in one store.
 */
import { join, resolve } from "node:path";
import { type Disk, isDiskError } from "@knotwork/disk";
import { CliError } from "./cli-error.ts";
import { mainWorktreeOf, selfAndParents } from "./git-worktree.ts";

export interface StoreWish {
  readonly disk: Disk;
  readonly cwd: string;
  /** `--store` */
  readonly store: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export const STORE_DIRECTORY = ".knot";
/** Written last when a store is created: without it a directory is no store. */
const STORE_MARK = "store.json";

/** The directory of an existing store. @throws CliError STORE_NOT_FOUND */
export function findStore(wish: StoreWish): string {
  const named = namedStore(wish);
  if (named !== undefined) {
    if (isStore(wish.disk, named.directory)) return named.directory;
    throw missingNamedStore(wish.disk, named);
  }
  for (const candidate of searchPath(wish)) {
    if (kindOf(wish.disk, candidate) !== "directory") continue;
    // The nearest one decides, whole or not: going on to another store would hide that this one is broken.
    if (isStore(wish.disk, candidate)) return candidate;
    throw new CliError(
      "STORE_NOT_FOUND",
      `Cannot use "${candidate}": it has no store.json, so it is no complete store`,
      {
        hint: "Name another store with --store DIR. Nothing was changed; if this was a store, its store.json is missing. If it never was one, run: knot init",
        context: { store: candidate },
      },
    );
  }
  throw new CliError("STORE_NOT_FOUND", `Cannot find a store from "${wish.cwd}" upward`, {
    hint: "Go to the project, name a store with --store DIR or KNOT_STORE, or create one: knot init",
    context: { directory: wish.cwd },
  });
}

/**
 * Where `knot init` creates a store: the place that was named, else beside `.git` of the main worktree, else here.
 *
 * @throws CliError STORE_EXISTS when there is one at that place, or one that commands run here would use
 */
export function placeForNewStore(wish: StoreWish, options: { readonly here: boolean }): string {
  const named = namedStore(wish);
  const root = options.here ? wish.cwd : (mainWorktreeOf(wish.disk, wish.cwd) ?? wish.cwd);
  const place = named?.directory ?? join(root, STORE_DIRECTORY);
  const inUse = isStore(wish.disk, place) ? place : named === undefined && !options.here ? storeInUse(wish) : undefined;
  if (inUse === undefined) return place;
  throw new CliError("STORE_EXISTS", `Cannot create a store: there is one at "${inUse}"`, {
    hint:
      inUse === place
        ? "Use it as it is: every command finds it."
        : "Commands run here use that one. For a second, separate store: knot init --here",
    context: { store: inUse },
  });
}

function storeInUse(wish: StoreWish): string | undefined {
  return searchPath(wish).find((candidate) => isStore(wish.disk, candidate));
}

interface NamedStore {
  readonly directory: string;
  readonly by: string;
}

function namedStore({ store, env, cwd }: StoreWish): NamedStore | undefined {
  if (store !== undefined) return { directory: resolve(cwd, store), by: "--store" };
  const fromEnvironment = env["KNOT_STORE"];
  if (fromEnvironment === undefined || fromEnvironment === "") return undefined;
  return { directory: resolve(cwd, fromEnvironment), by: "KNOT_STORE" };
}

function searchPath({ disk, cwd }: StoreWish): readonly string[] {
  const upward = selfAndParents(cwd).map((directory) => join(directory, STORE_DIRECTORY));
  const main = mainWorktreeOf(disk, cwd);
  return main === undefined ? upward : [...upward, join(main, STORE_DIRECTORY)];
}

function missingNamedStore(disk: Disk, { directory, by }: NamedStore): CliError {
  const inside = join(directory, STORE_DIRECTORY);
  const hint = isStore(disk, inside)
    ? `Name the store itself: ${inside}`
    : `Check the path, or create a store there: knot init --store DIR`;
  return new CliError("STORE_NOT_FOUND", `Cannot find a store at "${directory}" (named by ${by})`, {
    hint,
    context: { store: directory },
  });
}

function isStore(disk: Disk, directory: string): boolean {
  return kindOf(disk, join(directory, STORE_MARK)) === "file";
}

/** The kind of entry a path leads to, symbolic links followed: `.knot` may be one. */
function kindOf(disk: Disk, path: string): string | undefined {
  try {
    const kind = disk.stat(path)?.kind;
    return kind === "symlink" ? disk.stat(disk.realPath(path))?.kind : kind;
  } catch (error) {
    if (isDiskError(error, "ENOENT", "ENOTDIR", "ELOOP")) return undefined;
    throw error;
  }
}
