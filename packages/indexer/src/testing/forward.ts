/** `target` with some methods replaced; the others still run on it. */
export function forward<T extends object>(target: T, replaced: Partial<T>): T {
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
