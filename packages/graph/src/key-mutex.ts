/** Mutual exclusion by key within one process: first come, first served; different keys do not wait for each other. */
export class KeyMutex {
  readonly #tailsByKey = new Map<string, Promise<void>>();

  /** Runs `task` once all tasks of the same key that came before have ended. Not re-entrant. */
  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const before = this.#tailsByKey.get(key);
    const { promise: end, resolve: leave } = deferred();
    this.#tailsByKey.set(key, end);
    try {
      if (before !== undefined) await before;
      return await task();
    } finally {
      if (this.#tailsByKey.get(key) === end) this.#tailsByKey.delete(key);
      leave();
    }
  }
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
