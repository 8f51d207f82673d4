/** What a task waits for, and what that waits for, as a small tree: each task once, bounded in depth and size. */
import type { Knot, Task } from "@knotwork/domain";
import type { Look } from "../command.ts";
import { span, type TreeNode } from "../output/document.ts";
import { statusSpan } from "./task-view.ts";

const DEPTH_MAX = 3;
const TASKS_MAX = 30;

export interface DependencyNode {
  readonly id: string;
  readonly children: readonly DependencyNode[];
  readonly toNode: (look: Look) => TreeNode;
}

export interface DependencyTree {
  readonly children: readonly DependencyNode[];
  /** There was more than is shown. */
  readonly cut: boolean;
}

export async function dependencyTree(knot: Knot, id: string): Promise<DependencyTree> {
  const seen = new Set([id]);
  let cut = false;
  const below = async (parent: string, depth: number): Promise<readonly DependencyNode[]> => {
    const edges = await knot.edges.list({ from: parent, type: "DEPENDS_ON" });
    if (depth > DEPTH_MAX) {
      cut ||= edges.length > 0;
      return [];
    }
    const nodes: DependencyNode[] = [];
    for (const { to } of edges) {
      if (seen.size > TASKS_MAX) {
        cut = true;
        break;
      }
      const again = seen.has(to);
      seen.add(to);
      nodes.push(nodeOf(to, await knot.tasks.get(to), again ? [] : await below(to, depth + 1), again));
    }
    return nodes;
  };
  return { children: await below(id, 1), cut };
}

function nodeOf(
  id: string,
  task: Task | undefined,
  children: readonly DependencyNode[],
  again: boolean,
): DependencyNode {
  return {
    id,
    children,
    toNode: (look) => ({
      content:
        task === undefined
          ? [span(id, "dim")]
          : [statusSpan(task.status, look), `  ${id}  ${task.title}`, ...(again ? [span("  (see above)", "dim")] : [])],
      children: children.map((child) => child.toNode(look)),
    }),
  };
}
