/** Which edges a read follows, and in which direction. */

/** Edge types by direction; an empty list means every type. */
export interface EdgeChoice {
  /** Followed from their start to their end. */
  readonly out?: readonly string[];
  /** Followed from their end to their start. */
  readonly in?: readonly string[];
  /** Followed both ways. */
  readonly both?: readonly string[];
}

/** One kind of step: along edges or against them, of one type or of all. */
export interface Step {
  readonly direction: "out" | "in";
  readonly type: string | undefined;
}

/** The steps of a choice, each once. @throws TypeError when no direction is named */
export function stepsOfChoice({ out, in: into, both }: EdgeChoice, action: string): readonly Step[] {
  if (out === undefined && into === undefined && both === undefined) {
    throw new TypeError(`Cannot ${action}: no direction was given. Name out, in or both, [] for every type`);
  }
  // The commonest choice, made for each of very many look-ups.
  if (into === undefined && both === undefined && out?.length === 1) return stepsOf("out", out);
  return distinctSteps([
    ...(out === undefined ? [] : stepsOf("out", out)),
    ...(into === undefined ? [] : stepsOf("in", into)),
    ...(both === undefined ? [] : [...stepsOf("out", both), ...stepsOf("in", both)]),
  ]);
}

/** @throws TypeError when the types are not a list of names */
export function stepsOf(direction: Step["direction"], types: readonly string[]): readonly Step[] {
  if (!Array.isArray(types) || !types.every((type) => typeof type === "string"))
    throw new TypeError(
      `Cannot follow ${String(types)}: give the types of edges as a list of names, [] for every type`,
    );
  return types.length === 0 ? [{ direction, type: undefined }] : types.map((type) => ({ direction, type }));
}

/** Steps without those that others cover; in the order they were named. */
export function distinctSteps(steps: readonly Step[]): readonly Step[] {
  if (steps.length <= 1) return steps;
  const every = new Set(steps.filter((step) => step.type === undefined).map((step) => step.direction));
  const seen = new Set<string>();
  return steps.filter(({ direction, type }) => {
    if (type !== undefined && every.has(direction)) return false;
    const key = `${direction} ${type ?? ""}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** The same steps, walked the other way. */
export function turned(steps: readonly Step[]): readonly Step[] {
  return steps.map(({ direction, type }) => ({ direction: direction === "out" ? "in" : "out", type }));
}
