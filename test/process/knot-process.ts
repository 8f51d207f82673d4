/** Runs `bin/knot` as a user or an agent would: a process of its own, its output read as text. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../bin/knot", import.meta.url));

export interface KnotRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly elapsedMs: number;
}

export interface KnotOptions {
  readonly cwd: string;
  /** Added to an environment without any KNOT_ variable. */
  readonly env?: Readonly<Record<string, string>>;
  /** Run as another user; needs root. */
  readonly uid?: number;
  /** Standard input; default: none. */
  readonly input?: string;
}

export async function knot(argv: readonly string[], { cwd, env = {}, uid, input }: KnotOptions): Promise<KnotRun> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("KNOT_"));
  const started = performance.now();
  const child = spawn(process.execPath, [program, ...argv], {
    cwd,
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: "pipe",
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  // A command that never reads its input closes the pipe: that is no failure.
  child.stdin.on("error", () => undefined).end(input ?? "");
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { exitCode, stdout, stderr, elapsedMs: performance.now() - started };
}

export interface Envelope {
  readonly exitCode: number | null;
  readonly ok: boolean;
  readonly data: Readonly<Record<string, unknown>>;
  readonly page: { readonly next: string | null; readonly truncated: boolean } | undefined;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hint: string | null;
    readonly retryable: boolean;
  };
}

/** The same with `--json`: exactly one document on stdout, nothing on stderr. */
export async function knotJson(argv: readonly string[], options: KnotOptions): Promise<Envelope> {
  const { exitCode, stdout, stderr } = await knot([...argv, "--json"], options);
  if (stderr !== "") throw new Error(`knot ${argv.join(" ")} wrote to stderr: ${stderr}`);
  return { exitCode, ...(JSON.parse(stdout) as Omit<Envelope, "exitCode">) };
}
