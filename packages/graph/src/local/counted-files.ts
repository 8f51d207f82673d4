/** Opens files for reading, and counts how often they are read: `explain` tells it of a query. */
import type { ReadableFile, ReadableFiles } from "@knotwork/disk";

export class CountedFiles implements ReadableFiles {
  readonly #files: ReadableFiles;
  #reads = 0;

  constructor(files: ReadableFiles) {
    this.#files = files;
  }

  /** Reads so far, of all files that were opened here. */
  get reads(): number {
    return this.#reads;
  }

  open(path: string, mode: "read"): ReadableFile {
    const file = this.#files.open(path, mode);
    return {
      path: file.path,
      stat: () => file.stat(),
      close: () => file.close(),
      read: (buffer, offset, length, position) => {
        this.#reads += 1;
        return file.read(buffer, offset, length, position);
      },
    };
  }
}
