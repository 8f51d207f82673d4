/** What an agent of the session thinks, decides and says: words for a rehearsal, made from the task at hand. */
import type { Random } from "@knotwork/disk";
import type { HandoffMessage, NewDecision, NewNote, Task } from "@knotwork/domain";

const approaches = [
  { choice: "the smallest change that can be shown to work", over: "a rewrite of the part around it" },
  { choice: "one transaction for all of it", over: "several steps with a clean-up job" },
  { choice: "a test that fails first", over: "a check by hand" },
  { choice: "what the code base does elsewhere", over: "a new pattern" },
];

export function noteOf(task: Task, index: number): NewNote {
  return index === 0
    ? {
        kind: "plan",
        text: `Read "${task.title}" and what it depends on; look for the smallest step that can be checked.`,
      }
    : { kind: "observation", text: `The step for "${task.title}" holds; nothing else has to move with it.` };
}

export function decisionOf(task: Task, random: Random): NewDecision {
  const approach = approaches[Math.floor(random() * approaches.length)] ?? { choice: "to go on", over: "waiting" };
  return {
    title: `Choose ${approach.choice} for ${task.id}`,
    rationale: `"${task.title}" is ${task.priority}; ${approach.choice} can be taken back in one step.`,
    alternatives: [approach.over],
    affects: [task.id],
  };
}

export function handoffMessageOf(task: Task): HandoffMessage {
  return {
    instructions: `Go on with "${task.title}" and complete it.`,
    done: ["read the task and what it depends on"],
    remaining: ["carry it out", "complete the task"],
    uncertain: ["nothing that the decision log does not say"],
  };
}

export function retrospectiveOf(task: Task): string {
  return `Done as planned; what was decided on the way affects ${task.id} only.`;
}
