/** A directory for one test file, removed after each test that passed; kept, and named, after one that failed. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";

export interface ScratchDir {
  readonly path: string;
  /** A new directory inside. */
  make(name: string): string;
}

export function useScratchDir(): ScratchDir {
  let path = "";
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), "knotwork-test-"));
  });
  afterEach(({ task }) => {
    if (task.result?.state === "fail") console.error(`kept for a look: ${path}`);
    else rmSync(path, { recursive: true, force: true });
  });
  return {
    get path() {
      return path;
    },
    make(name) {
      mkdirSync(join(path, name));
      return join(path, name);
    },
  };
}
