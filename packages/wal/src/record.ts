/** A record: one line of the log, exactly one commit. */

/** What a writer hands in; the log adds seq, time, the durable mark and the chain. */
export interface RecordDraft {
  /** Transaction id, a ULID. */
  readonly txid: string;
  readonly author: string;
  readonly session?: string;
  /** Idempotency key and the fingerprint of what was asked under it. */
  readonly key?: string;
  readonly fingerprint?: string;
  /** JSON text of the remembered result; present with a key. */
  readonly result?: string;
  /**
   * One row an operation: what other processes must know without parsing a body. It begins with the name of the operation and
   * what it is about, both texts; the log does not interpret the rest.
   */
  readonly rows: readonly (readonly unknown[])[];
  /** JSON text of one body a row. */
  readonly bodies: readonly string[];
}

/** All of a record but its bodies. `rows`, `session`, `key` and `fingerprint` are costly to read, the first time. */
export interface RecordHead {
  readonly seq: number;
  /** Highest seq the writer knew durable when it appended. */
  readonly durable: number;
  /** CRC of the record before. */
  readonly prev: string;
  readonly txid: string;
  /** ISO 8601; never decreases from one record to the next. */
  readonly time: string;
  /** What each row does. */
  readonly operations: readonly string[];
  /** What each row is about. */
  readonly subjects: readonly string[];
  readonly author: string;
  readonly session?: string | undefined;
  readonly key?: string | undefined;
  readonly fingerprint?: string | undefined;
  readonly rows: readonly (readonly unknown[])[];
  /** Byte lengths of the bodies. */
  readonly sizes: readonly number[];
}

/** Where a record stands. */
export interface RecordLocation {
  /** Offset of the line in its segment. */
  readonly offset: number;
  /** Length of the line, line feed included. */
  readonly length: number;
  /** Offset of the first body, from the start of the line. */
  readonly bodyStart: number;
  readonly crc: string;
}
