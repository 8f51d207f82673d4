/** Ids short enough to read: the end of an id names it on the command line as well as the whole. */

const GENERATED = /^[A-Z]+-[0-9A-HJKMNP-TV-Z]{26}$/;
const GENERATED_INSIDE = /\b[A-Z]+-[0-9A-HJKMNP-TV-Z]{26}\b/g;
const LENGTH_MIN = 8;

/** A function that shortens the ids of one list so that they stay distinct in it. Ids that were given by people stay whole. */
export function shortIds(ids: Iterable<string>): (id: string) => string {
  const all = [...new Set(ids)];
  const generated = all.filter((id) => GENERATED.test(id));
  let length = LENGTH_MIN;
  while (length < 26 && hasTwins(all, generated, length)) length += 2;
  return (id) => (GENERATED.test(id) ? id.slice(-length) : id);
}

function hasTwins(all: readonly string[], generated: readonly string[], length: number): boolean {
  const ends = new Set(all.map((id) => id.slice(-length).toUpperCase()));
  return generated.length > 0 && ends.size < all.length;
}

/** A function that shortens the generated ids inside of texts, distinct over all the texts. */
export function shortIdsInTexts(texts: readonly string[]): (text: string) => string {
  const short = shortIds(texts.flatMap((text) => text.match(GENERATED_INSIDE) ?? []));
  return (text) => text.replaceAll(GENERATED_INSIDE, short);
}
