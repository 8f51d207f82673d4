/** What the conformance tests work with: an engine, and requests in few words. */
import { afterEach, beforeEach } from "vitest";
import type {
  CommitOutcome,
  CommitRequest,
  Engine,
  EngineSnapshot,
  IndexInterval,
  ReadStamp,
  RecordedRange,
  ScanPage,
  Write,
} from "../../engine.ts";
import { edgeId, idOfKey } from "../../index-keys.ts";
import type { JsonObject } from "../../json.ts";

/** An engine over a new, empty store, and how to reach that store again. */
export interface EngineUnderTest {
  readonly engine: Engine;
  /** Another engine over the same store, as another process would have it. Absent: the engine has no such thing. */
  readonly second?: () => Promise<Engine>;
  /** Closes everything that is open and opens the same store again. Absent: the store ends with its engine. */
  readonly reopen?: () => Promise<Engine>;
  close(): Promise<void>;
}

export type OpenSubject = () => Promise<EngineUnderTest>;

/** What a test finds open. */
export interface Given {
  readonly engine: Engine;
  readonly subject: EngineUnderTest;
}

/** Opens the subject before each test, closes it afterwards. */
export function useSubject(open: OpenSubject): Given {
  let subject: EngineUnderTest | undefined;
  const opened = (): EngineUnderTest => {
    if (subject === undefined) throw new TypeError("The engine is open only inside a test");
    return subject;
  };
  beforeEach(async () => {
    subject = await open();
  });
  afterEach(async () => {
    await subject?.close();
  });
  return {
    get engine() {
      return opened().engine;
    },
    get subject() {
      return opened();
    },
  };
}

let txCount = 0;

/** A transaction id no other request has. */
export function nextTxid(): string {
  txCount++;
  return `01TEST${String(txCount).padStart(20, "0")}`;
}

/** A transaction by hand: it reads, and says what it read, like those of the graph. */
export class TestTransaction {
  readonly snapshot: EngineSnapshot;
  readonly #reads = new Map<string, ReadStamp>();
  readonly #ranges: RecordedRange[] = [];
  readonly #writes: Write[] = [];

  constructor(snapshot: EngineSnapshot) {
    this.snapshot = snapshot;
  }

  /** Reads an entity; gives the version number seen, 0 for none. */
  async read(id: string): Promise<number> {
    const found = await this.snapshot.get(id);
    this.#reads.set(id, { version: found?.version ?? 0, seq: found?.seq ?? 0 });
    return found?.version ?? 0;
  }

  async readRange(interval: IndexInterval): Promise<ReadonlySet<string>> {
    const ids = new Set(await scanIds(this.snapshot, interval));
    this.#ranges.push({ ...interval, ids });
    return ids;
  }

  async put(id: string, props: JsonObject = {}, type = "item"): Promise<void> {
    const version = (await this.read(id)) + 1;
    const before = await this.snapshot.get(id);
    const createdAt = before === undefined || before.deleted ? {} : { createdAt: before.createdAt };
    this.#writes.push({ op: "put", id, type, version, props, ...createdAt });
  }

  async link(from: string, type: string, to: string): Promise<void> {
    const id = edgeId(from, type, to);
    const version = (await this.read(id)) + 1;
    this.#writes.push({ op: "put", id, type, version, from, to, props: {} });
  }

  async remove(id: string): Promise<void> {
    const before = await this.snapshot.get(id);
    const version = (await this.read(id)) + 1;
    const ends = before?.from === undefined || before.to === undefined ? {} : { from: before.from, to: before.to };
    this.#writes.push({ op: "delete", id, type: before?.type ?? "item", version, props: {}, ...ends });
  }

  request(more: Partial<CommitRequest> = {}): CommitRequest {
    return {
      txid: nextTxid(),
      author: "tester",
      snapshotSeq: this.snapshot.seq,
      reads: this.#reads,
      ranges: this.#ranges,
      writes: this.#writes,
      durability: "relaxed",
      ...more,
    };
  }
}

/** A transaction on the state now. Its snapshot is not released before the engine is closed. */
export async function begin(engine: Engine): Promise<TestTransaction> {
  return new TestTransaction(await engine.pin());
}

/** Commits what `fill` does, and expects that to succeed. Gives the seq. */
export async function commit(engine: Engine, fill: (tx: TestTransaction) => Promise<unknown>): Promise<number> {
  const snapshot = await engine.pin();
  try {
    const tx = new TestTransaction(snapshot);
    await fill(tx);
    const outcome = await engine.commit(tx.request());
    if (outcome.status !== "committed") throw new Error(`Expected a commit, not a ${outcome.status}`);
    return outcome.seq;
  } finally {
    snapshot.release();
  }
}

export async function statusOf(outcome: Promise<CommitOutcome>): Promise<string> {
  return (await outcome).status;
}

export async function scanIds(
  snapshot: EngineSnapshot,
  interval: IndexInterval,
  options: { readonly reverse?: boolean; readonly limit?: number } = {},
): Promise<readonly string[]> {
  const { reverse = false, limit = 1000 } = options;
  const ids: string[] = [];
  let { lower, upper } = interval;
  for (;;) {
    const page: ScanPage = await snapshot.scan({ index: interval.index, lower, upper, reverse, limit });
    ids.push(...page.hits.map((hit) => idOfKey(hit.key)));
    if (page.done) return ids;
    const last = page.hits.at(-1)?.key;
    if (last === undefined) continue;
    if (reverse) upper = last;
    else lower = `${last}\0`;
  }
}
