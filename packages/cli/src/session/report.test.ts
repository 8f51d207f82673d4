import { expect, test } from "vitest";
import type { Acknowledgement } from "./acknowledgements.ts";
import { reportLines } from "./report.ts";

function acknowledge(agent: string, kind: Acknowledgement["kind"], latencyMs: number, atMs = 0): Acknowledgement {
  return { agent, kind, key: "k", seq: 1, task: "T-1", fence: 1, latencyMs, atMs };
}

test("the report counts what was acknowledged and names the killed agent's successor", () => {
  const kill = { agent: "agent-3", task: "T-1", fence: 1, takenBy: "agent-2", takenAfterMs: 3100 };
  const outcome = {
    agents: ["agent-1", "agent-2", "agent-3"],
    elapsedMs: 2000,
    completedCount: 2,
    conflictCount: 4,
    kill,
  };
  const acknowledgements = [
    acknowledge("agent-1", "claim", 1),
    acknowledge("agent-1", "complete", 3),
    acknowledge("agent-2", "note", 20, 900),
    acknowledge("agent-3", "claim", 2, 2000),
  ];
  const text = reportLines(outcome, acknowledgements).join("\n");
  expect(text).toContain("2 completed in 2.0 s by 3 agents");
  expect(text).toContain("4 acknowledged, 2 per second on average, 3 in the busiest second");
  expect(text).toContain("4 retried");
  expect(text).toContain("p50 2.00 ms, p99 20 ms, max 20 ms");
  expect(text).toContain("1 to 2 commits an agent (0.50)");
  expect(text).toContain("agent-3 died holding T-1 under fence 1; agent-2 took it over 3.1 s later");
});
