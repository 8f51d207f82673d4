import { describe, expect, test } from "vitest";
import { checkHistory } from "./check-history.ts";
import type { AnomalyName } from "./history.ts";
import { parseHistory } from "./history-text.ts";

/** Each: what is wrong, in what way it shows, and the history. */
const bad: readonly (readonly [AnomalyName, string, string])[] = [
  ["unwritten value", "a list holds a number nobody appended", `A 0-10: x+1 \n B 20-30: x[1 7]`],
  ["duplicate append", "one append is in the list twice", `A 0-10: x+1 \n B 20-30: x[1 1]`],
  [
    "duplicate append",
    "an append was repeated after others had come",
    `A 0-10: x+1 \n B 20-30: x+2 \n C 40-50: x[1 2 1]`,
  ],
  ["dirty read", "a rolled back append is read", `A 0-10 aborted: x+1 \n B 20-30: x[1]`],
  [
    "dirty read",
    "a rolled back append stays between others",
    `A 0-9: x+1 \n B 10-19 aborted: x+2 \n C 20-29: x+3 \n D 30-39: x[1 2 3]`,
  ],
  ["intermediate read", "half of a transaction's appends are read", `A 0-10: x+1 x+2 \n B 0-10: x[1]`],
  ["fuzzy read", "the same list is read twice and differs", `A 0-10: x+1 \n B 0-20: x[] x[1]`],
  ["fuzzy read", "its own append is not there", `A 0-10: x+1 x[]`],
  ["fuzzy read", "its own append is not the last", `A 0-10: x[] x+1 x[2 1] \n B 0-10: x+2`],
  [
    "incompatible orders",
    "two lists contradict each other",
    `A 0-30: x+1 \n B 0-30: x+2 \n C 0-30: x[1] \n D 0-30: x[2 1]`,
  ],
  [
    "incompatible orders",
    "two sides each have their own list",
    `A 0-30: x+1 \n B 0-30: x+2 \n C 40-50: x[1] \n D 40-50: x[2]`,
  ],
  ["lost append", "an acknowledged append is in no list", `A 0-10: x+1 \n B 20-30: x[]`],
  ["lost append", "an acknowledged append was overwritten", `A 0-10: x+1 \n B 0-10: x+2 \n C 20-30: x[2]`],
  [
    "dirty write",
    "two transactions' appends are interleaved in both orders",
    `A 0-10: x+1 y+1001 \n B 0-10: x+2 y+1002 \n C 20-30: x[1 2] y[1002 1001]`,
  ],
  [
    "dirty write",
    "three transactions in a ring",
    `A 0-10: x+1 z+31 \n B 0-10: x+2 y+12 \n C 0-10: y+13 z+33 \n D 20-30: x[1 2] y[12 13] z[33 31]`,
  ],
  ["circular information flow", "each read what the other appended", `A 0-10: x+1 y[12] \n B 0-10: y+12 x[1]`],
  [
    "circular information flow",
    "it read what comes after it",
    `A 0-10: x+1 y[12] \n B 0-10: x+2 y+12 \n C 20-30: x[1 2] y[12]`,
  ],
  ["lost update", "both read the list empty and appended", `A 0-10: x[] x+1 \n B 0-10: x[] x+2 \n C 20-30: x[1 2]`],
  [
    "lost update",
    "both read [1] and appended",
    `A 0-10: x+1 \n B 20-30: x[1] x+2 \n C 20-30: x[1] x+3 \n D 40-50: x[1 2 3]`,
  ],
  ["read skew", "it saw one half of a transaction", `A 0-10: x+1 y+11 \n B 0-10: x[1] y[]`],
  ["read skew", "it read x before and y after another", `A 0-10: x+1 y+11 \n B 0-10: y[11] x[]`],
  [
    "write skew",
    "each read the list the other appended to",
    `A 0-10: x[] y+11 \n B 0-10: y[] x+1 \n C 20-30: x[1] y[11]`,
  ],
  [
    "write skew",
    "three in a ring, each reading what the next changes",
    `A 0-10: x[] y+11 \n B 0-10: y[] z+21 \n C 0-10: z[] x+1 \n D 20-30: x[1] y[11] z[21]`,
  ],
  [
    "long fork",
    "two readers see two appends in different orders",
    `A 0-30: x+1 \n B 0-30: y+11 \n C 0-30: x[1] y[] \n D 0-30: x[] y[11]`,
  ],
  [
    "stale read",
    "it read the list before an append acknowledged earlier",
    `A 0-10: x+1 \n B 20-30: x[] \n C 40-50: x[1]`,
  ],
  ["stale read", "one process reads an older list than it read before", `A 0-90: x+1 \n B 10-20: x[1] \n C 30-40: x[]`],
  [
    "stale read",
    "the stale half is behind another key",
    `A 0-10: x+1 \n B 20-30: y+11 \n C 40-50: y[11] x[] \n D 60-70: x[1]`,
  ],
  [
    "real-time violation",
    "a later transaction's append comes before an earlier one's",
    `A 0-10: x+1 \n B 20-30: x+2 \n C 40-50: x[2 1]`,
  ],
  ["real-time violation", "it read what was appended only after it had ended", `A 0-10: x[1] \n B 20-30: x+1`],
];

