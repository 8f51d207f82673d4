/** `knot init`: creates a store. */
import { join } from "node:path";
import { type Disk, isDiskError, KnotworkError, writeFully } from "@knotwork/disk";
import { CliError } from "../cli-error.ts";
import type { CommandContext } from "../command-context.ts";
import { type Command, defineCommand } from "../command.ts";
import { line, span } from "../output/document.ts";
import { flag } from "../parsing/option-spec.ts";
import { placeForNewStore } from "../store-discovery.ts";

export const init: Command = defineCommand({
  path: "init",
  summary: "Create a store",
  details:
    "Creates .knot beside .git of the main worktree, so that agents in all worktrees of the repository share it; outside of " +
    "a repository, in the current directory. --store or KNOT_STORE name another place. A store is never overwritten. It is " +
    "shared by path, not by commit: its .gitignore keeps it out of git.",
  args: {},
  options: { here: flag("--here", "Create .knot in the current directory, whatever is around it") },
  examples: [
    { line: "knot init", why: "one store for all worktrees of this repository" },
    { line: "knot init --store /srv/team/.knot", why: "a store at a place of its own; KNOT_STORE leads agents to it" },
  ],
  run: async (context, { here }) => {
    const directory = placeForNewStore(context.storeWish, { here });
    await createAt(context, directory);
    keepOutOfGit(context.disk, directory);
    return {
      data: { store: directory },
      document: () => [
        line([span("Created ", "green"), span(directory, "bold")]),
        line(span('Next: knot task create "…"', "dim")),
      ],
    };
  },
});

/** @throws CliError INVALID_ARGUMENT when the directory holds something that is no store: nothing there is changed */
async function createAt(context: CommandContext, directory: string): Promise<void> {
  try {
    await context.create(directory);
  } catch (error) {
    if (!(error instanceof KnotworkError) || error.code !== "STORE_DAMAGED") throw error;
    throw new CliError("INVALID_ARGUMENT", `Cannot create a store at "${directory}": something else is there`, {
      hint: "Name a directory that is empty, or does not exist yet: knot init --store DIR",
      context: { store: directory },
      cause: error,
    });
  }
}

/** Inside of the store, so that no file of the project changes. Another `init` at the same moment writes the same. */
function keepOutOfGit(disk: Disk, directory: string): void {
  try {
    const file = disk.open(join(directory, ".gitignore"), "create-new");
    try {
      writeFully(file, Buffer.from("*\n"), 0);
      file.syncData();
    } finally {
      file.close();
    }
    disk.syncDirectory(directory);
  } catch (error) {
    if (!isDiskError(error, "EEXIST")) throw error;
  }
}
