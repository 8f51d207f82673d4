/**
 * The graph as one state of it: what the domain reads and writes through a graph goes to a snapshot, or into a transaction
 * that is open already. So what is made of several calls sees one state, and happens as one.
 */
import type { Committed, TransactOptions } from "@knotwork/graph";
import type { KnotContext } from "./knot-context.ts";
import type { Reader } from "./reader.ts";
import type { KnotGraph, KnotTransaction } from "./types/knot-types.ts";

type Run<T> = (tx: KnotTransaction) => Promise<T> | T;

/** Reads see the snapshot; the caller writes nothing. */
export function contextOverSnapshot(context: KnotContext, snapshot: Reader & { readonly seq: number }): KnotContext {
  return { ...context, graph: graphOver(snapshot, snapshot.seq, () => Promise.reject(readsOnly())) };
}

/**
 * Every write joins the transaction: it is committed with it, or not at all. What comes back has seq 0 and no times, and
 * idempotency keys of single writes do not count.
 */
export function contextInTransaction(context: KnotContext, tx: KnotTransaction): KnotContext {
  const join = async <T>(run: Run<T>): Promise<Committed<T>> => {
    return { value: await run(tx), seq: 0, time: undefined, duplicate: false };
  };
  return { ...context, graph: graphOver(tx, 0, join) };
}

/** The part of a graph that the calls of the domain use. */
function graphOver(
  reads: Reader,
  seq: number,
  transact: <T>(run: Run<T>, options?: TransactOptions) => Promise<Committed<T>>,
): KnotGraph {
  const state = {
    get: reads.get.bind(reads),
    getMany: reads.getMany.bind(reads),
    getEdge: reads.getEdge.bind(reads),
    edges: reads.edges.bind(reads),
    edgesFrom: reads.edgesFrom.bind(reads),
    links: reads.links.bind(reads),
    idsEndingWith: reads.idsEndingWith.bind(reads),
    query: reads.query.bind(reads),
    walk: reads.walk.bind(reads),
    transact,
    snapshot: () => Promise.resolve({ ...state, seq, release: () => undefined }),
    read: async <T>(read: (view: unknown) => Promise<T>): Promise<T> => await read({ ...state, seq }),
  };
  return state as unknown as KnotGraph;
}

function readsOnly(): TypeError {
  return new TypeError("Cannot write: this is a snapshot");
}
