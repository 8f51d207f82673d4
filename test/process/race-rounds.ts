/** Two processes race for the same thing, round after round; each round begins for both at once. */
import type { ChildProcess } from "node:child_process";
import { startChild } from "./child-processes.ts";

export type RacerRole = "claim next" | "complete" | "create child";

export interface Race {
  readonly storeDir: string;
  readonly roles: readonly [RacerRole, RacerRole];
  readonly rounds: number;
  /** Makes what a round is about; gives the id of the task. */
  readonly prepare: (round: number) => Promise<string>;
  /** Looks at a round that is over. */
  readonly judge: (round: { readonly task: string; readonly outcomes: readonly string[] }) => Promise<void> | void;
}

export async function runRace({ storeDir, roles, rounds, prepare, judge }: Race): Promise<void> {
  const children = roles.map((role, index) =>
    startChild<object>("race-rounds.mjs", { storeDir, agent: `racer-${index}`, role }),
  );
  await Promise.all(children.map((child) => child.ready));
  for (let round = 0; round < rounds; round += 1) {
    const task = await prepare(round);
    const outcomes = await Promise.all(children.map((child) => askRacer(child.process, { round, task })));
    await judge({ task, outcomes });
  }
  for (const child of children) child.process.send({ end: true });
  await Promise.all(children.map((child) => child.answer));
}

function askRacer(child: ChildProcess, asked: { readonly round: number; readonly task: string }): Promise<string> {
  return new Promise((resolve, reject) => {
    const onExit = (): void => reject(new Error(`A racer ended in round ${asked.round}`));
    const onMessage = (message: { readonly round?: number; readonly outcome?: string }): void => {
      if (message.round !== asked.round || message.outcome === undefined) return;
      child.off("message", onMessage);
      child.off("exit", onExit);
      resolve(message.outcome);
    };
    child.on("message", onMessage);
    child.once("exit", onExit);
    child.send(asked);
  });
}
