import type { Command } from "./command.ts";

/** A command by its name; its file is imported when it is run or explained. */
export interface CommandEntry {
  /** `task create`, as typed. */
  readonly path: string;
  readonly summary: string;
  /** Other words people try; answered with this command's name. */
  readonly misspellings?: readonly string[];
  /** It takes away what is there. Errors lead to its help, never to itself: agents run what errors say. */
  readonly destroys?: true;
  readonly load: () => Promise<Command>;
}
