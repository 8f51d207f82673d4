import { expect, test } from "vitest";
import { TopRows } from "./top-rows.ts";

const ascending = (a: number, b: number): number => a - b;

test("the first rows of an order are those that sorting all gives, whatever order they come in", () => {
  for (const count of [0, 1, 7, 100, 500, Infinity]) {
    const numbers = Array.from({ length: 400 }, (_, i) => (i * 7919) % 401);
    const rows = new TopRows(count, ascending);
    for (const number of numbers) rows.add(number);
    expect(rows.take()).toEqual(numbers.toSorted(ascending).slice(0, count));
  }
});
