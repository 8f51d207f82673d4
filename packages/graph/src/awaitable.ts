/** Values that may be there already: what need not wait costs no promise and no turn of the microtask queue. */
import type { Awaitable } from "./engine.ts";

export function isPromise<T>(value: Awaitable<T>): value is Promise<T> {
  return value instanceof Promise;
}

/** Goes on with a value, at once when it is there. What `goOn` throws is thrown, or rejects, accordingly. */
export function chain<T, U>(value: Awaitable<T>, goOn: (value: T) => Awaitable<U>): Awaitable<U> {
  return isPromise(value) ? value.then(goOn) : goOn(value);
}
