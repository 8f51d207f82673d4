/** Divides a budget of bytes among sections: each gets a share at least, what one leaves goes to the most important ones. */

export interface Section<Name extends string> {
  readonly name: Name;
  /** In order: the first ones are kept. */
  readonly items: readonly object[];
  /** How many there are beside the items; `null`: some. */
  readonly more: number | null;
}

export interface Fitted<Name extends string> {
  readonly kept: Readonly<Record<Name, readonly object[]>>;
  readonly cut: readonly { readonly section: Name; readonly shown: number; readonly more: number | null }[];
}

export interface BudgetOptions {
  /** What goes with the sections in any case. */
  readonly frame: object;
  readonly bytesMax: number;
}

/**
 * The items of each section that fit together into `bytesMax` bytes of JSON, with the frame and the list of what was cut.
 * Sections are given by importance.
 */
export function fitSections<Name extends string>(
  sections: readonly Section<Name>[],
  { frame, bytesMax }: BudgetOptions,
): Fitted<Name> {
  // Every section may be cut: its line is paid for beforehand.
  const everythingCut = Object.fromEntries(sections.map(({ name }) => [name, []]));
  const cutLines = sections.map(({ name }) => ({ section: name, shown: 1_000_000, more: 1_000_000 }));
  let left = bytesMax - jsonBytes({ ...frame, ...everythingCut, cut: cutLines });
  const share = Math.floor(Math.max(0, left) / sections.length);
  const counts = new Map<Name, number>();
  const take = (section: Section<Name>, allowed: number): void => {
    let count = counts.get(section.name) ?? 0;
    let room = Math.min(allowed, left);
    for (const item of section.items.slice(count)) {
      const bytes = jsonBytes(item) + 1;
      if (bytes > room) break;
      room -= bytes;
      left -= bytes;
      count += 1;
    }
    counts.set(section.name, count);
  };
  for (const section of sections) take(section, share);
  for (const section of sections) take(section, left);
  const kept = {} as Record<Name, readonly object[]>;
  const cut: { section: Name; shown: number; more: number | null }[] = [];
  for (const { name, items, more } of sections) {
    const shown = counts.get(name) ?? 0;
    kept[name] = items.slice(0, shown);
    const leftOut = more === null ? null : items.length - shown + more;
    if (leftOut !== 0) cut.push({ section: name, shown, more: leftOut });
  }
  return { kept, cut };
}

function jsonBytes(value: object): number {
  return Buffer.byteLength(JSON.stringify(value));
}
