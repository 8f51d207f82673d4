/** Edges as the domain writes and shows them: canonical direction, checked waiting relations, weight and confidence. */
import type { Edge, Entity, JsonObject } from "@knotwork/graph";
import { DomainError } from "./domain-error.ts";
import { parentClosed } from "./lifecycle.ts";
import { type EdgeMeaning, edgeMeaning } from "./meaning.ts";
import { assertEdgeType, canonicalEdge, type EdgeEnds, edgeTypes, waitingTypes } from "./relations.ts";
import { ofType } from "./typed-entity.ts";
import { assertNoCycle, hasFinished } from "./waiting.ts";
import type { EdgeTypeProps } from "./types/edge-type.ts";
import type { KnotTransaction } from "./types/knot-types.ts";

export interface EdgeProps {
  readonly weight?: number;
  /** Between 0 and 1. */
  readonly confidence?: number;
  readonly properties?: JsonObject;
}

export interface EdgeView extends EdgeEnds, EdgeProps {
  readonly id: string;
  readonly version: number;
  readonly seq: number;
  readonly createdAt: string;
  readonly createdBy: string;
}

/**
 * Links two entities inside a transaction, under either spelling of the type. An edge that is there already gets the
 * props given; without any it stays as it is.
 *
 * @throws DomainError INVALID_VALUE, CYCLE, PARENT_CLOSED
 * @throws GraphError NOT_FOUND, DANGLING_EDGE when an end is missing
 */
export async function linkEdge(tx: KnotTransaction, ends: EdgeEnds, props: EdgeProps = {}): Promise<Edge> {
  assertEdgeType(ends.type);
  assertEdgeProps(props);
  const { from, type, to } = canonicalEdge(ends);
  const existing = await tx.getEdge(from, type, to);
  if (existing !== undefined) {
    return Object.keys(props).length === 0 ? existing : linkOpenType(tx, { from, type, to }, props);
  }
  if (waitingTypes.includes(type)) await assertNoCycle(tx, { from, type, to }, waitingTypes);
  else if (await isDeclaredAcyclic(tx, type)) await assertNoCycle(tx, { from, type, to }, [type]);
  if (type === "PARENT_OF") await assertChildMayJoin(tx, from, to);
  return linkOpenType(tx, { from, type, to }, { ...props, ...(await meaningNow(tx, { from, to })) });
}

/** What an edge between the two remembers of them from now on; nothing of what has no title. */
export async function meaningNow(
  tx: KnotTransaction,
  { from, to }: Pick<EdgeEnds, "from" | "to">,
): Promise<{ readonly meaning?: EdgeMeaning }> {
  const [start, end] = [await tx.get(from), await tx.get(to)];
  const meaning = start === undefined || end === undefined ? {} : edgeMeaning(start, end);
  return Object.keys(meaning).length === 0 ? {} : { meaning };
}

/** The id of the declaration of an edge type. */
export function edgeTypeId(name: string): string {
  return `ET-${name}`;
}

async function isDeclaredAcyclic(tx: KnotTransaction, type: string): Promise<boolean> {
  if ((edgeTypes as readonly string[]).includes(type)) return false;
  const declared: Entity<EdgeTypeProps> | undefined = ofType(await tx.get(edgeTypeId(type)), "edge_type");
  return declared?.props.acyclic === true;
}

/** No edge type is declared, so that users can add their own: the compiler is given one spelling for all. */
export async function linkOpenType(
  tx: KnotTransaction,
  { from, type, to }: EdgeEnds,
  props: EdgeProps & { readonly meaning?: EdgeMeaning },
): Promise<Edge> {
  return tx.link(from, type as "RELATES_TO", to, { ...props });
}

export function edgeView(edge: Edge): EdgeView {
  const { id, from, type, to, version, seq, createdAt, author, props } = edge;
  const { meaning: _meaning, ...shown } = props;
  return Object.freeze({ id, from, type, to, ...shown, version, seq, createdAt, createdBy: author });
}

/** An open task does not come under a finished parent. */
async function assertChildMayJoin(tx: KnotTransaction, parent: string, child: string): Promise<void> {
  const [above, below] = [await tx.get(parent), await tx.get(child)];
  if (above === undefined || below === undefined || !hasFinished(above) || hasFinished(below)) return;
  if (above.props["status"] === undefined) return;
  throw parentClosed(child, [parent]);
}

function assertEdgeProps({ weight, confidence }: EdgeProps): void {
  const weightOk = weight === undefined || Number.isFinite(weight);
  const confidenceOk = confidence === undefined || (confidence >= 0 && confidence <= 1);
  if (weightOk && confidenceOk) return;
  throw new DomainError(
    "INVALID_VALUE",
    `Cannot weigh an edge by ${weightOk ? confidence : weight}: it is out of range`,
    {
      hint: "A weight is a finite number, a confidence one between 0 and 1.",
    },
  );
}
