/** What the numbers were measured on. */
import { statfsSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import Database from "better-sqlite3";

const FILE_SYSTEMS = new Map([
  [0xef53, "ext4"],
  [0x9123683e, "btrfs"],
  [0x58465342, "xfs"],
  [0x01021994, "tmpfs"],
  [0x794c7630, "overlayfs"],
]);

export function describeMachine(scratchDir) {
  const database = new Database(":memory:");
  const sqlite = database.prepare("SELECT sqlite_version() AS version").get().version;
  database.close();
  const magic = statfsSync(scratchDir).type;
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown CPU",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    fileSystem: FILE_SYSTEMS.get(magic) ?? `0x${magic.toString(16)}`,
    node: process.versions.node,
    betterSqlite: createRequire(import.meta.url)("better-sqlite3/package.json").version,
    sqlite,
    loadAverage: loadavg()[0].toFixed(1),
  };
}
