import { expect, test } from "vitest";
import { openProgress, type ProgressState } from "./progress.ts";

function makeState(completedCount: number, elapsedMs = 0): ProgressState {
  const agents = [{ name: "agent-1", doing: "T-1 Wipe \u001b[2J the screen" }];
  return { completedCount, taskCount: 20, commitCount: completedCount * 5, elapsedMs, agents };
}

function makeOutput(isTTY: boolean): {
  readonly isTTY: boolean;
  readonly columns: number;
  written: string;
  write(text: string): void;
} {
  return {
    isTTY,
    columns: 60,
    written: "",
    write(text) {
      this.written += text;
    },
  };
}

test("away from a terminal a line is printed for each tenth of the work", () => {
  const output = makeOutput(false);
  const progress = openProgress(output);
  for (let completed = 0; completed <= 20; completed += 1) progress.update(makeState(completed));
  expect(output.written.trimEnd().split("\n")).toHaveLength(10);
  expect(output.written).not.toContain("\u001b");
  expect(output.written).toContain("20/20 tasks, 100 commits");
});

test("on a terminal the board is drawn over itself and news stay above it", () => {
  const output = makeOutput(true);
  const progress = openProgress(output);
  progress.update(makeState(1, 0));
  progress.update(makeState(2, 10));
  expect(output.written).not.toContain("2/20");
  progress.news("agent-2 was killed");
  progress.update(makeState(3, 20));
  progress.finish();
  expect(output.written.split("\u001b[2A\u001b[J")).toHaveLength(3);
  expect(output.written).toContain("agent-2 was killed\n");
});

test("a task's title cannot move the cursor", () => {
  const output = makeOutput(true);
  openProgress(output).update(makeState(1));
  expect(output.written).not.toContain("\u001b[2J");
});
