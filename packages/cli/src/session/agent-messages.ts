/** What agent processes and the process that started them tell each other. The work itself goes through the store only. */

/** Given to an agent on its command line, as JSON. */
export interface AgentJob {
  readonly agent: string;
  /** Every agent of the session, this one included: whom work can be handed to. */
  readonly agents: readonly string[];
  readonly storeDir: string;
  /** Where this agent writes down what the store acknowledged: a file outside the store. */
  readonly acknowledgementsFile: string;
  readonly leaseMs: number;
  /** Names this run: idempotency keys of two sessions in one store never meet. */
  readonly run: string;
  readonly seed: number;
}

/** From an agent. `commits`: how many were acknowledged to it so far. */
export type AgentMessage = { readonly commits: number } & (
  | { readonly kind: "wants-work" }
  | { readonly kind: "nothing-ready" }
  /** `still`: it holds the claim, does nothing and waits, as it was asked to. */
  | {
      readonly kind: "holds";
      readonly task: string;
      readonly title: string;
      readonly fence: number;
      readonly still: boolean;
    }
  | { readonly kind: "completed"; readonly task: string; readonly fence: number }
  | { readonly kind: "handed-over"; readonly task: string; readonly to: string }
  | { readonly kind: "lost"; readonly task: string }
  /** `conflicts`: how many of its transactions were repeated; absent when the engine does not count them. */
  | { readonly kind: "done"; readonly conflicts?: number }
);

/** To an agent that wants work. */
export type WorkAnswer =
  /** Claim one: the given task, else the next ready one. `holdStill`: claim it, say so, and wait (to be killed). */
  | { readonly kind: "claim"; readonly task?: string; readonly holdStill?: boolean }
  /** Nothing to claim now; others may still hand something over. */
  | { readonly kind: "wait" }
  | { readonly kind: "stop" };
