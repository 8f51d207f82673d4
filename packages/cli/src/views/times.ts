/** Times for people: to the minute, in UTC, so that two agents read the same. */

export function shortTime(iso: string): string {
  return iso.length >= 16 ? `${iso.slice(0, 10)} ${iso.slice(11, 16)}Z` : iso;
}
