import type { Disk, DiskFile } from "@knotwork/disk";

import { forward } from "./forward.ts";

/** What was read through a `CountingDisk` since the last `reset`. */
export interface ReadCount {
  readonly reads: number;
  readonly bytes: number;
}

/** A disk that counts the reads of files opened through it. */
export class CountingDisk {
  readonly disk: Disk;
  #reads = 0;
  #bytes = 0;

  constructor(inner: Disk) {
    this.disk = forward(inner, { open: (path, mode, options) => this.#counted(inner.open(path, mode, options)) });
  }

  get count(): ReadCount {
    return { reads: this.#reads, bytes: this.#bytes };
  }

  reset(): void {
    this.#reads = 0;
    this.#bytes = 0;
  }

  #counted(inner: DiskFile): DiskFile {
    return forward(inner, {
      read: (buffer, offset, length, position) => {
        const count = inner.read(buffer, offset, length, position);
        this.#reads++;
        this.#bytes += count;
        return count;
      },
    });
  }
}
