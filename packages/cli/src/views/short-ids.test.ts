import { expect, test } from "vitest";
import { shortIds, shortIdsInTexts } from "./short-ids.ts";

const ulid = (end: string): string => `T-${"01KAF7".padEnd(26 - end.length, "0")}${end}`;

test("a generated id is shown by its end, an id of one's own as it is", () => {
  const short = shortIds([ulid("7QK4ZB1M"), "bd-123", "T-1"]);
  expect([short(ulid("7QK4ZB1M")), short("bd-123"), short("T-1")]).toEqual(["7QK4ZB1M", "bd-123", "T-1"]);
});

test("ids that end alike are shown by so much more that they differ", () => {
  const [a, b] = [ulid("A7QK4ZB1M"), ulid("B7QK4ZB1M")];
  const short = shortIds([a, b]);
  expect(short(a)).not.toBe(short(b));
  expect(a.endsWith(short(a))).toBe(true);
});

test("ids inside of texts are shortened too", () => {
  const text = `task ${ulid("7QK4ZB1M")} v2, claim claim.${ulid("7QK4ZB1M")} v1, bd-123 v1`;
  expect(shortIdsInTexts([text])(text)).toBe("task 7QK4ZB1M v2, claim claim.7QK4ZB1M v1, bd-123 v1");
});
