/** Who watches which directory of the memory disk. */
import { posix } from "node:path";
import type { DirectoryWatch } from "../disk.ts";

interface Watch {
  readonly process: string;
  /** Absolute. */
  readonly directory: string;
  readonly listener: (name: string | undefined) => void;
}

export class MemoryWatches {
  /** False: nobody is told of anything, as when the queue of a kernel overflows. */
  deliver = true;
  readonly #watches: Set<Watch> = new Set();

  get count(): number {
    return this.#watches.size;
  }

  add(watch: Watch): DirectoryWatch {
    this.#watches.add(watch);
    return { close: () => void this.#watches.delete(watch) };
  }

  /** Something is about to change at `path`: whoever watches its directory is told in a later turn of the event loop. */
  changed(path: string): void {
    const directory = posix.dirname(path);
    for (const watch of this.#watches) {
      if (watch.directory !== directory || !this.deliver) continue;
      setImmediate(() => {
        if (this.#watches.has(watch)) watch.listener(posix.basename(path));
      });
    }
  }

  /** The process has died. */
  drop(process: string): void {
    for (const watch of this.#watches) if (watch.process === process) this.#watches.delete(watch);
  }
}
