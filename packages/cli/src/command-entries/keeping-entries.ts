import type { CommandEntry } from "../command-entry.ts";

/** Keeping a store whole and small. */
export const keepingEntries: readonly CommandEntry[] = [
  {
    path: "backup create",
    summary: "Copy the store while it is in use",
    misspellings: ["make", "new", "save"],
    load: async () => (await import("../commands/backup-create.ts")).backupCreate,
  },
  {
    path: "backup list",
    summary: "List backups, newest first",
    misspellings: ["ls"],
    load: async () => (await import("../commands/backup-list.ts")).backupList,
  },
  {
    path: "backup verify",
    summary: "Prove that a backup is whole",
    misspellings: ["check", "test"],
    load: async () => (await import("../commands/backup-verify.ts")).backupVerify,
  },
  {
    path: "backup restore",
    summary: "Make a store of a backup",
    misspellings: ["recover", "load"],
    load: async () => (await import("../commands/backup-restore.ts")).backupRestore,
  },
  {
    path: "compact",
    destroys: true,
    summary: "Drop old versions",
    misspellings: ["vacuum", "gc", "prune"],
    load: async () => (await import("../commands/compact.ts")).compact,
  },
  {
    path: "purge",
    destroys: true,
    summary: "Remove the text of an entity from every file",
    misspellings: ["redact", "scrub", "erase"],
    load: async () => (await import("../commands/purge.ts")).purge,
  },
];
