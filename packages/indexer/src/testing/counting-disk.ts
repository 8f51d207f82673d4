import type { Disk, DiskFile } from "@knotwork/disk";

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

/** `target` with some methods replaced; the others still run on it. */
function forward<T extends object>(target: T, replaced: Partial<T>): T {
  return new Proxy(target, {
    get: (_, name): unknown => {
      const own: unknown = Reflect.get(replaced, name);
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function"
        ? (...args: readonly unknown[]): unknown => Reflect.apply(value, target, args)
        : value;
    },
  });
}
