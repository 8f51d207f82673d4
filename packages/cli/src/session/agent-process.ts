/** One agent process, seen from the process that started it. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { AgentJob, AgentMessage, WorkAnswer } from "./agent-messages.ts";

const agentProgram = fileURLToPath(new URL("agent.js", import.meta.url));
const keptErrorChars = 4000;

export class AgentProcess {
  readonly name: string;
  /** What it does now, for the board. */
  doing = "starts";
  commitCount = 0;
  /** Known when it is done, if its engine counts them. */
  conflictCount: number | undefined;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  #errorText = "";
  #isDone = false;
  #isKilled = false;

  /** Starts the process. `onMessage` is called with everything it says, one at a time. */
  constructor(job: AgentJob, onMessage: (agent: AgentProcess, message: AgentMessage) => void) {
    this.name = job.agent;
    this.#child = fork(agentProgram, [JSON.stringify(job)], { stdio: ["ignore", "inherit", "pipe", "ipc"] });
    this.#child.stderr?.on("data", (chunk: Buffer) => {
      this.#errorText = (this.#errorText + chunk.toString("utf8")).slice(-keptErrorChars);
    });
    this.#child.on("message", (raw) => {
      const message = raw as AgentMessage;
      this.commitCount = message.commits;
      if (message.kind === "done") {
        this.#isDone = true;
        this.conflictCount = message.conflicts;
      }
      onMessage(this, message);
    });
    this.#exited = new Promise((resolve) => {
      this.#child.once("close", () => resolve());
      this.#child.once("error", (error) => {
        this.#errorText += error.message;
        resolve();
      });
    });
  }

  get isKilled(): boolean {
    return this.#isKilled;
  }

  answer(answer: WorkAnswer): void {
    // An agent that died meanwhile needs no answer; its exit is looked at where it is waited for.
    if (this.#child.connected) this.#child.send(answer, () => {});
  }

  /** Kills it as a crash would: SIGKILL, no chance to tidy up. Resolves when it is gone. */
  async kill(): Promise<void> {
    this.#isKilled = true;
    this.#child.kill("SIGKILL");
    await this.#exited;
    this.doing = "was killed";
  }

  /** Resolves when the process has ended. @throws Error when it ended otherwise than by finishing or by `kill`. */
  async finished(): Promise<void> {
    await this.#exited;
    if (this.#isKilled || (this.#isDone && this.#child.exitCode === 0)) return;
    const how = this.#child.signalCode ?? `exit code ${this.#child.exitCode}`;
    throw new Error(`${this.name} ended unexpectedly with ${how}. ${this.#errorText.trim()}`);
  }
}
