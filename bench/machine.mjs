/** What the numbers were measured on. */
import { readFileSync, statfsSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";

const FILE_SYSTEMS = new Map([
  [0xef53, "ext4"],
  [0x9123683e, "btrfs"],
  [0x58465342, "xfs"],
  [0x01021994, "tmpfs"],
  [0x794c7630, "overlayfs"],
]);

/** How much longer so many busy processes take for what one would do alone. */
export function crowding(processes) {
  return Math.max(1, processes / cpus().length);
}

export function describeMachine(scratchDir) {
  const database = new Database(":memory:");
  const sqlite = database.prepare("SELECT sqlite_version() AS version").get().version;
  database.close();
  const magic = statfsSync(scratchDir).type;
  const rivals = ["better-sqlite3", "lmdb", "classic-level"].map((name) => `${name} ${versionOf(name)}`);
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown CPU",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    fileSystem: FILE_SYSTEMS.get(magic) ?? `0x${magic.toString(16)}`,
    node: process.versions.node,
    rivals: `${rivals.join(", ")} (SQLite ${sqlite})`,
    loadAverage: loadavg()[0].toFixed(1),
  };
}

/** Of the nearest package.json above what is loaded: not every package exports its own. */
function versionOf(name) {
  let directory = dirname(createRequire(import.meta.url).resolve(name));
  for (;;) {
    try {
      const manifest = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
      if (manifest.name === name) return manifest.version;
    } catch (error) {
      if (error.code !== "ENOENT") throw error;
    }
    directory = dirname(directory);
  }
}
