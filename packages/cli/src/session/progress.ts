/**
 * How the session goes, shown while it runs: on a terminal a board that is drawn over itself (a bar and one line an
 * agent), elsewhere a plain line whenever a tenth of the work is done. News are plain lines in both.
 */
import { sanitizeLine } from "../output/sanitize.ts";
import { truncateToWidth } from "../output/text-width.ts";

export interface ProgressOutput {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

export interface ProgressState {
  readonly elapsedMs: number;
  readonly completedCount: number;
  readonly taskCount: number;
  readonly commitCount: number;
  /** One entry an agent: what it does now. */
  readonly agents: readonly { readonly name: string; readonly doing: string }[];
}

export interface Progress {
  /** Something happened that stays on the screen. */
  news(text: string): void;
  /** Called often; draws when it is worth it. */
  update(state: ProgressState): void;
  /** Removes the board, if there is one. */
  finish(): void;
}

const redrawMs = 80;
const barCells = 30;
const plainSteps = 10;

export function openProgress(output: ProgressOutput): Progress {
  return output.isTTY === true ? new Board(output) : new PlainLines(output);
}

class PlainLines implements Progress {
  readonly #output: ProgressOutput;
  #nextStep = 1;

  constructor(output: ProgressOutput) {
    this.#output = output;
  }

  news(text: string): void {
    this.#output.write(`${sanitizeLine(text)}\n`);
  }

  update(state: ProgressState): void {
    if (state.completedCount * plainSteps < this.#nextStep * state.taskCount) return;
    this.#nextStep = Math.floor((state.completedCount * plainSteps) / state.taskCount) + 1;
    this.#output.write(`  ${summary(state)}\n`);
  }

  finish(): void {}
}

class Board implements Progress {
  readonly #output: ProgressOutput;
  #drawnLines = 0;
  #drawnAtMs = Number.NEGATIVE_INFINITY;

  constructor(output: ProgressOutput) {
    this.#output = output;
  }

  news(text: string): void {
    this.#erase();
    this.#output.write(`${sanitizeLine(text)}\n`);
    this.#drawnAtMs = Number.NEGATIVE_INFINITY;
  }

  update(state: ProgressState): void {
    if (state.elapsedMs - this.#drawnAtMs < redrawMs) return;
    this.#drawnAtMs = state.elapsedMs;
    // Some pseudo-terminals have no width: 0.
    const width = (this.#output.columns || 80) - 1;
    const nameCells = Math.max(...state.agents.map((agent) => agent.name.length));
    const lines = [
      `${bar(state)} ${summary(state)}`,
      ...state.agents.map(({ name, doing }) => `  ${name.padEnd(nameCells)}  ${sanitizeLine(doing)}`),
    ];
    this.#erase();
    this.#output.write(lines.map((line) => `${truncateToWidth(line, width)}\n`).join(""));
    this.#drawnLines = lines.length;
  }

  finish(): void {
    this.#erase();
  }

  #erase(): void {
    if (this.#drawnLines > 0) this.#output.write(`\u001b[${this.#drawnLines}A\u001b[J`);
    this.#drawnLines = 0;
  }
}

function bar({ completedCount, taskCount }: ProgressState): string {
  const full = Math.round((completedCount / taskCount) * barCells);
  return "█".repeat(full) + "░".repeat(barCells - full);
}

function summary({ completedCount, taskCount, commitCount, elapsedMs }: ProgressState): string {
  return `${completedCount}/${taskCount} tasks, ${commitCount} commits, ${(elapsedMs / 1000).toFixed(1)} s`;
}
