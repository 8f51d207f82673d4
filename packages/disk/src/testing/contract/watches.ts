/** Hints that something changed in a directory. They may get lost, so the tests look again and again. */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { codeOf, type DiskUnderTest, writeNew } from "./disk-under-test.ts";

const QUIET_MS = 50;
const WAIT_MS_MAX = 5000;

export function describeWatching(under: () => DiskUnderTest): void {
  test("whoever watches a directory is told of names and bytes that another process changes in it", async () => {
    const { disk, other, directory } = under();
    const names: (string | undefined)[] = [];
    const watch = disk.watchDirectory(directory, (name) => names.push(name));
    expect(names).toEqual([]);
    const path = join(directory, "file");
    writeNew(other, path, "abc");
    await until(() => names.includes("file"));
    await settle(names);
    const file = other.open(path, "append");
    file.write(Buffer.from("more"));
    await until(() => names.includes("file"));
    file.close();
    await settle(names);
    other.rename(path, join(directory, "renamed"));
    await until(() => names.includes("renamed"));
    await settle(names);
    other.unlink(join(directory, "renamed"));
    await until(() => names.includes("renamed"));
    watch.close();
  });

  test("nobody is told after closing, and closing twice is harmless", async () => {
    const { disk, directory } = under();
    const [closed, open]: [string[], string[]] = [[], []];
    const first = disk.watchDirectory(directory, (name) => closed.push(name ?? ""));
    const second = disk.watchDirectory(directory, (name) => open.push(name ?? ""));
    first.close();
    first.close();
    writeNew(disk, join(directory, "file"), "abc");
    await until(() => open.length > 0);
    second.close();
    expect(closed).toEqual([]);
  });

  test("what is no directory cannot be watched", () => {
    const { disk, directory } = under();
    writeNew(disk, join(directory, "file"), "");
    expect(codeOf(() => disk.watchDirectory(join(directory, "absent"), () => undefined))).toBe("ENOENT");
    expect(codeOf(() => disk.watchDirectory(join(directory, "file"), () => undefined))).toBe("ENOTDIR");
  });
}

/** Waits until nothing comes any more, and forgets what came. */
async function settle(names: unknown[]): Promise<void> {
  do {
    names.length = 0;
    await delay(QUIET_MS);
  } while (names.length > 0);
}

async function until(isTrue: () => boolean): Promise<void> {
  for (let waitedMs = 0; !isTrue() && waitedMs < WAIT_MS_MAX; waitedMs += 5) await delay(5);
  expect(isTrue()).toBe(true);
}
