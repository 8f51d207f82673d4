/** The plain model of a store: a list of commits, each the whole content as a map. */
export interface Version {
  readonly version: number;
  readonly seq: number;
  /** `undefined`: deleted. */
  readonly text: string | undefined;
}

export class MapModel {
  /** By seq; 0 is the empty store. */
  readonly #states: ReadonlyMap<string, Version>[] = [new Map()];
  /** Everything up to here was acknowledged as durable: no power cut may take it. */
  #durableSeq = 0;

  get head(): number {
    return this.#states.length - 1;
  }

  get durableSeq(): number {
    return this.#durableSeq;
  }

  /** What is there at a seq, as text by id. */
  textsAt(seq: number): Readonly<Record<string, string>> {
    const texts: Record<string, string> = {};
    for (const [id, { text }] of this.#stateAt(seq)) if (text !== undefined) texts[id] = text;
    return texts;
  }

  versionAt(seq: number, id: string): Version | undefined {
    return this.#stateAt(seq).get(id);
  }

  /** Every version of an entity, deletions included. */
  history(id: string): readonly Version[] {
    return this.#states.flatMap((state, seq) => {
      const version = state.get(id);
      return version?.seq === seq && seq > 0 ? [version] : [];
    });
  }

  /** A commit: these ids now have these texts, or are deleted. */
  commit(changes: ReadonlyMap<string, string | undefined>, options: { readonly isDurable: boolean }): number {
    const seq = this.#states.length;
    const state = new Map(this.#stateAt(seq - 1));
    for (const [id, text] of changes) state.set(id, { version: (state.get(id)?.version ?? 0) + 1, seq, text });
    this.#states.push(state);
    if (options.isDurable) this.#durableSeq = seq;
    return seq;
  }

  /** A power cut took the commits after `seq`. */
  cutBackTo(seq: number): void {
    this.#states.length = seq + 1;
    this.#durableSeq = Math.min(this.#durableSeq, seq);
  }

  #stateAt(seq: number): ReadonlyMap<string, Version> {
    const state = this.#states[seq];
    if (state === undefined) throw new RangeError(`The model has no state ${seq}`);
    return state;
  }
}
