/** The files an import reads: found and read with errors that name the path. */
import { type Disk, isDiskError, readWholeFile } from "@knotwork/disk";
import { CliError } from "../cli-error.ts";

/** The real path of what was named. @throws CliError FILE_NOT_FOUND */
export function requireSource(disk: Disk, path: string): string {
  try {
    return disk.realPath(path);
  } catch (error) {
    if (!isDiskError(error, "ENOENT", "ENOTDIR")) throw error;
    throw fileNotFound(path);
  }
}

/** @throws CliError FILE_NOT_FOUND, INVALID_ARGUMENT when it is no text */
export function readSourceText(disk: Disk, path: string): string {
  const bytes = readWholeFile(disk, path);
  if (bytes === undefined) throw fileNotFound(path);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new CliError("INVALID_ARGUMENT", `Cannot read "${path}": it is not UTF-8 text`, {
      hint: "Give a text file, as it was written.",
      context: { path },
      cause: error,
    });
  }
}

function fileNotFound(path: string): CliError {
  return new CliError("FILE_NOT_FOUND", `Cannot read "${path}": there is no such file or directory`, {
    hint: "Check the path.",
    context: { path },
  });
}
