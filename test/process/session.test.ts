import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tmpdir } from "node:os";
import { verifyStore } from "./verify.ts";

const program = fileURLToPath(new URL("../../packages/cli/dist/session/main.js", import.meta.url));

interface Session {
  readonly exitCode: number | null;
  readonly output: string;
  readonly errors: string;
}

function runSession(argv: readonly string[], callerDir: string): Session {
  const env = { ...process.env, KNOT_CALLER_DIR: callerDir };
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...argv], { encoding: "utf8", env });
  return { exitCode: status, output: stdout, errors: stderr };
}

describe("a session of 4 agents over 30 tasks", () => {
  let dir: string;
  let session: Session;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), "knotwork-session-test-"));
    session = runSession(["--agents", "4", "--tasks", "30", "--store", "store"], dir);
  }, 120_000);

  afterAll(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  test("ends well, with every task completed once and the killed agent's task taken over", () => {
    expect(session.errors).toBe("");
    expect(session.output).toContain("30 completed in");
    expect(session.output).toMatch(/agent-\d died holding \S+ under fence \d+; agent-\d took it over \d+\.\d s later/u);
    expect(session.output).toContain("\n0 problems\n");
    expect(session.output).toContain(`bin/knot --store ${dir}/store task list`);
    expect(session.exitCode).toBe(0);
  });

  test("may be followed by another in the same scratch store, which imports nothing twice", () => {
    const again = runSession(["--agents", "3", "--tasks", "8", "--store", "store"], dir);
    expect(again.output).toContain("0 nodes and 0 edges created");
    expect(again.output).toContain("8 completed in");
    expect(again.exitCode).toBe(0);
  });

  test("the verifier finds an acknowledgement of a commit that is not there", () => {
    const copy = copySession(dir, "forged");
    const forged = { agent: "agent-1", kind: "note", key: "run-x.agent-1.1", seq: 7, task: "T", fence: 1 };
    appendFileSync(join(copy.acknowledgements, "forged.jsonl"), `${JSON.stringify(forged)}\n`);
    const { exitCode, output } = verifyStore(copy.store, copy.acknowledgements);
    expect(output).toContain("ACKNOWLEDGED_LOST");
    expect(exitCode).toBe(1);
  });

  test("the verifier finds a completion that was acknowledged under another fence", () => {
    const copy = copySession(dir, "fence");
    for (const name of readdirSync(copy.acknowledgements).filter((one) => one.endsWith(".jsonl"))) {
      const path = join(copy.acknowledgements, name);
      writeFileSync(
        path,
        readFileSync(path, "utf8").replaceAll(/"fence":(\d+)/gu, (_, fence) => `"fence":${Number(fence) + 1}`),
      );
    }
    const { exitCode, output } = verifyStore(copy.store, copy.acknowledgements);
    expect(output).toContain("FENCE");
    expect(exitCode).toBe(1);
  });

  test.each(["wal", "history", "index", "manifest"])(
    "the verifier finds a changed byte in every file under %s/",
    (part) => {
      const names = readdirSync(join(dir, "store", part)).filter((name) => /\.(?:jsonl|json|index)$/u.test(name));
      for (const name of names) {
        const copy = copySession(dir, `byte-${part}-${name}`);
        const path = join(copy.store, part, name);
        const bytes = readFileSync(path);
        const at = Math.floor(bytes.length / 2);
        bytes.writeUInt8((bytes.readUInt8(at) ^ 0x01) & 0xff, at);
        writeFileSync(path, bytes);
        const { exitCode } = verifyStore(copy.store, copy.acknowledgements);
        expect({ name, exitCode }).toEqual({ name, exitCode: 1 });
      }
    },
  );
});

function copySession(dir: string, name: string): { readonly store: string; readonly acknowledgements: string } {
  const copy = join(dir, name);
  cpSync(join(dir, "store"), join(copy, "store"), { recursive: true });
  cpSync(join(dir, "store.session"), join(copy, "store.session"), { recursive: true });
  return { store: join(copy, "store"), acknowledgements: join(copy, "store.session") };
}

test.each([
  [["--agents", "none"], "--agents"],
  [["missing.jsonl"], "no such file"],
  [["--store", "."], "Name a new or empty directory"],
])("%j is refused with exit code 2 and changes nothing", (argv, named) => {
  const dir = mkdtempSync(join(tmpdir(), "knotwork-session-test-"));
  writeFileSync(join(dir, "somebody's file"), "");
  const { exitCode, errors } = runSession([...argv, ...(argv.includes("--store") ? [] : ["--store", "store"])], dir);
  expect(errors).toContain(named);
  expect(exitCode).toBe(2);
  expect(readdirSync(dir)).toEqual(["somebody's file"]);
  rmSync(dir, { recursive: true });
});
