/** Shorter texts stand where they mean something else, too. */
const TELLING_LENGTH = 8;

/** Those that stand for themselves wherever they are met, longest first: one may hold another. */
export function tellingTexts(texts: ReadonlySet<string>): readonly string[] {
  return [...texts].filter((text) => text.length >= TELLING_LENGTH).toSorted((a, b) => b.length - a.length);
}
