/** The versions of an entity, each with what it changed. */
import type { EntityVersion } from "@knotwork/domain";
import { type Block, table } from "../output/document.ts";
import { changesText } from "./change-text.ts";
import { shortTime } from "./times.ts";

export function versionTable(versions: readonly EntityVersion[]): Block {
  return table(
    [
      { title: "version", align: "right" },
      { title: "seq", align: "right" },
      { title: "at" },
      { title: "by" },
      { title: "changes", flexible: true },
    ],
    versions.map(({ version, seq, at, by, deleted, changes }) => [
      String(version),
      String(seq),
      shortTime(at),
      by,
      deleted ? "deleted" : changesText(changes),
    ]),
  );
}
