/** The agent's line to the process that started it. */
import type { AgentMessage, WorkAnswer } from "./agent-messages.ts";

/** A message without the count of commits, which is added here. */
export type AgentNews = AgentMessage extends infer Message
  ? Message extends AgentMessage
    ? Omit<Message, "commits">
    : never
  : never;

export interface Parent {
  tell(news: AgentNews): void;
  /** Asks for work and waits for the answer. */
  ask(): Promise<WorkAnswer>;
  /** Says goodbye and closes the line: nothing keeps the process alive any more. */
  end(conflicts: number | undefined): Promise<void>;
}

/** `commitCount` is asked for with every message. */
export function openParent(commitCount: () => number): Parent {
  const send = (news: AgentNews, sent?: () => void): void => {
    const message = { ...news, commits: commitCount() } as AgentMessage;
    process.send?.(message, undefined, undefined, sent === undefined ? undefined : () => sent());
  };
  // An agent whose session is gone must not go on.
  process.once("disconnect", () => process.exit(1));
  return {
    tell: (news) => send(news),
    ask: () =>
      new Promise((resolve) => {
        process.once("message", (answer) => resolve(answer as WorkAnswer));
        send({ kind: "wants-work" });
      }),
    end: (conflicts) =>
      new Promise((resolve) => {
        process.removeAllListeners("disconnect");
        send({ kind: "done", ...(conflicts === undefined ? {} : { conflicts }) }, () => {
          process.disconnect();
          resolve();
        });
      }),
  };
}
