/** What holds for all commands that list, found by running the examples of the help. */
import { beforeAll, expect, test } from "vitest";
import { commandTable } from "./command-table.ts";
import type { Command } from "./command.ts";
import { preparation } from "./testing/before-examples.ts";
import { ExampleWorld } from "./testing/example-world.ts";

const lists: Command[] = [];
let world: ExampleWorld;

beforeAll(async () => {
  for (const entry of commandTable) {
    const command = await entry.load();
    if (Object.values(command.options).some(({ flags }) => flags.includes("--after"))) lists.push(command);
  }
  world = await ExampleWorld.create();
}, 60_000);

test("no list takes a word for the place to go on from: an end that is none would be believed", async () => {
  expect(lists.length).toBeGreaterThan(30);
  for (const { examples } of lists) {
    const line = examples[0].line.replace(/ --json$/, "");
    const { stdout } = await world.run(line, preparation(line), ["--after", "zzz-no-cursor", "--json"]);
    const { error } = JSON.parse(stdout) as { readonly error?: { readonly code: string } };
    expect(["INVALID_ARGUMENT", "INVALID_VALUE", "INVALID_CURSOR"], `${line}: ${stdout}`).toContain(error?.code);
  }
}, 60_000);

test("every list gives its items one by one as it gives them at once", async () => {
  for (const { examples, path } of lists) {
    const line = examples[0].line.replace(/ --json$/, "").replace(/ -n \d+/, "");
    const run = await world.session(line, preparation(line));
    const whole = pageIn((await run(line, ["-n", "1000", "--json"])).stdout);
    const found: unknown[] = [];
    let next: string | null = null;
    do {
      const page = pageIn((await run(line, ["-n", "1", ...(next === null ? [] : ["--after", next]), "--json"])).stdout);
      found.push(...page.items);
      next = page.next;
      expect(page.truncated, path).toBe(next !== null);
    } while (next !== null && found.length < 10);
    expect(found, path).toEqual(whole.items.slice(0, 10));
  }
}, 60_000);

interface ListPage {
  readonly items: readonly unknown[];
  readonly next: string | null;
  readonly truncated: boolean;
}

function pageIn(stdout: string): ListPage {
  const { data, page } = JSON.parse(stdout) as {
    readonly data: { readonly items: readonly unknown[] };
    readonly page: { readonly next: string | null; readonly truncated: boolean };
  };
  return { items: data.items, ...page };
}
