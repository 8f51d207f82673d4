/** Runs the independent verifier as a user would. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../scripts/verify-store.mjs", import.meta.url));

export interface Verdict {
  readonly exitCode: number | null;
  readonly output: string;
}

export function verifyStore(storeDir: string, acknowledgementsDir?: string): Verdict {
  const options = acknowledgementsDir === undefined ? [] : ["--acknowledgements", acknowledgementsDir];
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, storeDir, ...options], { encoding: "utf8" });
  return { exitCode: status, output: stdout + stderr };
}
