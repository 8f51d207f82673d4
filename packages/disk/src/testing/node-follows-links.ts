/** Whether Node's loader takes a symbolic link for one after something was done that may have misled it. */
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/** @param directory an empty place of its own */
export function nodeFollowsLinks(directory: string, behind: () => void): boolean {
  mkdirSync(join(directory, "real"));
  writeFileSync(join(directory, "real", "module.cjs"), "");
  symlinkSync(join(directory, "real"), join(directory, "link"));
  const require = createRequire(join(directory, "program.cjs"));
  // The loader skips what it knows of the way to a file, and only there looks at what was seen last.
  require.resolve("./real/module.cjs");
  behind();
  return require.resolve("./link/module.cjs") === join(realpathSync.native(directory), "real", "module.cjs");
}
