import { diskError } from "./disk-error.ts";
import type { DiskFile } from "./disk.ts";

/**
 * Writes all of `bytes`, at `position` or at the end of a file opened `append`, in one call.
 * @throws DiskError ENOSPC when the write was short (a full disk gives no error by itself; `writtenBytes` in the context
 * says how many bytes were written). Not retried: the caller decides what becomes of the part that was written.
 */
export function writeFully(file: DiskFile, bytes: Uint8Array, position?: number): void {
  const writtenBytes = file.write(bytes, position);
  if (writtenBytes === bytes.length) return;
  throw diskError({
    code: "ENOSPC",
    action: "write all bytes of",
    path: file.path,
    context: { writtenBytes, wantedBytes: bytes.length },
  });
}
