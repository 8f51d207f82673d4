/** `store.json`: what makes a directory a store; written last at creation, never changed (docs/FORMAT.md, "store.json"). */
import { readWholeFile, writeFileAtomic } from "@knotwork/disk";
import type { Disk, Random } from "@knotwork/disk";
import { decodeObjectLine, encodeObjectLine } from "@knotwork/wal";
import { StoreError, storeDamaged } from "./store-error.ts";
import type { StorePaths } from "./store-names.ts";

export const STORE_FORMAT = 1;

export interface StoreHeader {
  readonly format: number;
  /** The store's id: every file of the store names it. */
  readonly store: string;
  /** The one kind of kernel lock all processes of the store use. */
  readonly lock: "flock";
  readonly sharing: "private";
  readonly created: string;
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

/** `undefined` when there is no such file. @throws StoreError STORE_DAMAGED, FORMAT_UNKNOWN */
export function readStoreHeader(disk: Disk, paths: StorePaths): StoreHeader | undefined {
  const bytes = readWholeFile(disk, paths.header);
  if (bytes === undefined) return undefined;
  const header = decodeObjectLine(bytes) as unknown as StoreHeader | undefined;
  if (header === undefined) throw storeDamaged("Cannot open store: store.json is damaged", { path: paths.header });
  if (header.format !== STORE_FORMAT || header.required.length > 0 || header.lock !== "flock") {
    throw new StoreError(
      "FORMAT_UNKNOWN",
      `Cannot open store: it is of format ${header.format}, lock kind "${header.lock}", and needs [${header.required.join(", ")}]`,
      {
        hint: "Use a newer Knotwork.",
        context: { path: paths.header },
      },
    );
  }
  return header;
}

/** Writes it durably. */
export function writeStoreHeader(
  disk: Disk,
  random: Random,
  paths: StorePaths,
  header: { readonly store: string; readonly created: string },
): void {
  writeFileAtomic(disk, paths.header, storeHeaderLine(header), { random });
}

/** The bytes of the file. */
export function storeHeaderLine(header: { readonly store: string; readonly created: string }): Buffer {
  return encodeObjectLine({
    format: STORE_FORMAT,
    ...header,
    lock: "flock",
    sharing: "private",
    required: [],
    optional: [],
  } satisfies StoreHeader).bytes;
}
