/** The git history of a clone, read through `git log`. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

export interface GitCommit {
  readonly hash: string;
  readonly authorName: string;
  readonly authorEmail: string;
  /** ISO 8601 with offset, as git prints it. */
  readonly authoredAt: string;
  readonly subject: string;
  /** The rest of the message; empty when there is none. */
  readonly body: string;
  /** Paths the commit touched, relative to the root of the repository. */
  readonly files: readonly string[];
}

const recordStart = "\u001e";
const fieldEnd = "\u001f";
const outputBytesMax = 64 * 1024 * 1024;

/** The newest `limit` commits, newest first. `undefined` when there is no repository, no commit or no git. */
export async function readGitHistory(dir: string, limit: number): Promise<readonly GitCommit[] | undefined> {
  const format = `--format=${recordStart}%H${fieldEnd}%an${fieldEnd}%ae${fieldEnd}%aI${fieldEnd}%s${fieldEnd}%b${fieldEnd}`;
  const argv = ["-C", dir, "-c", "core.quotePath=false", "log", `--max-count=${limit}`, "--name-only", format];
  try {
    const { stdout } = await promisify(execFile)("git", argv, { maxBuffer: outputBytesMax });
    return parseGitLog(stdout);
  } catch {
    // A clone without history is a clone nonetheless (a downloaded archive): the session goes on without.
    return undefined;
  }
}

/** Parses what `git log` printed in the format above. */
export function parseGitLog(text: string): readonly GitCommit[] {
  return text.split(recordStart).slice(1).map(parseCommit);
}

function parseCommit(text: string): GitCommit {
  const [hash = "", authorName = "", authorEmail = "", authoredAt = "", subject = "", body = "", names = ""] =
    text.split(fieldEnd);
  const files = names.split("\n").filter((name) => name !== "");
  return { hash, authorName, authorEmail, authoredAt, subject, body: body.trim(), files };
}
