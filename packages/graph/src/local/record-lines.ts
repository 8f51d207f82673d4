/**
 * Moves a record of the log into history: its commit line and a line for each version. Bodies are copied as the bytes they
 * are, and nothing of them is parsed (decision 0150) but the texts whose words are indexed.
 */
import { bodyStarts, jsonText, resultText } from "@knotwork/wal";
import type { RecordLine } from "@knotwork/wal";
import type { IndexDefinition } from "../engine.ts";
import { pickFields } from "../index-keys.ts";
import type { JsonObject } from "../json.ts";
import type { LinePlace, LineWriter } from "./construction.ts";
import type { IndexBuild } from "./index-build.ts";
import { decodeRow } from "./operation-row.ts";
import type { VersionRow } from "./operation-row.ts";

export class RecordLines {
  readonly #writer: LineWriter;
  readonly #build: IndexBuild;
  readonly #definitions: readonly IndexDefinition[];
  /** How many of `definitions` were declared before the record at hand: its rows hold the fields of those. */
  #definitionCount: number;
  #versions = 0;

  /** @param declared how many of `definitions` were declared before the first record */
  constructor(
    writer: LineWriter,
    build: IndexBuild,
    { definitions, declared }: { readonly definitions: readonly IndexDefinition[]; readonly declared: number },
  ) {
    this.#writer = writer;
    this.#build = build;
    this.#definitions = definitions;
    this.#definitionCount = declared;
  }

  /** How many versions were written. */
  get versions(): number {
    return this.#versions;
  }

  /** Writes the lines of the record, and adds their index entries. @throws DiskError ENOSPC */
  add(record: RecordLine): void {
    const rows = record.head.rows.map(decodeRow);
    const defines = rows.flatMap((row) => (row.op === "define" ? [row.definition] : []));
    const { seq, txid, key } = record.head;
    const place = this.#writeCommit(record, defines, rows.length - defines.length);
    this.#build.addCommit({ seq, txid, key }, place);
    const { time, sizes } = record.head;
    const author = jsonText(record.head.author);
    const starts = bodyStarts(record.head, record.location);
    for (const [index, row] of rows.entries()) {
      const start = starts[index] ?? 0;
      if (row.op === "define") this.#definitionCount += 1;
      else {
        const body = row.op === "delete" ? NO_PROPS : record.line.subarray(start, start + (sizes[index] ?? 0));
        this.#addVersion(row, body, { seq, time, author });
      }
    }
  }

  #addVersion(
    row: VersionRow,
    body: Buffer,
    { seq, time, author }: { readonly seq: number; readonly time: string; readonly author: string },
  ): void {
    const { op, id, type, version, createdAt = time, from, to } = row;
    const deleted = op === "delete";
    const ends = from === undefined || to === undefined ? "" : `,"from":${jsonText(from)},"to":${jsonText(to)}`;
    const place = this.#writer.writeMembers(
      `"id":${jsonText(id)},"type":${jsonText(type)},"version":${version},"seq":${seq},"createdAt":"${createdAt}",` +
        `"updatedAt":"${time}","author":${author}${deleted ? ',"deleted":true' : ""}${ends},"props":`,
      body,
    );
    // A row speaks of the indexes that its writer knew; for others, the properties are asked.
    const isWhole = deleted || this.#definitionCount === this.#definitions.length;
    const props = isWhole ? row.fields : (JSON.parse(body.toString("utf8")) as JsonObject);
    this.#build.addVersion(
      { id, type, version, seq, deleted, props, ...this.#textsOf(row, body), ...endsOf(row) },
      place,
    );
    this.#versions += 1;
  }

  /** The head of a record tells no words: of types whose words are indexed the body is parsed. */
  #textsOf({ op, type }: VersionRow, body: Buffer): { readonly texts?: JsonObject } {
    const fields = this.#build.textFieldsOf(type);
    if (op === "delete" || fields.size === 0) return {};
    return { texts: pickFields(JSON.parse(body.toString("utf8")) as JsonObject, fields) };
  }

  #writeCommit(record: RecordLine, defines: readonly IndexDefinition[], versions: number): LinePlace {
    const { seq, prev, txid, time, author, session, key, fingerprint } = record.head;
    const optional =
      (session === undefined ? "" : `,"session":${jsonText(session)}`) +
      (key === undefined ? "" : `,"key":${jsonText(key)},"fingerprint":${jsonText(fingerprint)},"result":`);
    const { crc } = record.location;
    const members =
      `"commit":${seq},"record":"${crc}","prev":"${prev}","txid":${jsonText(txid)},"time":"${time}",` +
      `"author":${jsonText(author)}${optional}`;
    const rest = `${defines.length === 0 ? "" : `,"defines":${jsonText(defines)}`},"versions":${versions}`;
    if (key === undefined) return this.#writer.writeMembers(members + rest, NOTHING);
    const result = resultText(record.head, record.location, record.line) ?? NO_RESULT;
    return this.#writer.writeMembers(members, Buffer.concat([result, Buffer.from(rest, "utf8")]));
  }
}

const NOTHING = Buffer.alloc(0);
const NO_PROPS = Buffer.from("{}", "utf8");
const NO_RESULT = Buffer.from("null", "utf8");

function endsOf({ from, to }: VersionRow): { readonly from?: string; readonly to?: string } {
  return from === undefined || to === undefined ? {} : { from, to };
}
