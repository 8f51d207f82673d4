/** What a task waits for, and what that waits for, as a small tree: each task once, bounded in depth and size. */
import type { Knot, Task } from "@knotwork/domain";
import type { Look } from "../command.ts";
import { span, type TreeNode } from "../output/document.ts";
import { shortIds } from "./short-ids.ts";
import { statusSpan } from "./task-view.ts";

const DEPTH_MAX = 3;
const TASKS_MAX = 30;

export interface DependencyNode {
  readonly id: string;
  readonly task: Task | undefined;
  readonly children: readonly DependencyNode[];
  /** It stands further up in the tree, with its children. */
  readonly repeated: boolean;
}

export interface DependencyTree {
  readonly roots: readonly DependencyNode[];
  /** There was more than is shown. */
  readonly cut: boolean;
}

export async function readDependencyTree(knot: Knot, id: string): Promise<DependencyTree> {
  const seen = new Set([id]);
  let cut = false;
  const below = async (parent: string, depth: number): Promise<readonly DependencyNode[]> => {
    const edges = await knot.edges.list({ from: parent, type: "DEPENDS_ON" });
    const nodes: DependencyNode[] = [];
    for (const { to } of edges) {
      if (depth > DEPTH_MAX || seen.size > TASKS_MAX) {
        cut = true;
        break;
      }
      const repeated = seen.has(to);
      seen.add(to);
      const task = await knot.tasks.get(to);
      nodes.push({ id: to, task, children: repeated ? [] : await below(to, depth + 1), repeated });
    }
    return nodes;
  };
  return { roots: await below(id, 1), cut };
}

export function dependencyTreeNodes({ roots }: DependencyTree, look: Look): readonly TreeNode[] {
  const short = shortIds(idsIn(roots));
  const toNode = ({ id, task, children, repeated }: DependencyNode): TreeNode => ({
    content: [
      ...(task === undefined ? [] : [statusSpan(task.status, look), "  "]),
      short(id),
      `  ${task?.title ?? ""}`,
      ...(repeated ? [span("  (see above)", "dim")] : []),
    ],
    children: children.map(toNode),
  });
  return roots.map(toNode);
}

function idsIn(nodes: readonly DependencyNode[]): readonly string[] {
  return nodes.flatMap(({ id, children }) => [id, ...idsIn(children)]);
}
