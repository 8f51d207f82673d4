/** The state of the store at one seq: what the overlay says, else what the generation's runs say. */
import { keyPrefixEnd, mergeScan } from "@knotwork/indexer";
import type { SortedRun } from "@knotwork/indexer";
import type { EngineSnapshot, IndexHit, ScanPage, ScanRequest } from "../engine.ts";
import type { StoredVersion } from "../entity.ts";
import { idOfKey } from "../index-keys.ts";
import { findMentions } from "./find-mentions.ts";
import type { Generation } from "./generation.ts";
import { indexPrefix, intervalRange } from "./index-layout.ts";
import type { Overlay } from "./overlay.ts";

const BUILT_IN: ReadonlySet<string> = new Set(["type", "out", "in"]);

export class LocalSnapshot implements EngineSnapshot {
  readonly seq: number;
  readonly generation: Generation;
  readonly overlay: Overlay;
  /** The last answer: queries of several types, and the pages of one, ask the same. */
  #mentioned: { readonly key: string; readonly ids: ReadonlySet<string> | undefined } | undefined;

  constructor(generation: Generation, overlay: Overlay, seq: number) {
    this.generation = generation;
    this.overlay = overlay;
    this.seq = seq;
  }

  get fileReads(): number {
    return this.generation.fileReads;
  }

  get(id: string): StoredVersion | undefined {
    const recent = this.overlay.versionAt(id, this.seq);
    return recent === undefined ? this.generation.versionAt(id, this.seq) : this.overlay.read(recent);
  }

  getMany(ids: readonly string[]): readonly (StoredVersion | undefined)[] {
    const found = ids.map((id) => {
      const recent = this.overlay.versionAt(id, this.seq);
      return recent === undefined ? undefined : this.overlay.read(recent);
    });
    const older = ids.filter((_, at) => found[at] === undefined);
    const settled = this.generation.versionsAt(older, this.seq).values();
    return found.map((recent) => recent ?? settled.next().value);
  }

  scan(request: ScanRequest): ScanPage {
    return this.generation.withIndex((runs) => this.#scan(request, runs));
  }

  #scan(request: ScanRequest, runs: readonly SortedRun[]): ScanPage {
    const { index, limit, reverse = false } = request;
    const { overlay, seq } = this;
    const prefixLength = indexPrefix(index).length;
    const hits: IndexHit[] = [];
    const range = intervalRange(request, keyPrefixEnd);
    // Most commands meet a store without a tail: its runs are then all there is.
    const hasTail = overlay.head > overlay.base;
    for (const entry of mergeScan(hasTail ? [overlay.index(request), ...runs] : runs, { ...range, seq, reverse })) {
      const id = idOfKey(entry.key);
      const recent = hasTail ? overlay.versionAt(id, seq) : undefined;
      // A run, or an older version in the tail, may still name a key that a later version gave up.
      if (recent !== undefined && (recent.op === "delete" || recent.seq !== entry.seq)) continue;
      hits.push({ key: entry.key.slice(prefixLength), id });
      if (hits.length >= limit) return { hits, done: false };
    }
    return { hits, done: true };
  }

  mentioning(texts: readonly string[]): ReadonlySet<string> | undefined {
    const { generation, overlay, seq } = this;
    const key = JSON.stringify(texts);
    if (this.#mentioned?.key !== key) this.#mentioned = { key, ids: findMentions({ generation, overlay, seq, texts }) };
    return this.#mentioned.ids;
  }

  history(id: string): readonly StoredVersion[] {
    const versions = [...this.generation.versions(id, this.seq)];
    const recent: StoredVersion[] = [];
    const lastSeq = versions.at(-1)?.seq ?? 0;
    for (const version of this.overlay.versionsUpTo(id, this.seq)) {
      if (version.seq <= lastSeq) break;
      recent.push(this.overlay.read(version));
    }
    return [...versions, ...recent.reverse()];
  }

  hasIndex(index: string): boolean {
    if (BUILT_IN.has(index)) return true;
    return this.generation.hasIndex(index) && this.overlay.definitions.some((definition) => definition.name === index);
  }
}
