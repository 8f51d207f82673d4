import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { directOutput } from "./direct-output.ts";
import { machineClock } from "./machine-clock.ts";
import { nodeFollowsLinks } from "./testing/node-follows-links.ts";

const clock = machineClock();
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "knotwork-test-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

test("a file gets all that is written, in order", () => {
  const path = join(directory, "file");
  const fd = openSync(path, "w");
  const output = directOutput(fd, clock);
  expect(output?.write("grün ")).toBe(true);
  expect(output?.write("🧶\n")).toBe(true);
  closeSync(fd);
  expect(readFileSync(path, "utf8")).toBe("grün 🧶\n");
});

test("a device is left to Node's stream", () => {
  const fd = openSync("/dev/null", "w");
  expect(directOutput(fd, clock)).toBeUndefined();
  closeSync(fd);
});

test("after a look at a pipe Node still follows symbolic links to what is loaded", () => {
  const pipe = join(directory, "pipe");
  execFileSync("mkfifo", [pipe]);
  const fd = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  expect(nodeFollowsLinks(directory, () => expect(directOutput(fd, clock)).toBeDefined())).toBe(true);
  closeSync(fd);
});

test("what the system refuses is an error", () => {
  const path = join(directory, "file");
  closeSync(openSync(path, "w"));
  const fd = openSync(path, "r");
  expect(() => directOutput(fd, clock)?.write("x")).toThrow(expect.objectContaining({ code: "EBADF" }));
  closeSync(fd);
  expect(() => directOutput(999_999, clock)).toThrow(expect.objectContaining({ code: "EBADF" }));
});

test("a full pipe that does not block is waited for, and one that nobody reads any more says so", () => {
  const pipe = join(directory, "pipe");
  execFileSync("mkfifo", [pipe]);
  const { O_RDONLY, O_WRONLY, O_NONBLOCK } = constants;
  const reader = openSync(pipe, O_RDONLY | O_NONBLOCK);
  const writer = openSync(pipe, O_WRONLY | O_NONBLOCK);
  const text = "0123456789abcdef".repeat(20_000);
  let read = "";
  let pauses = 0;
  const takeSome = (): void => {
    const bytes = Buffer.alloc(10_000);
    read += bytes.toString("utf8", 0, readSync(reader, bytes));
  };
  const output = directOutput(writer, {
    pauseMs: () => {
      pauses += 1;
      takeSome();
    },
  });
  expect(output?.write(text)).toBe(true);
  expect(pauses).toBeGreaterThan(0);
  while (read.length < text.length) takeSome();
  expect(read).toBe(text);
  closeSync(reader);
  expect(output?.write("more")).toBe(false);
  closeSync(writer);
});
