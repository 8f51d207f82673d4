/** Thrown when an invariant is broken: a defect of Knotwork, never caught, never the caller's fault. */
export class BrokenInvariantError extends Error {
  override readonly name = "BrokenInvariantError";
}

export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new BrokenInvariantError(message);
}

export function unreachable(value: never): never {
  throw new BrokenInvariantError(`Unexpected value ${JSON.stringify(value)}`);
}
