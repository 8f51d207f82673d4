/**
 * Computes index entries from history: at a checkpoint, for a definition that is new, and for all of the store when index
 * runs are missing or damaged. Pure but for the look-up of earlier versions.
 */
import { compareEntries, EntrySorter, mergedEntries, MemoryRun } from "@knotwork/indexer";
import type { EntrySource, IndexEntry } from "@knotwork/indexer";
import type { IndexDefinition } from "../engine.ts";
import { declaredFields, pickFields, textFields } from "../index-keys.ts";
import type { HistoryLine } from "./history-run.ts";
import { commitEntries, indexEntries, versionEntry } from "./index-layout.ts";
import type { IndexedCommit, LinePosition, VersionIdentity } from "./index-layout.ts";
import { fieldsOf } from "./operation-row.ts";

export interface IndexBuildOptions {
  readonly definitions: readonly IndexDefinition[];
  /** The newest version of `id` with seq <= `seq`, from the runs before. */
  readonly versionBefore: (id: string, seq: number) => VersionIdentity | undefined;
  /** Only the entries of `definitions`: the others are there already. */
  readonly onlyDeclared?: boolean;
}

/** Collects the entries of commits and versions; hand it these in order. */
export class IndexBuild {
  readonly #options: IndexBuildOptions;
  readonly #fields = new Map<string, IndexedFields>();
  /** The last version of each entity seen here, without the properties that no index looks at. */
  readonly #latest = new Map<string, VersionIdentity>();
  readonly #sorter = new EntrySorter();

  constructor(options: IndexBuildOptions) {
    this.#options = options;
  }

  /** Bytes of the entries collected: about what they need in memory. */
  get byteLength(): number {
    return this.#sorter.byteLength;
  }

  add(line: HistoryLine): void {
    if (line.kind === "version")
      this.addVersion(withIndexedFields(line.version, this.#fieldsOf(line.version.type)), line);
    else this.addCommit({ seq: line.commit.commit, txid: line.commit.txid, key: line.commit.key }, line);
  }

  addCommit(commit: IndexedCommit, position: LinePosition): void {
    if (this.#options.onlyDeclared === true) return;
    for (const entry of commitEntries(commit, position)) this.#sorter.add(entry);
  }

  /** @param version of its properties, the declared fields (and `texts`) are enough: it is kept */
  addVersion(version: VersionIdentity, position: LinePosition): void {
    const { definitions, onlyDeclared = false, versionBefore } = this.#options;
    const before =
      version.version === 1 ? undefined : (this.#latest.get(version.id) ?? versionBefore(version.id, version.seq - 1));
    if (!onlyDeclared) this.#sorter.add(versionEntry(version, position));
    for (const entry of indexEntries(version, before, definitions, !onlyDeclared)) this.#sorter.add(entry);
    this.#latest.set(version.id, version);
  }

  /** Forgets which versions were seen: `versionBefore` is asked for them from now on. */
  forgetVersions(): void {
    this.#latest.clear();
  }

  /** All entries collected, for a merge; then it has none. */
  takeSources(): readonly EntrySource[] {
    return this.#sorter.takeSources();
  }

  /** All entries collected, in order; then it has none. */
  takeEntries(): IterableIterator<IndexEntry> {
    return mergedEntries(this.takeSources());
  }

  /** The same as one run in memory. */
  takeMemoryRun(): MemoryRun {
    return new MemoryRun([...this.takeEntries()].sort(compareEntries));
  }

  /** The fields of a type whose words are indexed. */
  textFieldsOf(type: string): ReadonlySet<string> {
    return this.#fieldsOf(type).texts;
  }

  #fieldsOf(type: string): IndexedFields {
    let fields = this.#fields.get(type);
    if (fields === undefined) {
      const { definitions } = this.#options;
      fields = { declared: declaredFields(definitions, type), texts: textFields(definitions, type) };
      this.#fields.set(type, fields);
    }
    return fields;
  }
}

interface IndexedFields {
  readonly declared: ReadonlySet<string>;
  readonly texts: ReadonlySet<string>;
}

function withIndexedFields(version: VersionIdentity, { declared, texts }: IndexedFields): VersionIdentity {
  const { id, type, seq, deleted, from, to } = version;
  return {
    id,
    type,
    version: version.version,
    seq,
    deleted,
    ...(from === undefined || to === undefined ? {} : { from, to }),
    props: fieldsOf(version.props, declared),
    ...(texts.size === 0 ? {} : { texts: pickFields(version.props, texts) }),
  };
}
