/**
 * Runs the agents until N tasks are completed: starts the processes, answers their wish for work, kills one of them
 * while it holds a claim, and watches that its task comes back.
 */
import type { Clock } from "@knotwork/disk";
import type { AgentMessage } from "./agent-messages.ts";
import { AgentProcess } from "./agent-process.ts";
import { acknowledgementsPath } from "./acknowledgements.ts";
import type { Progress } from "./progress.ts";
import { WorkBudget } from "./work-budget.ts";

export interface RunAgentsOptions {
  readonly storeDir: string;
  readonly sessionDir: string;
  readonly run: string;
  readonly agentCount: number;
  readonly taskCount: number;
  readonly leaseMs: number;
  readonly clock: Clock;
  readonly progress: Progress;
}

/** What became of the agent that was killed and of the task it held. */
export interface KillStory {
  readonly agent: string;
  readonly task: string;
  readonly fence: number;
  readonly takenBy: string | undefined;
  readonly takenAfterMs: number | undefined;
}

export interface AgentsOutcome {
  readonly agents: readonly string[];
  readonly elapsedMs: number;
  readonly completedCount: number;
  /** Transactions repeated because of a conflict, by the agents that lived; `undefined` when the engine does not count. */
  readonly conflictCount: number | undefined;
  /** `undefined`: nobody was killed, for want of a second agent or task. */
  readonly kill: KillStory | undefined;
}

const tickMs = 40;
/** A session is over within a minute; whoever hears nothing for so long waits for what will not come. */
const silenceLimitMs = 60_000;

export async function runAgents(options: RunAgentsOptions): Promise<AgentsOutcome> {
  return new SessionRun(options).run();
}

type HoldsMessage = Extract<AgentMessage, { readonly kind: "holds" }>;

class SessionRun {
  readonly #options: RunAgentsOptions;
  readonly #budget: WorkBudget;
  readonly #agents: readonly AgentProcess[];
  readonly #startedMs: number;
  readonly #mayKill: boolean;
  #heardMs: number;
  #victim: AgentProcess | undefined;
  #kill: (KillStory & { readonly atMs: number }) | undefined;

  constructor(options: RunAgentsOptions) {
    this.#options = options;
    this.#budget = new WorkBudget(options.taskCount);
    this.#mayKill = options.agentCount > 1;
    this.#startedMs = options.clock.monotonicMs();
    this.#heardMs = this.#startedMs;
    const names = Array.from({ length: options.agentCount }, (_, index) => `agent-${index + 1}`);
    this.#agents = names.map((agent, seed) => this.#startAgent(agent, names, seed));
  }

  async run(): Promise<AgentsOutcome> {
    const { clock, progress } = this.#options;
    const ended = Promise.all(this.#agents.map((agent) => agent.finished())).then(() => true);
    try {
      while (!(await Promise.race([ended, clock.sleepMs(tickMs).then(() => false)]))) {
        this.#draw();
        this.#assertSomethingHappens();
      }
    } catch (error) {
      ended.catch(() => {});
      await Promise.all(this.#agents.map((agent) => agent.kill()));
      throw error;
    } finally {
      progress.finish();
    }
    return {
      agents: this.#agents.map((agent) => agent.name),
      elapsedMs: clock.monotonicMs() - this.#startedMs,
      completedCount: this.#budget.completedCount,
      conflictCount: this.#conflictCount(),
      kill: this.#kill,
    };
  }

  #conflictCount(): number | undefined {
    const counts = this.#agents.filter((agent) => !agent.isKilled).map((agent) => agent.conflictCount);
    return counts.reduce((sum, count) => (sum === undefined || count === undefined ? undefined : sum + count), 0);
  }

  #startAgent(agent: string, agents: readonly string[], seed: number): AgentProcess {
    const { storeDir, sessionDir, run, leaseMs } = this.#options;
    const acknowledgementsFile = acknowledgementsPath(sessionDir, run, agent);
    const job = { agent, agents, storeDir, acknowledgementsFile, leaseMs, run, seed };
    return new AgentProcess(job, (from, message) => this.#hear(from, message));
  }

  #hear(agent: AgentProcess, message: AgentMessage): void {
    if (agent.isKilled) return;
    if (message.kind !== "wants-work" && message.kind !== "nothing-ready")
      this.#heardMs = this.#options.clock.monotonicMs();
    switch (message.kind) {
      case "wants-work":
        agent.doing = "looks for work";
        this.#answer(agent);
        break;
      case "nothing-ready":
        this.#budget.gotNothing(agent.name);
        break;
      case "holds":
        this.#budget.took(agent.name, message.task);
        agent.doing = `works on ${message.task} ${message.title}`;
        this.#followVictim(agent, message);
        break;
      case "completed":
        this.#budget.completed(message.task);
        break;
      case "handed-over":
        this.#budget.handedOver(message.task, message.to);
        break;
      case "lost":
        this.#budget.lost(agent.name, message.task);
        break;
      case "done":
        agent.doing = "is done";
        break;
    }
  }

  #answer(agent: AgentProcess): void {
    if (this.#budget.isExhausted) {
      agent.answer({ kind: "stop" });
      return;
    }
    const permission = this.#budget.request(agent.name);
    if (permission === undefined) {
      agent.answer({ kind: "wait" });
      return;
    }
    const holdStill = this.#isVictim(agent);
    agent.answer({ kind: "claim", ...permission, ...(holdStill ? { holdStill } : {}) });
  }

  /** The first agent to ask once a third of the work is done holds its next claim until it is killed. */
  #isVictim(agent: AgentProcess): boolean {
    if (!this.#mayKill || this.#victim !== undefined) return this.#victim === agent;
    if (this.#budget.completedCount < Math.floor(this.#options.taskCount / 3)) return false;
    this.#victim = agent;
    return true;
  }

  #followVictim(agent: AgentProcess, { task, fence, still }: HoldsMessage): void {
    const { clock, progress } = this.#options;
    if (still) {
      this.#kill = {
        agent: agent.name,
        task,
        fence,
        takenBy: undefined,
        takenAfterMs: undefined,
        atMs: clock.monotonicMs(),
      };
      this.#budget.died(agent.name);
      progress.news(`${agent.name} is killed (SIGKILL) while it holds ${task} under fence ${fence}`);
      void agent.kill();
    } else if (this.#kill !== undefined && this.#kill.task === task && this.#kill.takenBy === undefined) {
      const takenAfterMs = clock.monotonicMs() - this.#kill.atMs;
      this.#kill = { ...this.#kill, takenBy: agent.name, takenAfterMs };
      progress.news(
        `${agent.name} takes over ${task} under fence ${fence}, ${(takenAfterMs / 1000).toFixed(1)} s later`,
      );
    }
  }

  #draw(): void {
    this.#options.progress.update({
      elapsedMs: this.#options.clock.monotonicMs() - this.#startedMs,
      completedCount: this.#budget.completedCount,
      taskCount: this.#options.taskCount,
      commitCount: this.#agents.reduce((sum, agent) => sum + agent.commitCount, 0),
      agents: this.#agents.map(({ name, doing }) => ({ name, doing })),
    });
  }

  #assertSomethingHappens(): void {
    if (this.#options.clock.monotonicMs() - this.#heardMs < silenceLimitMs) return;
    const { completedCount } = this.#budget;
    throw new Error(
      `The session stands still: ${completedCount} of ${this.#options.taskCount} tasks completed and no agent got on for ${silenceLimitMs / 1000} s`,
    );
  }
}
