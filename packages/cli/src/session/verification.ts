/** Runs the independent verifier in a process of its own; it shares no code with the engine. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const verifierProgram = fileURLToPath(new URL("../../../../scripts/verify-store.mjs", import.meta.url));

/** Its exit code: 0 when everything is as it was acknowledged. What it finds goes to our own output. */
export function runVerifier(options: { readonly storeDir: string; readonly sessionDir: string }): Promise<number> {
  const argv = [verifierProgram, options.storeDir, "--acknowledgements", options.sessionDir];
  const child = spawn(process.execPath, argv, { stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}
