/** Randomness, passed in by whoever opens a store: a number in [0, 1). Never used for secrets. */
export type Random = () => number;

/** `length` characters of lower-case base 36, for names that must not collide. */
export function randomToken(random: Random, length: number): string {
  let token = "";
  while (token.length < length) token += Math.floor(random() * 36).toString(36);
  return token;
}