describe("a bad history is refused by name", () => {
  test.each(bad)("%s: %s", (name, _way, text) => {
    expect(checkHistory(parseHistory(text)).map((anomaly) => anomaly.name)).toContain(name);
  });
});

const good: readonly (readonly [string, string])[] = [
  ["one after the other", `A 0-10: x[] x+1 \n B 20-30: x[1] x+2 \n C 40-50: x[1 2]`],
  ["appends at the same time, in either order", `A 0-10: x+1 \n B 0-10: x+2 \n C 20-30: x[2 1]`],
  ["a read beside an append sees it or does not", `A 0-10: x+1 \n B 0-10: x[] \n C 0-10: x[1] \n D 20-30: x[1]`],
  [
    "an append of unknown outcome never happened",
    `A 0-10 unknown: x+1 \n B 20-30: x[] \n C 40-50: x+2 \n D 60-70: x[2]`,
  ],
  [
    "an append of unknown outcome happened later than it was asked for",
    `A 0-10 unknown: x+1 \n B 20-30: x[] \n C 40-50: x[1]`,
  ],
  ["a rolled back append is nowhere", `A 0-10 aborted: x+1 \n B 20-30: x[]`],
  ["own appends are read before they are committed", `A 0-10: x+1 x[1] x+2 x[1 2] \n B 20-30: x[1 2]`],
  [
    "its own append follows what it read, another's comes after",
    `A 0-10: x[] x+1 x[1] \n B 0-10: x[1] x+2 \n C 20-30: x[1 2]`,
  ],
  ["an append nobody read, at the end", `A 0-10: x[] \n B 20-30: x+1`],
];

describe("a good history is accepted", () => {
  test.each(good)("%s", (_way, text) => {
    expect(checkHistory(parseHistory(text))).toEqual([]);
  });
});

test("the oracle finds what was planted in a long good history, wherever it was planted", () => {
  const length = 400;
  const lines = Array.from({ length }, (_, index) => {
    const key = `k${index % 5}`;
    const before = Array.from({ length: Math.floor(index / 5) }, (_unused, n) => n * 5 + (index % 5) + 1).join(" ");
    return `T${index} ${index * 10}-${index * 10 + 25}: ${key}[${before}] ${key}+${index + 1}`;
  });
  expect(checkHistory(parseHistory(lines.join("\n")))).toEqual([]);
  for (let planted = 10; planted < length; planted += 13) {
    const stale = lines[planted]?.replace(/ ?\d+\]/, "]") ?? "";
    const changed = lines.with(planted, stale);
    expect(checkHistory(parseHistory(changed.join("\n"))), `planted at ${planted}`).not.toEqual([]);
  }
});
