/** Edges whose ends are not there, and taking them out of a copy. */
import type { Engine } from "../../engine.ts";
import type { ScannedVersion } from "./scan-files.ts";
import type { StoreScan } from "./scan-store.ts";

export interface DanglingEdge extends ScannedVersion {
  readonly seq: number;
}

/** By the newest version of each entity that the scan proved. */
export function danglingEdges(scan: StoreScan): readonly DanglingEdge[] {
  const newest = new Map<string, DanglingEdge>();
  for (let seq = 1; seq <= scan.last; seq += 1)
    for (const version of scan.commits.get(seq)?.versions ?? []) newest.set(version.id, { ...version, seq });
  const isAlive = (id: string | undefined): boolean => id !== undefined && newest.get(id)?.deleted === false;
  return [...newest.values()].filter(
    ({ deleted, from, to }) => !deleted && from !== undefined && !(isAlive(from) && isAlive(to)),
  );
}

export async function removeEdges(engine: Engine, edges: readonly DanglingEdge[], txid: string): Promise<void> {
  const snapshotSeq = await engine.head();
  await engine.commit({
    txid,
    author: "knot doctor",
    snapshotSeq,
    reads: new Map(edges.map(({ id, version, seq }) => [id, { version, seq }])),
    ranges: [],
    writes: edges.map(({ id, type, version, from, to }) => ({
      op: "delete",
      id,
      type,
      version: version + 1,
      ...(from === undefined || to === undefined ? {} : { from, to }),
      props: {},
    })),
    durability: "balanced",
  });
}
