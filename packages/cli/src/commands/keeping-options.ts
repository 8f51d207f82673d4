/** What the commands that keep a store pass on to the library: the machine they run on, and who is told of progress. */
import type { KeepingOptions, KeepingProgress } from "@knotwork/graph";
import type { CommandContext } from "../command-context.ts";

export function keepingOptionsOf(context: CommandContext): Required<KeepingOptions> {
  const { disk, clock, random } = context.environment;
  return { disk, clock, random, onProgress: (progress) => showProgress(context, progress) };
}

/** One line that is written over, on terminals only; gone when the work is done. */
export function showProgress(context: CommandContext, { step, done, total }: KeepingProgress): void {
  context.progress(done >= total ? "" : `${step}: ${Math.floor((100 * done) / total)} %`);
}
