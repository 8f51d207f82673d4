/** `knot init`: creates a store. */
import { join } from "node:path";
import { type Disk, isDiskError, writeFully } from "@knotwork/disk";
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
    await context.create(directory);
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
